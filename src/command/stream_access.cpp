#include "command/stream_access.hpp"

#include <algorithm>

#include "resp/number.hpp"

namespace redouble::command::stream_group {
namespace {

using Kind = Stream::Trim::Kind;

constexpr std::size_t longest_id = 127;

// What a trim with '~' removes at most where no LIMIT is given.
std::uint64_t usual_limit(const Call& call) {
  constexpr std::int64_t nodes = 100;
  constexpr std::int64_t least = 10'000;
  constexpr std::int64_t most = 1'000'000;
  const std::int64_t limit = nodes * call.settings().stream_node_max_entries;
  return static_cast<std::uint64_t>(limit <= 0 ? least : std::min(limit, most));
}

// MAXLEN or MINID with its sign and value; `index` moves to the last argument taken. False: the
// error is written.
bool parse_strategy(Call& call, std::size_t& index, Kind kind, Stream::Trim& trim) {
  if (trim.kind != Kind::none) {
    call.error("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
    return false;
  }
  const bool has_sign =
      index + 2 < call.size() && (call.arg(index + 1) == "~" || call.arg(index + 1) == "=");
  trim.whole_nodes = has_sign && call.arg(index + 1) == "~";
  index += has_sign ? 2 : 1;
  if (kind == Kind::length) {
    const auto length = call.integer(index);
    if (!length) return false;
    if (*length < 0) {
      call.error("ERR The MAXLEN argument must be >= 0.");
      return false;
    }
    trim.length = static_cast<std::uint64_t>(*length);
  } else {
    const auto id = id_at(call, index);
    if (!id) return false;
    trim.least = *id;
  }
  trim.kind = kind;
  return true;
}

// False: the error is written.
bool parse_limit(Call& call, std::size_t index, std::optional<std::uint64_t>& limit) {
  const auto given = call.integer(index);
  if (!given) return false;
  if (*given < 0) {
    call.error("ERR The LIMIT argument must be >= 0.");
    return false;
  }
  limit = static_cast<std::uint64_t>(*given);
  return true;
}

// XADD's ID: "ms-seq", or "ms-*".
bool parse_new_id(Call& call, std::size_t index, AddOptions& options) {
  std::string_view text = call.arg(index).substr(0, call.arg(index).find('\0'));
  if (text.ends_with("-*") && text.find('-') == text.size() - 2) {
    options.sequence_given = false;
    text.remove_suffix(2);
  }
  options.id = call.arg(index).size() > longest_id ? std::nullopt : parse_id(text, 0);
  if (options.id) return true;
  invalid_id(call);
  return false;
}

// The limit that counts in the end. False: the error is written.
bool settle_limit(Call& call, AddOptions& options, bool adds,
                  const std::optional<std::uint64_t>& limit) {
  if (limit.value_or(0) != 0 && options.trim.kind == Kind::none) {
    call.error("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    return false;
  }
  if (!adds && options.trim.kind == Kind::none) {
    call.error("ERR syntax error, XTRIM must be called with a trimming strategy");
    return false;
  }
  if (limit && !options.trim.whole_nodes) {
    call.error("ERR syntax error, LIMIT cannot be used without the special ~ option");
    return false;
  }
  if (options.trim.whole_nodes) options.trim.limit = limit ? *limit : usual_limit(call);
  return true;
}

}  // namespace

std::optional<StreamId> parse_id(std::string_view text, std::uint64_t missing_seq) {
  if (text.size() > longest_id) return std::nullopt;
  text = text.substr(0, text.find('\0'));
  const std::size_t dash = text.find('-');
  const auto ms = resp::parse_unsigned(text.substr(0, dash));
  if (!ms) return std::nullopt;
  if (dash == std::string_view::npos) return StreamId{*ms, missing_seq};
  const auto seq = resp::parse_unsigned(text.substr(dash + 1));
  if (!seq) return std::nullopt;
  return StreamId{*ms, *seq};
}

void invalid_id(Call& call) {
  call.error("ERR Invalid stream ID specified as stream command argument");
}

std::optional<StreamId> id_at(Call& call, std::size_t index, std::uint64_t missing_seq) {
  const auto id = parse_id(call.arg(index), missing_seq);
  if (!id) invalid_id(call);
  return id;
}

std::optional<StreamId> id_or_end_at(Call& call, std::size_t index) {
  if (call.arg(index) == "-") return StreamId::lowest();
  if (call.arg(index) == "+") return StreamId::highest();
  return id_at(call, index);
}

std::string text_of(StreamId id) { return std::to_string(id.ms) + "-" + std::to_string(id.seq); }

std::optional<StreamId> range_end_at(Call& call, std::size_t index, RangeEnd end) {
  const std::string_view text = call.arg(index);
  const bool is_start = end == RangeEnd::start;
  const std::uint64_t missing_seq = is_start ? 0 : UINT64_MAX;
  if (text == "-") return StreamId::lowest();
  if (text == "+") return StreamId::highest();
  if (text.size() < 2 || text.front() != '(') return id_at(call, index, missing_seq);
  const auto id = parse_id(text.substr(1), missing_seq);
  if (!id) {
    invalid_id(call);
  } else if (*id == (is_start ? StreamId::highest() : StreamId::lowest())) {
    call.error(is_start ? "ERR invalid start ID for the interval"
                        : "ERR invalid end ID for the interval");
  } else {
    return is_start ? id->next() : id->previous();
  }
  return std::nullopt;
}

void reply_entry(Call& call, const Stream::Entry& entry) {
  const auto text = [&](const value::StreamNode::Text& one) {
    if (one.is_integer) {
      call.reply.bulk_integer(one.integer);
    } else {
      call.reply.bulk(one.bytes);
    }
  };
  call.reply.array(2);
  call.reply.bulk(text_of(entry.id()));
  call.reply.array(2 * entry.field_count());
  entry.for_each_field([&](const auto& field, const auto& value) {
    text(field);
    text(value);
  });
}

void reply_range(Call& call, const Stream& stream, StreamId first, StreamId last,
                 std::uint64_t count, bool reverse) {
  const auto place = call.reply.begin();
  std::size_t given = 0;
  if (first <= last) {
    auto at = reverse ? stream.at_most(last) : stream.at_least(first);
    while (at.valid() && (reverse ? at->id() >= first : at->id() <= last)) {
      reply_entry(call, *at);
      if (++given == count) break;
      reverse ? at.previous() : at.next();
    }
  }
  call.reply.end_array(place, given);
}

std::optional<AddOptions> parse_add_options(Call& call, bool adds) {
  AddOptions options;
  std::optional<std::uint64_t> limit;
  std::size_t index = 2;
  for (; index < call.size(); ++index) {
    const bool has_value = index + 1 < call.size();
    if (adds && call.arg(index) == "*") break;
    if (has_value && call.is_word(index, "MAXLEN")) {
      if (!parse_strategy(call, index, Kind::length, options.trim)) return std::nullopt;
    } else if (has_value && call.is_word(index, "MINID")) {
      if (!parse_strategy(call, index, Kind::least, options.trim)) return std::nullopt;
    } else if (has_value && call.is_word(index, "LIMIT")) {
      if (!parse_limit(call, ++index, limit)) return std::nullopt;
    } else if (adds && call.is_word(index, "NOMKSTREAM")) {
      options.make_stream = false;
    } else if (adds) {
      if (!parse_new_id(call, index, options)) return std::nullopt;
      break;
    } else {
      call.syntax_error();
      return std::nullopt;
    }
  }
  options.id_at = index;
  if (!settle_limit(call, options, adds, limit)) return std::nullopt;
  return options;
}

}  // namespace redouble::command::stream_group
