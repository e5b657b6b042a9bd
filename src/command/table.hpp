// CommandTable: all rows of the program, found by name in one probe.
//
// The table owns copies of its rows, one behind another, so that every row, subcommands included,
// has a small index that stays the same for the life of the program (per-command statistics and ACL
// bits are arrays over it). Rows are compared by address: use the rows that the table gives.
// Names are found in any case of ASCII letters, without allocation. A name is a single word
// ("config"); the full name of a subcommand is "config|get".
// Thread safety: immutable once made; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "command/row.hpp"
#include "runtime/same_bytes.hpp"

namespace redouble::command {

// A version as a number that compares as versions do: major, minor and patch, 10 bits each. Parts
// left out, or not understood, are 0.
constexpr std::uint32_t version_number(std::string_view text) {
  std::uint32_t parts[3] = {};
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '.') {
      if (++part == 3) break;
    } else if (c >= '0' && c <= '9') {
      parts[part] = (parts[part] * 10 + static_cast<std::uint32_t>(c - '0')) & 1023;
    } else {
      break;
    }
  }
  return parts[0] << 20 | parts[1] << 10 | parts[2];
}

// The last version that belongs to a compat-version: "7.0" means every 7.0.x.
constexpr std::uint32_t compat_number(std::string_view text) {
  std::size_t dots = 0;
  for (const char c : text) dots += c == '.' ? 1 : 0;
  const std::uint32_t number = version_number(text);
  return dots == 0 ? number | 0xfffff : dots == 1 ? number | 1023 : number;
}

// What a table has worked out about one of its rows.
struct RowFacts {
  std::string full_name;
  std::uint32_t index = 0;
  std::uint32_t since = 0;      // version_number() of it
  const Row* parent = nullptr;  // of a subcommand
  bool plain = false;
  std::uint8_t only_key = 0;
};

class CommandTable {
 public:
  // The commands of this program. Made at the first call: on the way of a command use the
  // reference that was kept.
  static const CommandTable& standard();

  explicit CommandTable(std::span<const std::span<const Row>> groups);
  CommandTable(const CommandTable&) = delete;
  CommandTable& operator=(const CommandTable&) = delete;

  // nullptr where there is none.
  const Row* find(std::string_view name) const;
  const Row* find_subcommand(const Row& container, std::string_view name) const;
  // By full name: "get", "config|get".
  const Row* find_full(std::string_view full_name) const;
  // The row that a request is for: its subcommand where it names one, else that of the command
  // itself (also where the subcommand is unknown or missing: the caller sees has_subcommands()).
  const Row* resolve(std::span<const std::string_view> args) const;

  // The commands by name, without subcommands; every row, subcommands behind all commands.
  std::span<const Row> commands() const { return std::span(rows_).first(commands_); }
  std::span<const Row> rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }

  std::size_t index_of(const Row& row) const { return row.facts->index; }
  const Row& at(std::size_t index) const { return rows_[index]; }
  // The container of a subcommand; nullptr of a command.
  const Row* parent(const Row& row) const { return row.facts->parent; }
  std::string_view full_name(const Row& row) const { return row.facts->full_name; }
  // A row that needs no look at its subcommands, its handler or at DEBUG's permission: nearly all.
  bool plain(const Row& row) const { return row.facts->plain; }
  // The place of the only key of a row whose keys are just that; 0 of any other.
  std::size_t only_key(const Row& row) const { return row.facts->only_key; }
  // Is this row there for who asked for a compat-version? `compat` is compat_number() of it.
  bool visible(const Row& row, std::uint32_t compat) const { return row.facts->since <= compat; }

 private:
  // A place of the hash table: the first eight bytes of a name, which for most is all of it; an
  // empty one has size 0.
  struct Slot {
    std::uint64_t first = 0;
    std::uint32_t size = 0;
    std::uint32_t index = 0;
  };
  std::size_t place_of(std::uint64_t first, std::size_t size) const;

  std::vector<Row> rows_;
  std::size_t commands_ = 0;
  std::vector<RowFacts> facts_;
  std::vector<Slot> slots_;
};

// A container answers nothing without a subcommand.
constexpr bool is_container(const Row& row) { return row.handler == nullptr; }
constexpr bool has_subcommands(const Row& row) { return !row.subcommands.empty(); }

// The arity of the row in a compat-version (as CommandTable::visible takes it).
constexpr int arity_of(const Row& row, std::uint32_t compat) {
  const LaterArity& later = row.later_arity;
  return later.arity != 0 && version_number(later.since) <= compat ? later.arity : row.arity;
}
constexpr bool arity_fits(int arity, std::size_t arguments) {
  return arity >= 0 ? arguments == static_cast<std::size_t>(arity)
                    : arguments >= static_cast<std::size_t>(-arity);
}
// Does the arity of the row allow so many arguments, its names included?
constexpr bool arity_fits(const Row& row, std::size_t arguments, std::uint32_t compat) {
  if (arity_fits(row.arity, arguments)) [[likely]]
    return true;
  return row.later_arity.arity != 0 && arity_fits(arity_of(row, compat), arguments);
}

// The row that was found last, by name: most requests have the name of the one before.
// Thread safety: one thread's.
class RowMemo {
 public:
  const Row* resolve(const CommandTable& table, std::span<const std::string_view> args) {
    const std::string_view name = args[0];
    if (name.size() == size_ && same_bytes(name.data(), name_, name.size())) [[likely]]
      return row_;
    return look_up(table, args);
  }

 private:
  const Row* look_up(const CommandTable& table, std::span<const std::string_view> args);

  static constexpr std::size_t longest = 16;
  char name_[longest] = {};
  std::size_t size_ = std::string_view::npos;
  const Row* row_ = nullptr;
};

// Equal but for the case of ASCII letters; `lower` is in lower case already.
bool equals_lower(std::string_view text, std::string_view lower);

}  // namespace redouble::command
