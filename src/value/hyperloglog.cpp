#include "value/hyperloglog.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "runtime/mutant.hpp"

namespace redouble::value {
namespace {

constexpr unsigned index_bits = 14;
constexpr unsigned rank_bits = 64 - index_bits;
constexpr std::size_t count_at = 8;
constexpr std::uint32_t longest_zero_run = 64;
constexpr std::uint32_t longest_value_run = 4;
constexpr std::uint8_t largest_sparse_value = 32;

unsigned char byte_of(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

// MurmurHash64A: eight bytes at a time are mixed in, then what is left, then all is mixed again.
std::uint64_t murmur_hash(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t factor = 0xc6a4a7935bd1e995;
  constexpr unsigned shift = 47;
  std::uint64_t hash = seed ^ (text.size() * factor);
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    word *= factor;
    word ^= word >> shift;
    hash = (hash ^ (word * factor)) * factor;
    text.remove_prefix(8);
  }
  if (!text.empty()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), text.size());
    hash = (hash ^ word) * factor;
  }
  hash = (hash ^ (hash >> shift)) * factor;
  return hash ^ (hash >> shift);
}

void append_zeros(std::string& to, std::uint32_t length) {
  const std::uint32_t stored = length - 1;
  if (length <= longest_zero_run) {
    to += static_cast<char>(stored);
  } else {
    to += static_cast<char>(0x40 | stored >> 8);
    to += static_cast<char>(stored);
  }
}
char value_run(std::uint8_t value, std::uint32_t length) {
  return static_cast<char>(0x80u | (value - 1u) << 2 | (length - 1));
}

// Ertl's series for registers that are 0 and those that are full.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double power = 1;
  double sum = x;
  double before = 0;
  do {
    x *= x;
    before = sum;
    sum += x * power;
    power += power;
  } while (before != sum);
  return sum;
}
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double power = 1;
  double sum = 1 - x;
  double before = 0;
  do {
    x = std::sqrt(x);
    before = sum;
    power *= 0.5;
    sum -= std::pow(1 - x, 2) * power;
  } while (before != sum);
  return sum / 3;
}

}  // namespace

HyperLogLog::HyperLogLog() : bytes_("HYLL\1", 5) {
  bytes_.resize(header_bytes);
  append_zeros(bytes_, register_count);
}

bool HyperLogLog::is_valid(std::string_view bytes) {
  if (bytes.size() < header_bytes || !bytes.starts_with("HYLL") || byte_of(bytes, 4) > 1) {
    return false;
  }
  return !is_dense(bytes) || bytes.size() == dense_bytes;
}

HyperLogLog::Rank HyperLogLog::rank_of(std::string_view element) {
  const std::uint64_t hash = murmur_hash(element, 0xadc83b19);
  const std::uint64_t rest = hash >> index_bits | std::uint64_t{1} << rank_bits;
  return {static_cast<std::uint32_t>(hash & (register_count - 1)),
          static_cast<std::uint8_t>(std::countr_zero(rest) + 1)};
}

HyperLogLog::Run HyperLogLog::read_run(std::string_view bytes, std::size_t at) {
  const std::uint32_t first = byte_of(bytes, at);
  if ((first & 0x80) != 0) {
    return {1, (first & 3) + 1, static_cast<std::uint8_t>((first >> 2 & 31) + 1)};
  }
  if ((first & 0x40) == 0) return {1, first + 1, 0};
  return {2, ((first & 0x3f) << 8 | byte_of(bytes, at + 1)) + 1, 0};
}

template <class Function>
bool HyperLogLog::for_each_run(Function&& function) const {
  std::uint32_t index = 0;
  for (std::size_t at = header_bytes; at < bytes_.size();) {
    const Run run = read_run(bytes_, at);
    if (index + run.length > register_count) return false;
    function(index, run);
    index += run.length;
    at += run.bytes;
  }
  return index == register_count;
}

std::uint8_t HyperLogLog::dense_at(std::string_view dense, std::uint32_t index) {
  const std::size_t bit = std::size_t{index} * 6;
  const std::size_t at = header_bytes + bit / 8;
  const unsigned pair = byte_of(dense, at) | unsigned{byte_of(dense, at + 1)} << 8;
  return static_cast<std::uint8_t>(pair >> (bit % 8) & 63);
}

void HyperLogLog::set_dense(std::uint32_t index, std::uint8_t count) {
  const std::size_t bit = std::size_t{index} * 6;
  const std::size_t at = header_bytes + bit / 8;
  const bool has_next = at + 1 < bytes_.size();
  unsigned pair = byte_of(bytes_, at) | unsigned{byte_of(bytes_, at + 1)} << 8;
  pair = (pair & ~(63u << (bit % 8))) | unsigned{count} << (bit % 8);
  bytes_[at] = static_cast<char>(pair);
  if (has_next) bytes_[at + 1] = static_cast<char>(pair >> 8);
}

HyperLogLog::Change HyperLogLog::raise(Rank rank, std::size_t sparse_limit) {
  if (!is_dense()) return raise_sparse(rank, sparse_limit);
  if (dense_at(bytes_, rank.index) >= rank.count) return Change::none;
  set_dense(rank.index, rank.count);
  return Change::changed;
}

HyperLogLog::Change HyperLogLog::raise_densely(Rank rank) {
  if (!become_dense()) return Change::corrupt;
  return raise(rank, 0);
}

HyperLogLog::Change HyperLogLog::raise_sparse(Rank rank, std::size_t sparse_limit) {
  if (rank.count > largest_sparse_value) return raise_densely(rank);
  std::size_t at = header_bytes;
  std::size_t before = header_bytes;
  std::uint32_t first = 0;
  Run run{};
  for (;; first += run.length, before = at, at += run.bytes) {
    if (at >= bytes_.size()) return Change::corrupt;
    run = read_run(bytes_, at);
    if (rank.index < first + run.length) break;
  }
  if (run.value >= rank.count) return Change::none;
  const std::uint32_t left = rank.index - first;
  const std::uint32_t right = run.length - left - 1;
  std::string runs;
  const auto add = [&](std::uint32_t length) {
    if (length == 0) return;
    if (run.value == 0) {
      append_zeros(runs, length);
    } else {
      runs += value_run(run.value, length);
    }
  };
  add(left);
  runs += value_run(rank.count, 1);
  add(right);
  if (runs.size() > run.bytes && bytes_.size() + runs.size() - run.bytes > sparse_limit) {
    return raise_densely(rank);
  }
  bytes_.replace(at, run.bytes, runs);
  join_runs(before);
  forget_count();
  return Change::changed;
}

// Makes one run of neighbours with the same value, near where something has changed.
void HyperLogLog::join_runs(std::size_t at) {
  constexpr int looked_at = 5;
  for (int looks = 0; looks < looked_at && at < bytes_.size(); ++looks) {
    const Run run = read_run(bytes_, at);
    if (run.value != 0 && at + 1 < bytes_.size()) {
      const Run next = read_run(bytes_, at + 1);
      if (next.value == run.value && run.length + next.length <= longest_value_run) {
        bytes_[at + 1] = value_run(run.value, run.length + next.length);
        bytes_.erase(at, 1);
        continue;
      }
    }
    at += run.bytes;
  }
}

bool HyperLogLog::become_dense() {
  if (is_dense()) return true;
  HyperLogLog dense;
  dense.bytes_ = bytes_.substr(0, header_bytes);
  dense.bytes_[4] = 0;
  dense.bytes_.resize(dense_bytes);
  const bool whole = for_each_run([&](std::uint32_t index, const Run& run) {
    if (run.value == 0) return;
    for (std::uint32_t i = 0; i < run.length; ++i) dense.set_dense(index + i, run.value);
  });
  if (whole) bytes_ = std::move(dense.bytes_);
  return whole;
}

std::optional<std::uint64_t> HyperLogLog::cached_count() const {
  std::uint64_t count = 0;
  std::memcpy(&count, bytes_.data() + count_at, sizeof count);
  if (count >> 63 != 0) return std::nullopt;
  return count;
}
void HyperLogLog::set_cached_count(std::uint64_t count) {
  std::memcpy(bytes_.data() + count_at, &count, sizeof count);
}
void HyperLogLog::forget_count() {
  char& highest = bytes_[count_at + 7];
  highest = static_cast<char>(highest | '\x80');
}

std::uint64_t HyperLogLog::estimate(const Histogram& histogram) {
  constexpr double registers = register_count;
  constexpr double alpha = 0.721347520444481703680;  // 1 / (2 ln 2)
  double sum = registers * tau((registers - histogram[rank_bits + 1]) / registers);
  for (unsigned rank = rank_bits; rank >= 1; --rank) {
    sum += histogram[rank];
    sum *= 0.5;
  }
  sum += registers * sigma(histogram[0] / registers);
  return static_cast<std::uint64_t>(std::llroundl(alpha * registers * registers / sum));
}

std::optional<std::uint64_t> HyperLogLog::count() const {
  Histogram histogram{};
  if (is_dense()) {
    for (std::uint32_t i = 0; i < register_count; ++i) ++histogram[dense_at(bytes_, i)];
    return estimate(histogram);
  }
  const bool whole =
      for_each_run([&](std::uint32_t, const Run& run) { histogram[run.value] += run.length; });
  if (!whole) return std::nullopt;
  return estimate(histogram);
}

std::uint64_t HyperLogLog::count(const Registers& registers) {
  Histogram histogram{};
  for (const std::uint8_t value : registers) ++histogram[value];
  return estimate(histogram);
}

bool HyperLogLog::merge_into(Registers& registers) const {
  if (is_dense()) {
    for (std::uint32_t i = 0; i < register_count; ++i) {
      registers[i] = std::max(registers[i], dense_at(bytes_, i));
    }
    return true;
  }
  return for_each_run([&](std::uint32_t index, const Run& run) {
    if (mutant("hyperloglog-merge-forgets-runs") && run.length > 1) return;
    for (std::uint32_t i = index; i < index + run.length; ++i) {
      registers[i] = std::max(registers[i], run.value);
    }
  });
}

std::string HyperLogLog::describe_runs() const {
  std::string text;
  for (std::size_t at = header_bytes; at < bytes_.size();) {
    const Run run = read_run(bytes_, at);
    if (!text.empty()) text += ' ';
    if (run.value != 0) {
      text += "v:" + std::to_string(run.value) + "," + std::to_string(run.length);
    } else {
      text += (run.bytes == 1 ? "z:" : "Z:") + std::to_string(run.length);
    }
    at += run.bytes;
  }
  return text;
}

}  // namespace redouble::value
