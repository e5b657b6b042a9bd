// HyperLogLog: 16384 registers of 6 bits within a string, byte for byte as Redis keeps them.
//
// - Layout: "HYLL", one byte of encoding (0 dense, 1 sparse), three of nothing, eight of the cached
//   count (lowest byte first; its highest bit set: to be counted anew), then the registers. Dense:
//   six bits each, the lowest bits first. Sparse: runs; 00nnnnnn: n + 1 zero registers; 01nnnnnn
//   nnnnnnnn: the same up to 16384; 1vvvvvnn: n + 1 registers of v + 1.
// - An element's register is the lowest 14 bits of its MurmurHash64A, its rank the number of zero
//   bits from the 15th on, plus one.
// - A string of bytes from anywhere is safe: what its runs do not add up to is an error (corrupt).
// - Thread safety: none; pure functions on strings. Units: bytes; registers by index.
// Sources: Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog", 2007; Heule, Nunkesser, Hall:
// "HyperLogLog in Practice", 2013; Ertl: "New cardinality estimation algorithms for HyperLogLog
// sketches", 2017, for the estimate; Appleby: MurmurHash2, for the hash; the layout is that of
// strings that redis-server 7.0.15 makes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redouble::value {

class HyperLogLog {
 public:
  static constexpr std::size_t register_count = 16384;
  static constexpr std::size_t header_bytes = 16;
  static constexpr std::size_t dense_bytes = header_bytes + register_count * 6 / 8;
  using Registers = std::array<std::uint8_t, register_count>;
  enum class Change : std::uint8_t { none, changed, corrupt };
  struct Rank {
    std::uint32_t index;
    std::uint8_t count;
  };

  // An empty one, sparse.
  HyperLogLog();
  // REQUIRES: is_valid(bytes).
  explicit HyperLogLog(std::string_view bytes) : bytes_(bytes) {}

  // Whether a string has the form of one (not: whether its runs add up).
  static bool is_valid(std::string_view bytes);
  static bool is_dense(std::string_view bytes) { return bytes[4] == 0; }
  static Rank rank_of(std::string_view element);
  // REQUIRES: is_valid(dense) and is_dense(dense).
  static std::uint8_t dense_at(std::string_view dense, std::uint32_t index);

  const std::string& bytes() const { return bytes_; }
  bool is_dense() const { return is_dense(bytes_); }

  // A sparse one that would grow beyond `sparse_limit` bytes, or a rank that it cannot hold,
  // becomes dense.
  Change add(std::string_view element, std::size_t sparse_limit) {
    return raise(rank_of(element), sparse_limit);
  }
  Change raise(Rank rank, std::size_t sparse_limit);
  // False: corrupt.
  bool become_dense();

  // Of the cache: nothing where it is to be counted anew.
  std::optional<std::uint64_t> cached_count() const;
  void set_cached_count(std::uint64_t count);
  void forget_count();
  // The estimate; nothing where it is corrupt.
  std::optional<std::uint64_t> count() const;
  static std::uint64_t count(const Registers& registers);
  // Raises each register to this one's; false: corrupt.
  bool merge_into(Registers& registers) const;
  // The runs in words, as PFDEBUG DECODE shows them. REQUIRES: sparse.
  std::string describe_runs() const;

 private:
  using Histogram = std::array<std::uint32_t, 64>;
  struct Run {
    std::size_t bytes;
    std::uint32_t length;
    std::uint8_t value;  // 0: zeros
  };

  static Run read_run(std::string_view bytes, std::size_t at);
  static std::uint64_t estimate(const Histogram& histogram);
  void set_dense(std::uint32_t index, std::uint8_t count);
  Change raise_sparse(Rank rank, std::size_t sparse_limit);
  Change raise_densely(Rank rank);
  void join_runs(std::size_t at);
  // `function(first index, run)` for each run; false where they do not add up.
  template <class Function>
  bool for_each_run(Function&& function) const;

  std::string bytes_;
};

}  // namespace redouble::value
