#include "store/entry.hpp"

#include <cstring>
#include <new>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::store {
namespace {

// A growing string doubles its room up to this step, then grows by it.
constexpr std::size_t growth_limit = std::size_t{1} << 20;

std::size_t room_for(std::size_t size) {
  return size < growth_limit ? 2 * size : size + growth_limit;
}

}  // namespace

Entry* Entry::allocate(const Hashed& key, Deadline deadline, std::size_t inline_size) {
  const bool has_deadline = deadline.is_set();
  const std::size_t head = sizeof(Entry) + (has_deadline ? sizeof(Deadline) : 0);
  void* memory = ::operator new(head + key.key.size() + inline_size);
  Entry* entry = new (memory) Entry;
  entry->has_deadline_ = has_deadline;
  entry->key_size_ = static_cast<std::uint32_t>(key.key.size());
  entry->hash_ = key.hash;
  entry->inline_size_ = inline_size;
  if (has_deadline) new (entry->deadline_place()) Deadline(deadline);
  if (!key.key.empty()) std::memcpy(entry->key_bytes(), key.key.data(), key.key.size());
  return entry;
}

void Entry::destroy() {
  if (form_ == Form::block) resp::BlockRef::adopt(block_);
  if (form_ == Form::object) value::ObjectRef::adopt(object_);
  this->~Entry();
  ::operator delete(this);
}

EntryPtr Entry::make(const Hashed& key, std::string_view bytes, Deadline deadline) {
  return make(key, bytes, value::encode_string(bytes), deadline);
}

EntryPtr Entry::make(const Hashed& key, std::string_view bytes, value::Encoded encoded,
                     Deadline deadline) {
  if (encoded.encoding == value::Encoding::integer) return make(key, encoded.integer, deadline);
  return make(key, bytes, encoded.encoding, deadline);
}

EntryPtr Entry::make(const Hashed& key, std::string_view bytes, value::Encoding encoding,
                     Deadline deadline) {
  Entry* entry;
  if (bytes.size() > value::block_limit) {
    entry = allocate(key, deadline, 0);
    entry->form_ = Form::block;
    entry->block_ = resp::BlockRef::of(bytes).release();
  } else {
    entry = allocate(key, deadline, bytes.size());
    if (!bytes.empty()) {
      std::memcpy(entry->key_bytes() + entry->key_size_, bytes.data(), bytes.size());
    }
  }
  entry->encoding_ = encoding;
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make(const Hashed& key, std::int64_t integer, Deadline deadline) {
  Entry* entry = allocate(key, deadline, 0);
  entry->form_ = Form::integer;
  entry->encoding_ = value::Encoding::integer;
  entry->integer_ = integer;
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make_raw(const Hashed& key, std::string_view old, std::size_t size,
                         Deadline deadline) {
  REDOUBLE_ASSERT(old.size() <= size);
  Entry* entry;
  if (size > value::block_limit) {
    resp::BlockRef block = resp::BlockRef::with_capacity(room_for(size));
    if (!old.empty()) std::memcpy(block.mutable_bytes(), old.data(), old.size());
    std::memset(block.mutable_bytes() + old.size(), 0, size - old.size());
    block.set_size(size);
    entry = allocate(key, deadline, 0);
    entry->form_ = Form::block;
    entry->block_ = block.release();
  } else {
    entry = allocate(key, deadline, size);
    char* bytes = entry->key_bytes() + entry->key_size_;
    if (!old.empty()) std::memcpy(bytes, old.data(), old.size());
    std::memset(bytes + old.size(), 0, size - old.size());
  }
  entry->encoding_ = value::Encoding::raw;
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make(const Hashed& key, value::ObjectRef object, Deadline deadline) {
  REDOUBLE_ASSERT(object && object->unique() && object->type() != value::Type::string);
  Entry* entry = allocate(key, deadline, 0);
  object->recount();
  entry->type_ = object->type();
  entry->form_ = Form::object;
  entry->object_ = object.disown();
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::with(const Hashed& key, Deadline deadline) const {
  Entry* entry = nullptr;
  switch (form_) {
    case Form::integer:
      entry = allocate(key, deadline, 0);
      entry->integer_ = integer_;
      break;
    case Form::bytes:
      entry = allocate(key, deadline, inline_size_);
      if (inline_size_ != 0) {
        std::memcpy(entry->key_bytes() + entry->key_size_, key_bytes() + key_size_, inline_size_);
      }
      break;
    case Form::block:
      entry = allocate(key, deadline, 0);
      entry->block_ = resp::BlockRef::share(block_).release();
      break;
    case Form::object:
      entry = allocate(key, deadline, 0);
      entry->object_ = object_->copy().disown();
      entry->object_->recount();
      break;
  }
  entry->form_ = form_;
  entry->type_ = type_;
  entry->encoding_ = encoding_;
  entry->copied_integer_ = copied_integer_;
  entry->set_access(access());
  return EntryPtr::adopt(entry);
}

value::StringRef Entry::string() const {
  REDOUBLE_ASSERT(type_ == value::Type::string);
  using Kept = value::StringRef::Form;
  switch (form_) {
    case Form::integer:
      return {.form = Kept::integer, .integer = integer_};
    case Form::bytes:
      return {.form = Kept::bytes, .bytes = {key_bytes() + key_size_, inline_size_}};
    case Form::block:
      return {.form = Kept::block, .block = block_};
    case Form::object:
      break;
  }
  return {};
}

const value::Object& Entry::object() const {
  REDOUBLE_ASSERT(form_ == Form::object);
  return *object_;
}

value::Object& Entry::mutable_object() {
  REDOUBLE_ASSERT(unique() && form_ == Form::object && object_->unique());
  return *object_;
}

std::size_t Entry::bytes() const {
  const std::size_t own = head_size() + key_size_;
  switch (form_) {
    case Form::integer:
      return own;
    case Form::bytes:
      return own + inline_size_;
    case Form::block:
      return own + sizeof(resp::Block) + block_->capacity();
    case Form::object:
      return own + object_->counted_bytes();
  }
  return own;
}

void Entry::set_integer(std::int64_t integer) {
  REDOUBLE_ASSERT(unique() && form_ == Form::integer);
  integer_ = integer;
  copied_integer_ = false;
}

bool Entry::assign(std::string_view bytes, value::Encoded encoded) {
  REDOUBLE_ASSERT(unique() && type_ == value::Type::string);
  if (encoded.encoding == value::Encoding::integer) {
    if (form_ != Form::integer) return false;
    set_integer(encoded.integer);
    return true;
  }
  if (form_ != Form::bytes || inline_size_ != bytes.size()) return false;
  if (!bytes.empty()) std::memcpy(key_bytes() + key_size_, bytes.data(), bytes.size());
  encoding_ = encoded.encoding;
  return true;
}

void Entry::set_deadline(Deadline deadline) {
  REDOUBLE_ASSERT(unique() && takes_deadline(deadline));
  if (has_deadline_) *deadline_place() = deadline;
}

bool Entry::resize(std::size_t size) {
  REDOUBLE_ASSERT(unique() && type_ == value::Type::string);
  if (form_ == Form::bytes) {
    if (size != inline_size_) return false;
    encoding_ = value::Encoding::raw;
    return true;
  }
  if (form_ != Form::block || size > block_->capacity()) return false;
  resp::BlockRef block = resp::BlockRef::adopt(block_);
  const bool alone = block.unique() || mutant("append-into-block-in-flight");
  if (alone) block.resize(size);
  block.release();
  if (alone) encoding_ = value::Encoding::raw;
  return alone;
}

char* Entry::mutable_bytes() {
  REDOUBLE_ASSERT(unique() && (form_ == Form::bytes || form_ == Form::block));
  if (form_ == Form::bytes) return key_bytes() + key_size_;
  resp::BlockRef block = resp::BlockRef::adopt(block_);
  char* bytes = block.mutable_bytes();
  block.release();
  return bytes;
}

}  // namespace redouble::store
