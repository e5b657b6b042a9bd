#include "store/entry.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/slab.hpp"

namespace redouble::store {
namespace {

// A string that grows by less than itself doubles its room up to this step, then grows by it; one
// that grows by more, as a bitmap at its first far bit, gets what it needs.
constexpr std::size_t growth_limit = std::size_t{1} << 20;

std::size_t room_for(std::size_t before, std::size_t size) {
  if (size > 2 * before) return size;
  return size < growth_limit ? 2 * size : size + growth_limit;
}

void copy_bytes(char* to, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
}

}  // namespace

// The value is left to the caller.
Entry* Entry::allocate(const Hashed& key, Deadline due, Form form, std::size_t value_size,
                       bool keeps_due) {
  static_assert(value::block_limit <= UINT16_MAX);
  const Shape shape{key.key.size(), value_size, keeps_due};
  Entry* entry = new (value::allocate_block(shape.bytes())) Entry;
  entry->set_form(value::Type::string, form);
  entry->set(Flag::deadline, shape.has_deadline);
  char* at = entry->begin();
  if (shape.has_deadline) {
    store(at, due);
    at += sizeof(Deadline);
  }
  if (key.key.size() < long_key) {
    entry->short_key_size_ = static_cast<std::uint8_t>(key.key.size());
  } else {
    entry->short_key_size_ = long_key;
    store(at, static_cast<std::uint32_t>(key.key.size()));
    at += sizeof(std::uint32_t);
  }
  copy_bytes(at, key.key);
  entry->set_value_size(value_size);
  return entry;
}

void Entry::destroy() {
  if (form() == Form::block) resp::BlockRef::adopt(block());
  if (form() == Form::object) value::ObjectRef::adopt(load<value::Object*>(value()));
  const std::size_t size = shape().bytes();
  this->~Entry();
  value::free_block(this, size);
}

void Entry::set_value_size(std::size_t size) {
  const auto in_header = static_cast<std::uint32_t>(size < long_value ? size : long_value);
  access_and_size_.store(access() | in_header << size_shift, std::memory_order_relaxed);
  if (in_header != long_value) return;
  const std::string_view name = key();
  store(begin() + (name.data() + name.size() - begin()), static_cast<std::uint16_t>(size));
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
    entry = allocate(key, deadline, Form::block, sizeof(resp::Block*));
    store(entry->value(), resp::BlockRef::of(bytes).release());
  } else {
    entry = allocate(key, deadline, Form::bytes, bytes.size());
    copy_bytes(entry->value(), bytes);
  }
  entry->set(Flag::second, encoding == value::Encoding::embstr);
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make(const Hashed& key, std::int64_t integer, Deadline deadline) {
  Entry* entry = allocate(key, deadline, Form::integer, sizeof(integer));
  store(entry->value(), integer);
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make(const Hashed& key, resp::BlockRef block, Deadline deadline) {
  REDOUBLE_ASSERT(block->size() > value::block_limit);
  Entry* entry = allocate(key, deadline, Form::block, sizeof(resp::Block*));
  store(entry->value(), block.release());
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make_raw(const Hashed& key, std::string_view old, std::size_t size,
                         Deadline deadline) {
  REDOUBLE_ASSERT(old.size() <= size);
  Entry* entry;
  if (size > value::block_limit) {
    resp::BlockRef block = resp::BlockRef::with_capacity(room_for(old.size(), size));
    copy_bytes(block.mutable_bytes(), old);
    std::memset(block.mutable_bytes() + old.size(), 0, size - old.size());
    block.set_size(size);
    entry = allocate(key, deadline, Form::block, sizeof(resp::Block*));
    store(entry->value(), block.release());
  } else {
    entry = allocate(key, deadline, Form::bytes, size);
    copy_bytes(entry->value(), old);
    std::memset(entry->value() + old.size(), 0, size - old.size());
  }
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::make(const Hashed& key, value::ObjectRef object, Deadline deadline) {
  REDOUBLE_ASSERT(object && object->unique());
  const auto parts_due_ms = object->parts_due_ms();
  const bool both = parts_due_ms.has_value();
  const Deadline due{.at_ms = std::min(deadline.at_ms, parts_due_ms.value_or(Deadline::never)),
                     .sequence = deadline.sequence};
  Entry* entry =
      allocate(key, due, Form::object, sizeof(value::Object*) + (both ? sizeof deadline.at_ms : 0),
               both || due.is_set());
  object->recount();
  entry->set_form(object->type(), Form::object);
  entry->set(Flag::second, both);
  store(entry->value(), object.disown());
  if (both) entry->set_deadline_ms(deadline.at_ms);
  return EntryPtr::adopt(entry);
}

EntryPtr Entry::with(const Hashed& key, Deadline deadline) const {
  if (form() == Form::object) {
    EntryPtr made = make(key, object().copy(), deadline);
    made->set_access(access());
    return made;
  }
  Entry* entry = allocate(key, deadline, form(), value_size());
  copy_bytes(entry->value(), {value(), value_size()});
  if (form() == Form::block) resp::BlockRef::share(block()).release();
  entry->set_form(type(), form());
  entry->set(Flag::second, has(Flag::second));
  entry->set_access(access());
  return EntryPtr::adopt(entry);
}

value::Encoding Entry::encoding() const {
  switch (form()) {
    case Form::integer:
      return value::Encoding::integer;
    case Form::object:
      return object().encoding();
    case Form::bytes:
    case Form::block:
      break;
  }
  return has(Flag::second) ? value::Encoding::embstr : value::Encoding::raw;
}

value::StringRef Entry::other_string() const {
  using Kept = value::StringRef::Form;
  switch (form()) {
    case Form::integer:
      return {.form = Kept::integer, .integer = load<std::int64_t>(value())};
    case Form::bytes:
      return {.form = Kept::bytes, .bytes = kept()};
    case Form::block:
      return {.form = Kept::block, .block = block()};
    case Form::object:
      break;
  }
  REDOUBLE_ASSERT(type() == value::Type::string);
  return {.form = Kept::patched, .patched = &static_cast<const value::PatchedString&>(object())};
}

bool Entry::shares_block() const {
  if (form() != Form::block) return false;
  resp::BlockRef held = resp::BlockRef::adopt(block());
  const bool alone = held.unique();
  held.release();
  return !alone;
}

value::ObjectRef Entry::patched_block() const {
  if (!shares_block() || block()->size() < value::PatchedString::least_bytes) return {};
  return value::make_object<value::PatchedString>(resp::BlockRef::share(block()));
}

value::PatchedString* Entry::patched() {
  if (form() != Form::object || type() != value::Type::string) return nullptr;
  return &static_cast<value::PatchedString&>(mutable_object());
}

const value::Object& Entry::object() const {
  REDOUBLE_ASSERT(form() == Form::object);
  return *load<const value::Object*>(value());
}

value::Object& Entry::mutable_object() {
  REDOUBLE_ASSERT(unique() && form() == Form::object);
  auto& object = *load<value::Object*>(value());
  REDOUBLE_ASSERT(object.unique());
  return object;
}

std::size_t Entry::bytes() const {
  const std::size_t own = value::block_size(shape().bytes());
  if (form() == Form::block) return own + sizeof(resp::Block) + block()->capacity();
  if (form() == Form::object) return own + object().counted_bytes();
  return own;
}

void Entry::set_integer(std::int64_t integer) {
  REDOUBLE_ASSERT(unique() && form() == Form::integer);
  store(value(), integer);
  set(Flag::second, false);
}

bool Entry::assign_other(std::string_view bytes, value::Encoded encoded) {
  REDOUBLE_ASSERT(unique() && type() == value::Type::string);
  const bool is_integer = encoded.encoding == value::Encoding::integer;
  if (has_interior() || (!is_integer && bytes.size() > value::block_limit)) return false;
  const Shape old = shape();
  Shape fresh = old;
  fresh.value_size = is_integer ? sizeof(encoded.integer) : bytes.size();
  if (value::block_size(fresh.bytes()) != value::block_size(old.bytes())) return false;
  set_form(value::Type::string, is_integer ? Form::integer : Form::bytes);
  if (fresh.value_size != old.value_size) set_value_size(fresh.value_size);
  if (is_integer) {
    store(value(), encoded.integer);
  } else {
    copy_bytes(value(), bytes);
    set(Flag::second, encoded.encoding == value::Encoding::embstr);
  }
  return true;
}

Deadline Entry::due_now() const {
  Deadline due = deadline();
  if (keeps_parts_due()) due.at_ms = std::min(due.at_ms, *object().parts_due_ms());
  return due;
}

void Entry::set_due(Deadline due) {
  REDOUBLE_ASSERT(unique() && takes_deadline(due));
  if (has(Flag::deadline)) store(begin(), due);
}

void Entry::set_deadline_ms(std::int64_t at_ms) {
  REDOUBLE_ASSERT(unique() && keeps_parts_due());
  store(value() + sizeof(value::Object*), at_ms);
}

bool Entry::resize(std::size_t size) {
  REDOUBLE_ASSERT(unique() && type() == value::Type::string);
  if (form() == Form::bytes) {
    const Shape old = shape();
    Shape fresh = old;
    fresh.value_size = size;
    if (size > value::block_limit || fresh.value_is_long() != old.value_is_long() ||
        value::block_size(fresh.bytes()) != value::block_size(old.bytes())) {
      return false;
    }
    set_value_size(size);
    if (size > old.value_size) std::memset(value() + old.value_size, 0, size - old.value_size);
    set(Flag::second, false);
    return true;
  }
  if (form() != Form::block) return false;
  resp::BlockRef held = resp::BlockRef::adopt(block());
  const bool alone = held.unique() || mutant("append-into-block-in-flight");
  if (alone) {
    if (size > held->capacity()) held.reserve(room_for(held->size(), size));
    held.resize(size);
    set(Flag::second, false);
  }
  store(value(), held.release());
  return alone;
}

std::span<char> Entry::writable(std::size_t from) {
  REDOUBLE_ASSERT(unique() && form() != Form::integer);
  if (form() == Form::bytes) return {value() + from, value_size() - from};
  if (value::PatchedString* pieces = patched()) return pieces->writable(from);
  resp::BlockRef held = resp::BlockRef::adopt(block());
  const std::span<char> bytes{held.mutable_bytes() + from, held->size() - from};
  held.release();
  return bytes;
}

void Entry::write(std::size_t from, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> place = writable(from);
    const std::string_view written = bytes.substr(0, place.size());
    copy_bytes(place.data(), written);
    bytes.remove_prefix(written.size());
    from += written.size();
  }
}

}  // namespace redouble::store
