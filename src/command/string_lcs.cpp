// LCS: the longest subsequence that two strings share, by the usual table of lengths.
//
// Where several are equally long, the one that redis-server finds: from the ends backwards, a step
// in the second string wherever it loses nothing.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "command/call.hpp"
#include "command/handlers_string.hpp"

namespace redouble::command::string_group {
namespace {

struct LcsOptions {
  bool length = false;
  bool matches = false;
  bool with_lengths = false;
  std::int64_t least = 0;
};

// False: the error is written.
bool parse(Call& call, LcsOptions& options) {
  for (std::size_t index = 3; index < call.size(); ++index) {
    if (call.is_word(index, "IDX")) {
      options.matches = true;
    } else if (call.is_word(index, "LEN")) {
      options.length = true;
    } else if (call.is_word(index, "WITHMATCHLEN")) {
      options.with_lengths = true;
    } else if (call.is_word(index, "MINMATCHLEN") && index + 1 < call.size()) {
      const auto least = call.integer(++index);
      if (!least) return false;
      options.least = std::max<std::int64_t>(0, *least);
    } else {
      call.syntax_error();
      return false;
    }
  }
  if (options.length && options.matches) {
    call.error("ERR If you want both the length and indexes, please just use IDX.");
    return false;
  }
  return true;
}

// at(i, j) is the length for the first i bytes of one and the first j of the other.
class Lengths {
 public:
  Lengths(std::string_view one, std::string_view other)
      : width_(other.size() + 1), lengths_((one.size() + 1) * width_) {
    for (std::size_t i = 1; i <= one.size(); ++i) {
      for (std::size_t j = 1; j <= other.size(); ++j) {
        lengths_[i * width_ + j] = one[i - 1] == other[j - 1]
                                       ? at(i - 1, j - 1) + 1
                                       : std::max(at(i - 1, j), at(i, j - 1));
      }
    }
  }
  std::uint32_t at(std::size_t i, std::size_t j) const { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

// A run of bytes which are next to each other in both strings.
struct Match {
  std::size_t one = 0;
  std::size_t other = 0;
  std::size_t size = 0;
};

// Calls f for each match, the last one first.
template <class F>
void for_each_match(const Lengths& lengths, std::string_view one, std::string_view other, F&& f) {
  Match match;
  std::size_t i = one.size();
  std::size_t j = other.size();
  while (i > 0 && j > 0) {
    if (one[i - 1] == other[j - 1]) {
      match = {--i, --j, match.size + 1};
      continue;
    }
    if (match.size > 0) f(match);
    match.size = 0;
    if (lengths.at(i - 1, j) > lengths.at(i, j - 1)) {
      --i;
    } else {
      --j;
    }
  }
  if (match.size > 0) f(match);
}

void reply_matches(Call& call, const Lengths& lengths, std::string_view one, std::string_view other,
                   const LcsOptions& options) {
  const auto range = [&call](std::size_t begin, std::size_t size) {
    call.reply.array(2);
    call.reply.integer(static_cast<std::int64_t>(begin));
    call.reply.integer(static_cast<std::int64_t>(begin + size - 1));
  };
  call.reply.map(2);
  call.reply.bulk("matches");
  const auto place = call.reply.begin();
  std::size_t count = 0;
  for_each_match(lengths, one, other, [&](const Match& match) {
    const auto size = static_cast<std::int64_t>(match.size);
    if (size < options.least) return;
    call.reply.array(options.with_lengths ? 3 : 2);
    range(match.one, match.size);
    range(match.other, match.size);
    if (options.with_lengths) call.reply.integer(size);
    ++count;
  });
  call.reply.end_array(place, count);
  call.reply.bulk("len");
  call.reply.integer(lengths.at(one.size(), other.size()));
}

}  // namespace

void lcs(Call& call) {
  std::optional<value::StringRef> strings[2];
  for (std::size_t index = 0; index < 2; ++index) {
    const store::Entry* entry = call.keys.find(call.key(index));
    if (entry == nullptr) continue;
    if (entry->type() != value::Type::string) {
      call.error("ERR The specified keys must contain string values");
      return;
    }
    strings[index] = entry->string();
  }
  LcsOptions options;
  if (!parse(call, options)) return;
  value::StringRef::Room rooms[2];
  const std::string_view one = strings[0] ? strings[0]->view(rooms[0]) : std::string_view();
  const std::string_view other = strings[1] ? strings[1]->view(rooms[1]) : std::string_view();
  // Strings are at most 2^40 bytes or so: the product of their lengths may be too much.
  const auto cells = static_cast<long double>(one.size() + 1) * (other.size() + 1);
  if (cells * sizeof(std::uint32_t) >
      static_cast<long double>(call.settings().proto_max_bulk_len)) {
    call.error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    return;
  }
  const Lengths lengths(one, other);
  const std::uint32_t length = lengths.at(one.size(), other.size());
  if (options.matches) {
    reply_matches(call, lengths, one, other, options);
  } else if (options.length) {
    call.reply.integer(length);
  } else {
    std::string shared(length, '\0');
    std::size_t end = length;
    for_each_match(lengths, one, other, [&](const Match& match) {
      end -= match.size;
      shared.replace(end, match.size, one.substr(match.one, match.size));
    });
    call.reply.bulk(shared);
  }
}

}  // namespace redouble::command::string_group
