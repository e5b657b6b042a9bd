// BITFIELD and BITFIELD_RO: integers of 1 to 64 bits anywhere within a string.
//
// All operations are read first, so that one that is wrong leaves nothing done. What they write is
// kept aside, byte by byte, until it is known whether anything changes.
#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "command/bit_range.hpp"
#include "command/handlers_bitmap.hpp"
#include "runtime/mutant.hpp"

namespace redouble::command::bitmap_group {
namespace {

using store::EventKind;
using store::Look;

enum class Overflow : std::uint8_t { wrap, saturate, fail };

struct Width {
  bool is_signed;
  unsigned bits;
};

struct Operation {
  enum class Kind : std::uint8_t { get, set, increment } kind;
  Overflow overflow;
  Width width;
  std::uint64_t offset;
  std::int64_t operand = 0;
};

// "i1" to "i64", "u1" to "u63".
std::optional<Width> parse_width(Call& call, std::size_t index) {
  const std::string_view text = call.arg(index).substr(0, call.arg(index).find('\0'));
  const bool is_signed = text.starts_with('i');
  if (is_signed || text.starts_with('u')) {
    const auto bits = resp::parse_integer(text.substr(1));
    if (bits && *bits >= 1 && *bits <= (is_signed ? 64 : 63)) {
      return Width{is_signed, static_cast<unsigned>(*bits)};
    }
  }
  call.error(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but "
      "i64 is.");
  return std::nullopt;
}

std::optional<Overflow> parse_overflow(Call& call, std::size_t index) {
  if (call.is_word(index, "WRAP")) return Overflow::wrap;
  if (call.is_word(index, "SAT")) return Overflow::saturate;
  if (call.is_word(index, "FAIL")) return Overflow::fail;
  call.error("ERR Invalid OVERFLOW type specified");
  return std::nullopt;
}

// Everything behind the key; nothing: the error is written.
std::optional<std::vector<Operation>> parse(Call& call) {
  using Kind = Operation::Kind;
  std::vector<Operation> operations;
  Overflow overflow = Overflow::wrap;
  for (std::size_t index = 2; index < call.size();) {
    const std::size_t behind = call.size() - index - 1;
    if (call.is_word(index, "OVERFLOW") && behind >= 1) {
      const auto named = parse_overflow(call, index + 1);
      if (!named) return std::nullopt;
      overflow = *named;
      index += 2;
      continue;
    }
    Operation operation{Kind::get, overflow, {}, 0};
    if (call.is_word(index, "SET") && behind >= 3) {
      operation.kind = Kind::set;
    } else if (call.is_word(index, "INCRBY") && behind >= 3) {
      operation.kind = Kind::increment;
    } else if (!call.is_word(index, "GET") || behind < 2) {
      call.syntax_error();
      return std::nullopt;
    }
    const auto width = parse_width(call, index + 1);
    if (!width) return std::nullopt;
    const auto offset = bit_offset(call, index + 2, width->bits);
    if (!offset) return std::nullopt;
    operation.width = *width;
    operation.offset = *offset;
    index += 3;
    if (operation.kind != Kind::get) {
      const auto operand = call.integer(index++);
      if (!operand) return std::nullopt;
      operation.operand = *operand;
    }
    operations.push_back(operation);
  }
  return operations;
}

// A string with what has been written over it.
class Overlay {
 public:
  explicit Overlay(const value::StringRef& string) : string_(string) {}

  std::int64_t get(std::uint64_t offset, Width width) const {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < width.bits; ++i) {
      const std::uint64_t bit = offset + i;
      word = word << 1 | (byte_at(bit >> 3) >> (7 - (bit & 7)) & 1u);
    }
    const unsigned unused = 64 - width.bits;
    if (!width.is_signed) return static_cast<std::int64_t>(word);
    return static_cast<std::int64_t>(word << unused) >> unused;
  }
  void set(std::uint64_t offset, Width width, std::int64_t value) {
    for (unsigned i = 0; i < width.bits; ++i) {
      const std::uint64_t bit = offset + i;
      const auto mask = static_cast<unsigned char>(0x80 >> (bit & 7));
      const bool is_set = (static_cast<std::uint64_t>(value) >> (width.bits - 1 - i) & 1) != 0;
      unsigned char& byte = written_.try_emplace(bit >> 3, byte_at(bit >> 3)).first->second;
      byte = static_cast<unsigned char>(is_set ? byte | mask : byte & ~mask);
    }
  }
  const std::map<std::uint64_t, unsigned char>& written() const { return written_; }

 private:
  unsigned char byte_at(std::uint64_t index) const {
    const auto found = written_.find(index);
    if (found != written_.end()) return found->second;
    value::StringRef::Room room;
    const std::string_view byte = string_.part(index, 1, room);
    return byte.empty() ? 0 : static_cast<unsigned char>(byte[0]);
  }

  value::StringRef string_;
  std::map<std::uint64_t, unsigned char> written_;
};

// The least and the largest of a width.
std::int64_t largest(Width width) {
  const unsigned bits = width.is_signed ? width.bits - 1 : width.bits;
  return static_cast<std::int64_t>((std::uint64_t{1} << bits) - 1);
}
std::int64_t least(Width width) { return width.is_signed ? -largest(width) - 1 : 0; }

std::int64_t wrapping_sum(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) +
                                   static_cast<std::uint64_t>(right));
}

// What the sum becomes in a width, and whether it went beyond: 1 above, -1 below, 0 not at all.
struct Fitted {
  std::int64_t value;
  int beyond;
};

// The real server compares with distances that wrap round beyond 64 bits: an operand of SET far
// below the least of a signed width counts as above the largest.
int goes_beyond(std::int64_t value, std::int64_t increment, Width width) {
  const std::int64_t most = largest(width);
  if (!width.is_signed) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (bits > static_cast<std::uint64_t>(most)) return 1;
    if (increment > 0 && increment > most - value) return 1;
    return increment < 0 && increment < -value ? -1 : 0;
  }
  const std::int64_t to_most =
      wrapping_sum(most, static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value)));
  const std::int64_t to_least =
      wrapping_sum(least(width), static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value)));
  const bool is_whole = width.bits == 64;
  if (value > most || (!is_whole && increment > to_most) ||
      (value >= 0 && increment > 0 && increment > to_most)) {
    return 1;
  }
  if (value < least(width) || (!is_whole && increment < to_least) ||
      (value < 0 && increment < 0 && increment < to_least)) {
    return -1;
  }
  return 0;
}

Fitted fit(std::int64_t value, std::int64_t increment, Width width, Overflow overflow) {
  const int beyond = goes_beyond(value, increment, width);
  const std::int64_t sum = wrapping_sum(value, increment);
  if (beyond == 0) return {sum, 0};
  if (overflow == Overflow::saturate) {
    const bool above = beyond > 0 || mutant("bitfield-saturates-at-the-top");
    return {above ? largest(width) : least(width), beyond};
  }
  const unsigned unused = 64 - width.bits;
  const std::uint64_t kept = static_cast<std::uint64_t>(sum) << unused;
  return {width.is_signed ? static_cast<std::int64_t>(kept) >> unused
                          : static_cast<std::int64_t>(kept >> unused),
          beyond};
}

// Runs the operations on the overlay and replies; gives whether one changed a value, or wrote one
// where the string grows.
bool run(Call& call, std::span<const Operation> operations, Overlay& overlay, bool grows) {
  bool changed = false;
  call.reply.array(operations.size());
  for (const Operation& operation : operations) {
    const std::int64_t old = overlay.get(operation.offset, operation.width);
    if (operation.kind == Operation::Kind::get) {
      call.reply.integer(old);
      continue;
    }
    const bool sets = operation.kind == Operation::Kind::set;
    const Fitted fitted = fit(sets ? operation.operand : old, sets ? 0 : operation.operand,
                              operation.width, operation.overflow);
    if (fitted.beyond != 0 && operation.overflow == Overflow::fail) {
      call.reply.null();
      continue;
    }
    call.reply.integer(sets ? old : fitted.value);
    overlay.set(operation.offset, operation.width, fitted.value);
    changed = changed || grows || fitted.value != old;
  }
  return changed;
}

}  // namespace

void bitfield(Call& call) {
  const auto operations = parse(call);
  if (!operations) return;
  std::uint64_t needed = 0;
  for (const Operation& operation : *operations) {
    if (operation.kind == Operation::Kind::get) continue;
    needed = std::max(needed, (operation.offset + operation.width.bits - 1) / 8 + 1);
  }
  const auto old = find_bits(call, call.key(), needed == 0 ? Look::read : Look::write);
  if (!old) return;
  Overlay overlay(*old);
  const bool grows = needed > old->size();
  const bool changed = run(call, *operations, overlay, grows);
  if (changed || grows) {
    // Where all that would write has failed, the string grows in silence.
    const store::Event event{EventKind::string, changed ? "setbit" : "", changed, changed};
    const std::size_t size = std::max<std::size_t>(needed, old->size());
    call.keys.change_string(call.key(), size, event, [&](store::Entry& string) {
      for (const auto& [index, byte] : overlay.written()) {
        string.writable(index)[0] = static_cast<char>(byte);
      }
    });
  } else if (needed > 0) {
    call.make_raw(call.key());
  }
}

void bitfield_ro(Call& call) {
  const auto operations = parse(call);
  if (!operations) return;
  const auto writes = [](const Operation& operation) {
    return operation.kind != Operation::Kind::get;
  };
  if (std::ranges::any_of(*operations, writes)) {
    call.error("ERR BITFIELD_RO only supports the GET subcommand");
    return;
  }
  const auto string = find_bits(call, call.key(), Look::read);
  if (!string) return;
  Overlay overlay(*string);
  run(call, *operations, overlay, false);
}

}  // namespace redouble::command::bitmap_group
