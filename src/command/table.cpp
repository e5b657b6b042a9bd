#include "command/table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "command/rows.hpp"
#include "runtime/assert.hpp"

namespace redouble::command {
namespace {

// Up to eight bytes as a number; of seven or less some may count twice.
std::uint64_t load(const char* bytes, std::size_t size) {
  std::uint64_t word = 0;
  if (size >= 8) {
    std::memcpy(&word, bytes, 8);
  } else if (size >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, bytes, 4);
    std::memcpy(&high, bytes + size - 4, 4);
    word = std::uint64_t{high} << 32 | low;
  } else if (size > 0) {
    const auto byte = [&](std::size_t at) {
      return std::uint64_t{static_cast<unsigned char>(bytes[at])};
    };
    word = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  }
  return word;
}

// A hash of the length and of the first and last eight bytes: more is in no command's name, or near
// enough. Both cases of a letter give one hash: bit 5, which tells them apart, is set everywhere.
// Names that meet by that are told apart by comparing them. Never 0.
std::uint32_t hash_name(std::string_view name) {
  constexpr std::uint64_t case_bits = 0x2020202020202020;
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  const std::size_t size = name.size();
  std::uint64_t hash = ((load(name.data(), size) | case_bits) + size) * odd;
  if (size > 8) hash = (hash ^ (load(name.data() + size - 8, 8) | case_bits)) * odd;
  return static_cast<std::uint32_t>(hash >> 32) | 1u;
}

// Names longer than any command are not worth hashing: they are a client's mistake, up to 512 MB.
constexpr std::size_t longest_name = 64;

}  // namespace

bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != lower[i]) return false;
  }
  return true;
}

const CommandTable& CommandTable::standard() {
  static const CommandTable table(std::array<std::span<const Row>, 5>{
      connection_rows(), generic_rows(), list_rows(), server_rows(), string_rows()});
  return table;
}

CommandTable::CommandTable(std::span<const std::span<const Row>> groups) {
  std::size_t count = 0;
  std::vector<const Row*> sorted;
  for (const auto group : groups) {
    for (const Row& row : group) {
      sorted.push_back(&row);
      count += 1 + row.subcommands.size();
    }
  }
  std::ranges::sort(sorted, {}, [](const Row* row) { return row->name; });
  rows_.reserve(count);  // Spans and parents point into it from here on.
  for (const Row* row : sorted) rows_.push_back(*row);
  commands_ = rows_.size();
  facts_.resize(count);
  for (std::size_t i = 0; i < commands_; ++i) {
    const Row& row = rows_[i];
    facts_[i] = {std::string(row.name), version_number(row.since), nullptr};
    const std::size_t first = rows_.size();
    for (const Row& subcommand : row.subcommands) {
      REDOUBLE_ASSERT(subcommand.subcommands.empty());
      facts_[rows_.size()] = {std::string(row.name) + "|" + std::string(subcommand.name),
                              version_number(subcommand.since), &row};
      rows_.push_back(subcommand);
    }
    rows_[i].subcommands = std::span(rows_).subspan(first);
  }

  slots_.resize(std::bit_ceil(commands_ * 4));
  for (std::size_t i = 0; i < commands_; ++i) {
    REDOUBLE_ASSERT(rows_[i].name.size() <= longest_name);
    const std::uint32_t tag = hash_name(rows_[i].name);
    std::size_t place = tag >> 1 & (slots_.size() - 1);
    while (slots_[place].tag != 0) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {tag, static_cast<std::uint32_t>(i)};
  }
}

const Row* CommandTable::find(std::string_view name) const {
  if (name.size() > longest_name) return nullptr;
  const std::uint32_t tag = hash_name(name);
  for (std::size_t place = tag >> 1;; ++place) {
    const Slot slot = slots_[place & (slots_.size() - 1)];
    if (slot.tag == 0) return nullptr;
    if (slot.tag == tag && equals_lower(name, rows_[slot.index].name)) return &rows_[slot.index];
  }
}

const Row* CommandTable::find_subcommand(const Row& container, std::string_view name) const {
  for (const Row& row : container.subcommands) {
    if (equals_lower(name, row.name)) return &row;
  }
  return nullptr;
}

const Row* CommandTable::find_full(std::string_view full_name) const {
  const std::size_t bar = full_name.find('|');
  const Row* row = find(full_name.substr(0, bar));
  if (row == nullptr || bar == std::string_view::npos) return row;
  return find_subcommand(*row, full_name.substr(bar + 1));
}

const Row* CommandTable::resolve(std::span<const std::string_view> args) const {
  if (args.empty()) return nullptr;
  const Row* row = find(args[0]);
  if (row == nullptr || row->subcommands.empty() || args.size() < 2) return row;
  const Row* subcommand = find_subcommand(*row, args[1]);
  return subcommand == nullptr ? row : subcommand;
}

const Row* CommandTable::parent(const Row& row) const { return facts_[index_of(row)].parent; }

}  // namespace redouble::command
