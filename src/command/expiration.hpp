// Expiration: the times that SET, GETEX and the EXPIRE family are given, as deadlines.
//
// Seconds or milliseconds, from now or since 1970: all become Unix milliseconds, or the error reply
// that redis-server gives, with the same limits.
// Thread safety: as a Call's.
#pragma once

#include <cstdint>
#include <optional>

#include "command/call.hpp"

namespace redouble::command {

enum class Unit : std::uint8_t { seconds, milliseconds };
enum class From : std::uint8_t { now, epoch };

// How SET and GETEX say what becomes of the deadline.
struct Expiration {
  enum class Kind : std::uint8_t { none, keep, persist, at };
  Kind kind = Kind::none;
  Unit unit = Unit::seconds;
  From from = From::now;
  std::size_t value_at = 0;  // the argument with the time

  // Takes EX, PX, EXAT or PXAT with its value at `index`; false where the argument is none of them,
  // or may not stand after what was taken before. Moves `index` to the last argument taken.
  bool take_time(const Call& call, std::size_t& index);
};

// The deadline that args[index] means for SET and its relatives: it must be positive. Nothing: the
// error is written.
std::optional<std::int64_t> positive_deadline(Call& call, std::size_t index, Unit unit, From from);
// The same for the EXPIRE family, where it may lie in the past.
std::optional<std::int64_t> any_deadline(Call& call, std::size_t index, Unit unit, From from);

// ERR invalid expire time in '...' command
void invalid_expire_time(Call& call);

// A deadline that has come when it is set deletes its key at once.
inline bool has_come(const Call& call, std::int64_t at_ms) { return at_ms <= call.now_ms(); }

}  // namespace redouble::command
