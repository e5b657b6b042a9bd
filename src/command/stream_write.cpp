// The commands that add entries to streams and remove them.
#include <optional>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_access.hpp"

namespace redouble::command::stream_group {
namespace {

using store::EventKind;
using store::Look;

// The ID of an entry to be added behind `last`; nothing where it would not be higher.
std::optional<StreamId> new_id(const Call& call, const AddOptions& options, StreamId last) {
  StreamId id;
  if (!options.id) {
    const auto now = static_cast<std::uint64_t>(call.now_ms());
    id = now > last.ms ? StreamId{now, 0} : last.next();
  } else if (options.sequence_given || options.id->ms != last.ms) {
    id = *options.id;
  } else if (last.seq == UINT64_MAX) {
    return std::nullopt;
  } else {
    id = last.next();
  }
  return id > last ? std::optional(id) : std::nullopt;
}

// As commands that give the same at any time and with any limits.
void record_add(Call& call, StreamId id, const AddOptions& options, bool trimmed,
                std::size_t size) {
  if (!call.recording()) return;
  const std::string id_text = text_of(id);
  std::vector<std::string_view> words = {"XADD", call.key().key, id_text};
  for (std::size_t index = options.id_at + 1; index < call.size(); ++index) {
    words.push_back(call.arg(index));
  }
  call.step.record_as(words);
  if (trimmed) {
    call.step.record_as({"XTRIM", call.key().key, "MAXLEN", "=", std::to_string(size)});
  }
}

// Many nodes are freed after the locks: a copy costs nothing, and holds them until then.
std::uint64_t trim(Call& call, Stream& stream, const Stream::Trim& trim) {
  if (stream.loses_many(trim)) call.locks.discard(stream.copy());
  return stream.trim(trim);
}

}  // namespace

void xadd(Call& call) {
  const auto options = parse_add_options(call, true);
  if (!options) return;
  const std::size_t first = options->id_at + 1;
  if (call.size() < first + 2 || (call.size() - first) % 2 != 0) return call.wrong_arity();
  if (options->id && options->sequence_given && *options->id == StreamId::lowest()) {
    return call.error("ERR The ID specified in XADD must be greater than 0-0");
  }
  const Stream* found = find_value<Stream>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr && !options->make_stream) return call.reply.null();
  const StreamId last = found == nullptr ? StreamId() : found->last_id();
  if (last == StreamId::highest()) {
    return call.error(
        "ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  const auto id = new_id(call, *options, last);
  if (!id) {
    return call.error(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  }
  Target<Stream> stream(call, call.key(), found != nullptr);
  stream->append(*id, call.args.subspan(first), limits_of(call));
  const bool trimmed = trim(call, *stream, options->trim) > 0;
  call.reply.bulk(text_of(*id));
  record_add(call, *id, *options, trimmed, stream->size());
  stream.finish({.kind = EventKind::stream, .name = "xadd", .wakes = true});
  if (trimmed) call.keys.announce_also(call.key(), {EventKind::stream, "xtrim", false});
}

void xtrim(Call& call) {
  const auto options = parse_add_options(call, false);
  if (!options) return;
  const Stream* found = find_value<Stream>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.reply.integer(0);
  Stream& stream = own_value<Stream>(call, call.key());
  const std::uint64_t gone = trim(call, stream, options->trim);
  call.reply.integer(static_cast<std::int64_t>(gone));
  if (gone == 0) return;
  if (call.recording()) {
    call.step.record_as({"XTRIM", call.key().key, "MAXLEN", "=", std::to_string(stream.size())});
  }
  call.keys.changed(call.key(), {EventKind::stream, "xtrim"});
}

void xdel(Call& call) {
  const Stream* found = find_value<Stream>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.reply.integer(0);
  std::vector<StreamId> ids;
  for (std::size_t index = 2; index < call.size(); ++index) {
    const auto id = id_at(call, index);
    if (!id) return;
    ids.push_back(*id);
  }
  Stream& stream = own_value<Stream>(call, call.key());
  std::int64_t gone = 0;
  for (const StreamId id : ids) {
    if (!stream.erase(id)) continue;
    if (id > stream.max_deleted_id()) stream.set_max_deleted_id(id);
    ++gone;
  }
  call.reply.integer(gone);
  if (gone > 0) call.keys.changed(call.key(), {EventKind::stream, "xdel"});
}

void xsetid(Call& call) {
  const auto id = id_at(call, 2);
  if (!id) return;
  std::optional<std::int64_t> entries_added;
  StreamId max_deleted;
  for (std::size_t index = 3; index < call.size(); index += 2) {
    const bool has_value = index + 1 < call.size();
    if (has_value && call.is_word(index, "ENTRIESADDED")) {
      entries_added = call.integer(index + 1);
      if (!entries_added) return;
      if (*entries_added < 0) return call.error("ERR entries_added must be positive");
    } else if (has_value && call.is_word(index, "MAXDELETEDID")) {
      const auto given = id_at(call, index + 1);
      if (!given) return;
      if (*id < *given) {
        return call.error(
            "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
      max_deleted = *given;
    } else {
      return call.syntax_error();
    }
  }
  const Stream* found = find_value<Stream>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) return call.no_such_key();
  if (!found->empty()) {
    if (*id < found->at_most(StreamId::highest())->id()) {
      return call.error(
          "ERR The ID specified in XSETID is smaller than the target stream top item");
    }
    if (entries_added && found->size() > static_cast<std::uint64_t>(*entries_added)) {
      return call.error(
          "ERR The entries_added specified in XSETID is smaller than the target stream length");
    }
  }
  Stream& stream = own_value<Stream>(call, call.key());
  stream.set_last_id(*id);
  if (entries_added) stream.set_entries_added(static_cast<std::uint64_t>(*entries_added));
  if (max_deleted != StreamId()) stream.set_max_deleted_id(max_deleted);
  call.reply.ok();
  call.keys.changed(call.key(), {.kind = EventKind::stream, .name = "xsetid", .heard = false});
}

}  // namespace redouble::command::stream_group
