#include "command/table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "command/keys.hpp"
#include "command/rows.hpp"
#include "runtime/assert.hpp"

namespace redouble::command {
namespace {

// The first eight bytes of a name, in lower case, zero bytes behind the last.
std::uint64_t first_bytes(std::string_view name) {
  const char* const bytes = name.data();
  const std::size_t size = name.size();
  std::uint64_t word = 0;
  if (size >= 8) {
    std::memcpy(&word, bytes, 8);
  } else if (size >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, bytes, 4);
    std::memcpy(&high, bytes + size - 4, 4);
    word = low | std::uint64_t{high} << (size - 4) * 8;
  } else if (size > 0) {
    // The first, the middle and the last: of one or two bytes the same one comes twice.
    for (const std::size_t i : {std::size_t{0}, size / 2, size - 1}) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << i * 8;
    }
  }
  // All eight at once: the high bit of a byte says that it is an upper case letter.
  constexpr std::uint64_t ones = 0x0101010101010101;
  const std::uint64_t low_bits = word & 0x7f * ones;
  const std::uint64_t from_a = low_bits + (0x80 - 'A') * ones;
  const std::uint64_t beyond_z = low_bits + (0x7f - 'Z') * ones;
  const std::uint64_t upper = (from_a ^ beyond_z) & ~word & 0x80 * ones;
  return word | upper >> 2;
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
  static const CommandTable table(std::array<std::span<const Row>, 12>{
      bitmap_rows(), connection_rows(), generic_rows(), geo_rows(), hash_rows(), hyperloglog_rows(),
      list_rows(), server_rows(), set_rows(), sorted_set_rows(), stream_rows(), string_rows()});
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
    facts_[i].full_name = row.name;
    const std::size_t first = rows_.size();
    for (const Row& subcommand : row.subcommands) {
      REDOUBLE_ASSERT(subcommand.subcommands.empty());
      RowFacts& facts = facts_[rows_.size()];
      facts.full_name = std::string(row.name) + "|" + std::string(subcommand.name);
      facts.parent = &row;
      rows_.push_back(subcommand);
    }
    rows_[i].subcommands = std::span(rows_).subspan(first);
  }

  for (std::size_t i = 0; i < count; ++i) {
    Row& row = rows_[i];
    RowFacts& facts = facts_[i];
    facts.index = static_cast<std::uint32_t>(i);
    facts.since = version_number(row.since);
    facts.plain =
        !has_subcommands(row) && !is_container(row) && !facts.full_name.starts_with("debug");
    if (row.locks == Locks::keys && has_one_key(row)) {
      facts.only_key = static_cast<std::uint8_t>(row.keys[0].index);
    }
    row.facts = &facts;
  }

  slots_.resize(std::bit_ceil(commands_ * 4));
  for (std::size_t i = 0; i < commands_; ++i) {
    const std::string_view name = rows_[i].name;
    REDOUBLE_ASSERT(!name.empty() && name.size() <= longest_name);
    const std::uint64_t first = first_bytes(name);
    std::size_t place = place_of(first, name.size());
    while (slots_[place].size != 0) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {first, static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(i)};
  }
}

std::size_t CommandTable::place_of(std::uint64_t first, std::size_t size) const {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  return ((first ^ size) * odd >> 40) & (slots_.size() - 1);
}

const Row* CommandTable::find(std::string_view name) const {
  if (name.size() > longest_name) return nullptr;
  const std::uint64_t first = first_bytes(name);
  for (std::size_t place = place_of(first, name.size());; ++place) {
    const Slot& slot = slots_[place & (slots_.size() - 1)];
    if (slot.size == 0) return nullptr;
    if (slot.first != first || slot.size != name.size()) continue;
    const Row& row = rows_[slot.index];
    if (name.size() <= 8 || equals_lower(name.substr(8), row.name.substr(8))) return &row;
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

const Row* RowMemo::look_up(const CommandTable& table, std::span<const std::string_view> args) {
  const Row* row = table.resolve(args);
  // With subcommands the name alone does not tell the row.
  if (row != nullptr && args[0].size() <= longest && !has_subcommands(*row) &&
      table.parent(*row) == nullptr) {
    row_ = row;
    size_ = args[0].size();
    std::memcpy(name_, args[0].data(), size_);
  }
  return row;
}

}  // namespace redouble::command
