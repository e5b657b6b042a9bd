#include "value/stream.hpp"

#include <array>
#include <string>
#include <utility>

#include "runtime/assert.hpp"

namespace redouble::value {
namespace {

std::string to_text(StreamId id) { return std::to_string(id.ms) + "." + std::to_string(id.seq); }

}  // namespace

// Goes on from the cursor's entry, which is or is not there, to one that is not removed.
void Stream::Cursor::skip_forward(bool there) {
  for (;;) {
    while (there && entry_.removed()) there = node_.leaf().next(entry_);
    if (there || !node_.next()) return;
    there = node_.leaf().first(entry_);
  }
}

void Stream::Cursor::skip_backward(bool there) {
  for (;;) {
    while (there && entry_.removed()) there = node_.leaf().previous(entry_);
    if (there || !node_.previous()) return;
    there = node_.leaf().last(entry_);
  }
}

void Stream::Cursor::next() { skip_forward(node_.leaf().next(entry_)); }
void Stream::Cursor::previous() { skip_backward(node_.leaf().previous(entry_)); }

Stream::Cursor Stream::at_least(StreamId id) const {
  Cursor found;
  found.node_ = nodes_.find_key([id](const StreamId& key) { return key <= id; });
  if (!found.valid()) return found;
  bool there = found.node_.leaf().first(found.entry_);
  // Removed entries may be out of order: after them somebody may have set a lower last ID.
  while (there && (found.entry_.removed() || found.entry_.id() < id)) {
    there = found.node_.leaf().next(found.entry_);
  }
  found.skip_forward(there);
  return found;
}

Stream::Cursor Stream::at_most(StreamId id) const {
  Cursor found;
  found.node_ = nodes_.find_key([id](const StreamId& key) { return key <= id; });
  if (!found.valid()) return found;
  bool there = found.node_.leaf().last(found.entry_);
  while (there && (found.entry_.removed() || found.entry_.id() > id)) {
    there = found.node_.leaf().previous(found.entry_);
  }
  found.skip_backward(there);
  return found;
}

StreamId Stream::first_id() const {
  const Cursor at = at_least(StreamId::lowest());
  return at.valid() ? at->id() : StreamId();
}

bool Stream::has_deletions_from(StreamId id) const {
  if (empty() || max_deleted_id_ == StreamId() || max_deleted_id_ < id) return false;
  return max_deleted_id_ >= first_id();
}

std::optional<std::uint64_t> Stream::entries_added_until(StreamId id) const {
  if (entries_added_ == 0) return 0;
  if (empty() && id <= last_id_) return entries_added_;
  if (id == last_id_) return entries_added_;
  if (id > last_id_) return std::nullopt;
  const StreamId first = first_id();
  if (max_deleted_id_ != StreamId() && max_deleted_id_ >= first) return std::nullopt;
  // All that was deleted stood before the first entry that is left.
  if (id < first) return entries_added_ - size();
  if (id == first) return entries_added_ - size() + 1;
  return std::nullopt;
}

void Stream::append(StreamId id, std::span<const std::string_view> fields_and_values,
                    const Limits& limits) {
  REDOUBLE_ASSERT(id > last_id_);
  constexpr std::uint64_t most_node_bytes = std::uint64_t{1} << 30;
  const bool unlimited = limits.node_bytes == 0 || limits.node_bytes > most_node_bytes;
  const std::uint64_t node_bytes = unlimited ? most_node_bytes : limits.node_bytes;
  last_id_ = id;
  ++entries_added_;
  Nodes::Cursor last = nodes_.last();
  bool fits = last.valid();
  if (fits) {
    const StreamNode& node = last.leaf();
    std::size_t added = 0;
    for (const std::string_view text : fields_and_values) added += text.size();
    const auto entries = static_cast<std::int64_t>(node.size() + node.removed());
    fits = node.bytes_as_listpack() + added < node_bytes &&
           (limits.node_entries <= 0 || entries < limits.node_entries);
  }
  if (fits) {
    nodes_.change(last, [&](StreamNode& node) { node.append(id, fields_and_values); });
  } else {
    StreamNode node(id, fields_and_values);
    // Entries of a stream are much alike; one that is larger than a node stands alone in its own.
    if (last.valid() && last.leaf().size() > 1) node.expect_as_many_bytes_as(last.leaf());
    nodes_.push_back(std::move(node));
    ++node_count_;
  }
}

bool Stream::push_node(StreamNode node) {
  const Cursor before = at_most(StreamId::highest());
  bool any = before.valid();
  StreamId last = any ? before->id() : StreamId();
  const Nodes::Cursor last_node = nodes_.last();
  if (last_node.valid() && last_node.leaf().key() >= node.key()) return false;
  if (any && last >= node.key()) return false;
  Entry entry;
  for (bool there = node.first(entry); there; there = node.next(entry)) {
    if (entry.removed()) continue;
    if (entry.id() < node.key() || (any && entry.id() <= last)) return false;
    any = true;
    last = entry.id();
  }
  nodes_.push_back(std::move(node));
  ++node_count_;
  return true;
}

void Stream::remove(Nodes::Cursor& at, const Entry& entry) {
  nodes_.change(at, [&](StreamNode& node) { node.remove(entry); });
  if (!at.valid()) --node_count_;
}

bool Stream::erase(StreamId id) {
  Cursor at = at_least(id);
  if (!at.valid() || at->id() != id) return false;
  remove(at.node_, *at);
  return true;
}

bool Stream::goes_whole(const StreamNode& node, const Trim& trim) const {
  if (trim.kind == Trim::Kind::length) return size() - node.size() >= trim.length;
  // Its last entry, also one that is removed.
  Entry last;
  return node.last(last) && last.id() < trim.least;
}

bool Stream::loses_many(const Trim& trim) const {
  constexpr std::size_t many = 16;
  if (trim.kind == Trim::Kind::none || node_count_ < many) return false;
  if (trim.kind == Trim::Kind::length) {
    return size() > trim.length && (size() - trim.length) / many >= size() / node_count_;
  }
  auto at = nodes_.first();
  std::size_t nodes = 0;
  for (; nodes < many && goes_whole(at.leaf(), trim); ++nodes) at.next();
  return nodes == many;
}

std::uint64_t Stream::trim(const Trim& trim) {
  if (trim.kind == Trim::Kind::none) return 0;
  std::uint64_t gone = 0;
  while (!empty()) {
    if (trim.kind == Trim::Kind::length && size() <= trim.length) break;
    Nodes::Cursor first = nodes_.first();
    const std::size_t entries = first.leaf().size();
    if (trim.limit != 0 && gone + entries > trim.limit) break;
    if (!goes_whole(first.leaf(), trim)) {
      if (!trim.whole_nodes) gone += trim_within(first, trim);
      break;
    }
    nodes_.erase(first);
    --node_count_;
    gone += entries;
  }
  return gone;
}

// Removes entries of the first node, of which some stay.
std::uint64_t Stream::trim_within(Nodes::Cursor at, const Trim& trim) {
  std::uint64_t gone = 0;
  while (at.valid() && !empty()) {
    const Cursor first = at_least(StreamId::lowest());
    const bool stays =
        trim.kind == Trim::Kind::length ? size() <= trim.length : first->id() >= trim.least;
    if (stays) break;
    at = first.node_;
    remove(at, *first);
    ++gone;
  }
  return gone;
}

void Stream::for_each_part(PartVisitor& visitor) const {
  Digits digits;
  for (Cursor at = at_least(StreamId::lowest()); at.valid(); at.next()) {
    visitor.in_order(to_text(at->id()));
    at->for_each_field([&](const StreamNode::Text& field, const StreamNode::Text& value) {
      visitor.in_order(field.view(digits));
      visitor.in_order(value.view(digits));
    });
  }
  const std::string last = to_text(last_id_);
  const std::string deleted = to_text(max_deleted_id_);
  const std::string added = std::to_string(entries_added_);
  visitor.beside(std::array<std::string_view, 4>{"stream", last, deleted, added});
  tell_of_groups(visitor);
}

void Stream::tell_of_groups(PartVisitor& visitor) const {
  groups_.for_each([&](const ConsumerGroup& group) {
    const std::string last = to_text(group.last_id());
    const std::string read = std::to_string(group.entries_read());
    visitor.beside(std::array<std::string_view, 4>{"group", group.name(), last, read});
    group.consumers().for_each([&](const Consumer& consumer) {
      visitor.beside(std::array<std::string_view, 3>{"consumer", group.name(), consumer.name()});
    });
    for (auto at = group.pending_from(StreamId::lowest()); at.valid(); at.next()) {
      const std::string id = to_text(at->id);
      const std::string when = std::to_string(at->delivery.at_ms);
      const std::string times = std::to_string(at->delivery.count);
      visitor.beside(std::array<std::string_view, 6>{"pending", group.name(), at->consumer_name(),
                                                     id, when, times});
    }
  });
}

void Stream::check() const {
  nodes_.check();
  groups_.check();
  std::size_t nodes = 0;
  std::size_t entries = 0;
  StreamId before;
  bool any = false;
  nodes_.for_each_leaf([&](const StreamNode& node) {
    ++nodes;
    std::size_t here = 0;
    Entry entry;
    for (bool there = node.first(entry); there; there = node.next(entry)) {
      REDOUBLE_ASSERT(here > 0 || entry.id() == node.key());
      ++here;
      if (entry.removed()) continue;
      REDOUBLE_ASSERT(!any || entry.id() > before);
      any = true;
      before = entry.id();
      ++entries;
    }
    REDOUBLE_ASSERT(here == node.size() + node.removed());
  });
  REDOUBLE_ASSERT(nodes == node_count_ && entries == size());
  REDOUBLE_ASSERT(!any || before <= last_id_);
}

}  // namespace redouble::value
