#include "value/stream_node.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "runtime/assert.hpp"
#include "value/slab.hpp"

namespace redouble::value {
namespace {

constexpr std::int64_t removed_flag = 1;
constexpr std::int64_t same_fields_flag = 2;

}  // namespace

struct StreamNode::Block {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0;
  std::uint32_t removed = 0;
  std::uint32_t fields = 0;  // of the first entry
  StreamId id;
  Packed packed;

  Block() = default;
  Block(const Block& other)
      : size(other.size),
        removed(other.removed),
        fields(other.fields),
        id(other.id),
        packed(other.packed) {}

  static void* operator new(std::size_t bytes) { return allocate_block(bytes); }
  static void operator delete(void* block, std::size_t bytes) { free_block(block, bytes); }
};

StreamNode::StreamNode(StreamId id, std::span<const std::string_view> fields_and_values)
    : block_(new Block) {
  block_->id = id;
  block_->fields = static_cast<std::uint32_t>(fields_and_values.size() / 2);
  block_->packed.append(Text::of(std::int64_t{block_->fields}));
  for (std::size_t i = 0; i < fields_and_values.size(); i += 2) {
    block_->packed.append(fields_and_values[i]);
  }
  block_->packed.append(Text::of(std::int64_t{0}));
  write(*block_, id, fields_and_values);
}

StreamNode::StreamNode(const StreamNode& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}

void StreamNode::drop(Block* block) {
  if (block == nullptr) return;
  if (block->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block;
}

void StreamNode::own() {
  if (block_->references.load(std::memory_order_acquire) == 1) return;
  drop(std::exchange(block_, new Block(*block_)));
}

void StreamNode::expect_as_many_bytes_as(const StreamNode& full) {
  // A node that the limits let grow far beyond a page would take as much again before it is used.
  constexpr std::size_t most = 2 * Packed::page_bytes;
  const std::size_t expected = std::min(full.block_->packed.encoded_bytes(), most);
  if (expected > block_->packed.encoded_bytes()) block_->packed.reserve(expected);
}

std::size_t StreamNode::size() const { return block_ == nullptr ? 0 : block_->size; }
std::size_t StreamNode::removed() const { return block_->removed; }
StreamId StreamNode::key() const { return block_->id; }
std::size_t StreamNode::bytes() const {
  return block_ == nullptr ? 0 : sizeof(Block) + block_->packed.bytes();
}
std::size_t StreamNode::bytes_as_listpack() const {
  constexpr std::size_t frame = 7;  // head and end
  return frame + Packed::bytes_with(Text::of(std::int64_t{block_->size})) +
         Packed::bytes_with(Text::of(std::int64_t{block_->removed})) +
         block_->packed.encoded_bytes();
}

Packed::Iterator StreamNode::first_entry() const {
  return std::next(block_->packed.begin(), static_cast<std::ptrdiff_t>(block_->fields) + 2);
}

StreamNode::Entry StreamNode::read(Packed::Iterator at) const {
  Entry entry;
  entry.flags_ = at;
  const std::int64_t flags = (*at).integer;
  entry.removed_ = (flags & removed_flag) != 0;
  entry.same_fields_ = (flags & same_fields_flag) != 0;
  entry.id_.ms = block_->id.ms + static_cast<std::uint64_t>((*++at).integer);
  entry.id_.seq = block_->id.seq + static_cast<std::uint64_t>((*++at).integer);
  ++at;
  std::ptrdiff_t elements = 0;
  if (entry.same_fields_) {
    entry.fields_ = block_->fields;
    elements = static_cast<std::ptrdiff_t>(entry.fields_);
  } else {
    entry.fields_ = static_cast<std::size_t>((*at).integer);
    elements = static_cast<std::ptrdiff_t>(2 * entry.fields_);
    ++at;
  }
  entry.content_ = at;
  entry.first_field_ = std::next(block_->packed.begin());
  entry.end_ = std::next(at, elements + 1);
  return entry;
}

bool StreamNode::first(Entry& entry) const {
  entry = read(first_entry());
  return true;
}

bool StreamNode::last(Entry& entry) const {
  entry.flags_ = block_->packed.end();
  return previous(entry);
}

bool StreamNode::next(Entry& entry) const {
  if (entry.end_ == block_->packed.end()) return false;
  entry = read(entry.end_);
  return true;
}

bool StreamNode::previous(Entry& entry) const {
  // What stands in front is the number of elements of the entry before, or the 0 of the fields.
  Packed::Iterator at = std::prev(entry.flags_);
  const std::int64_t elements = (*at).integer;
  if (elements == 0) return false;
  entry = read(std::prev(at, static_cast<std::ptrdiff_t>(elements)));
  return true;
}

bool StreamNode::has_first_fields(const Block& block, std::span<const std::string_view> texts) {
  if (texts.size() != 2 * std::size_t{block.fields}) return false;
  Packed::Iterator field = std::next(block.packed.begin());
  for (std::size_t i = 0; i < texts.size(); i += 2, ++field) {
    if (*field != Text::of(texts[i])) return false;
  }
  return true;
}

void StreamNode::write(Block& block, StreamId id, std::span<const std::string_view> texts) {
  const bool same = has_first_fields(block, texts);
  const auto number = [&](std::uint64_t value) {
    block.packed.append(Text::of(static_cast<std::int64_t>(value)));
  };
  number(same ? same_fields_flag : 0);
  number(id.ms - block.id.ms);
  number(id.seq - block.id.seq);
  if (!same) number(texts.size() / 2);
  for (std::size_t i = same ? 1 : 0; i < texts.size(); i += same ? 2 : 1) {
    block.packed.append(texts[i]);
  }
  number(same ? texts.size() / 2 + 3 : texts.size() + 4);
  ++block.size;
}

void StreamNode::write_to(ListpackWriter& listpack) const {
  listpack.append(Text::of(std::int64_t{block_->size}));
  listpack.append(Text::of(std::int64_t{block_->removed}));
  listpack.append_all(block_->packed);
}

std::optional<StreamNode> StreamNode::read_from(ListpackReader listpack, StreamId key) {
  Text size;
  Text removed;
  if (!listpack.next(size) || !listpack.next(removed)) return std::nullopt;
  StreamNode node;
  node.block_ = new Block;
  node.block_->id = key;
  for (Text element; listpack.next(element);) node.block_->packed.append(element);
  if (listpack.failed() || !count_entries(*node.block_)) return std::nullopt;
  const bool counted = size == Text::of(std::int64_t{node.block_->size}) &&
                       removed == Text::of(std::int64_t{node.block_->removed});
  return counted && node.block_->size > 0 ? std::optional(std::move(node)) : std::nullopt;
}

// Walks through what may be entries, and counts them. False where they are none.
bool StreamNode::count_entries(Block& block) {
  Packed::Iterator at = block.packed.begin();
  std::size_t left = block.packed.size();
  const auto number = [&](std::int64_t least, std::int64_t most) -> std::optional<std::int64_t> {
    if (left == 0) return std::nullopt;
    const Text element = *at;
    ++at;
    --left;
    if (!element.is_integer || element.integer < least || element.integer > most) {
      return std::nullopt;
    }
    return element.integer;
  };
  const auto skip = [&](std::size_t elements) {
    if (elements > left) return false;
    std::advance(at, static_cast<std::ptrdiff_t>(elements));
    left -= elements;
    return true;
  };
  constexpr std::int64_t most_fields = std::numeric_limits<std::int32_t>::max();
  const auto fields = number(1, most_fields);
  if (!fields || !skip(static_cast<std::size_t>(*fields)) || !number(0, 0)) return false;
  block.fields = static_cast<std::uint32_t>(*fields);
  while (left > 0) {
    // The first entry is the one whose ID is the node's.
    const bool is_first = block.size + block.removed == 0;
    const std::int64_t least = is_first ? 0 : std::numeric_limits<std::int64_t>::min();
    const std::int64_t most = is_first ? 0 : std::numeric_limits<std::int64_t>::max();
    const auto flags = number(0, removed_flag | same_fields_flag);
    if (!flags || !number(least, most) || !number(least, most)) return false;
    const bool same = (*flags & same_fields_flag) != 0;
    const auto own_fields = same ? fields : number(1, most_fields);
    if (!own_fields) return false;
    const std::int64_t elements = same ? *fields : 2 * *own_fields;
    const std::int64_t count = elements + (same ? 3 : 4);
    if (!skip(static_cast<std::size_t>(elements)) || !number(count, count)) return false;
    ++((*flags & removed_flag) != 0 ? block.removed : block.size);
  }
  return true;
}

void StreamNode::append(StreamId id, std::span<const std::string_view> fields_and_values) {
  own();
  write(*block_, id, fields_and_values);
}

void StreamNode::remove(const Entry& entry) {
  REDOUBLE_ASSERT(!entry.removed());
  const std::int64_t flags = (entry.same_fields_ ? same_fields_flag : 0) | removed_flag;
  const auto place = std::distance(block_->packed.begin(), entry.flags_);
  own();
  block_->packed.replace(std::next(block_->packed.begin(), place), Text::of(flags));
  --block_->size;
  ++block_->removed;
  if (block_->size == 0) *this = StreamNode();
}

}  // namespace redouble::value
