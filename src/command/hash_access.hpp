// What the handlers of hashes share: the arguments of the commands that deal with the deadlines of
// fields.
//
// Thread safety: as a Call's. Errors: error replies; then nothing is given.
// Source: the pages of HEXPIRE, HTTL, HPERSIST, HGETEX, HSETEX and HGETDEL of the Redis
// documentation; what they leave open as Redis 7.4 and 8.0 answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/expiration.hpp"
#include "command/hash_limits.hpp"
#include "command/objects.hpp"
#include "resp/number.hpp"
#include "value/hash.hpp"

namespace redouble::command::hash_group {

using value::FieldDeadlines;
using value::Hash;
using value::HashObject;

using FieldNames = std::span<const std::string_view>;

// FIELDS at args[index], then their number, then they, up to the request's end. `bad_number`: what
// the error says of a number that is none or below 1.
std::optional<FieldNames> named_fields(Call& call, std::size_t index, std::string_view bad_number);

inline constexpr std::string_view not_positive = "ERR Number of fields must be a positive integer";

// The deadline that args[index] means for fields: Unix milliseconds, below 2^46; not negative.
std::optional<std::int64_t> field_deadline(Call& call, std::size_t index, Unit unit, From from);

// EX, PX, EXAT or PXAT at args[index]; nothing: it is none of them.
struct TimeWord {
  Unit unit;
  From from;
};
std::optional<TimeWord> time_word(const Call& call, std::size_t index);

// Says that the request is to be recorded as these words, and these fields behind them; with
// `counted` their number stands between.
void record_fields(Call& call, std::initializer_list<std::string_view> words,
                   const std::vector<std::string_view>& fields, bool counted);

// The same for fields that have got a deadline, or went because it had come.
inline void record_deadline(Call& call, std::int64_t at_ms,
                            const std::vector<std::string_view>& fields) {
  if (has_come(call, at_ms)) return record_fields(call, {"HDEL", call.key().key}, fields, false);
  record_fields(call, {"HPEXPIREAT", call.key().key, std::to_string(at_ms), "FIELDS"}, fields,
                true);
}

// Gives a field that is there a deadline, or erases it where that has come.
inline void set_or_erase(Call& call, Hash& hash, std::string_view field, std::int64_t at_ms) {
  if (has_come(call, at_ms)) {
    hash.erase(field);
  } else {
    hash.set_deadline(field, at_ms, hash_limits(call));
  }
}
constexpr std::string_view event_of_deadline(bool come) { return come ? "hdel" : "hexpire"; }

}  // namespace redouble::command::hash_group
