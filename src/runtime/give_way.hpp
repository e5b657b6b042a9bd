// GiveWay: a thread that frees very much stops now and then, so that others get at the heap.
//
// The lock of the C library's heap is handed to nobody: who takes it again at once, piece by piece,
// keeps those out who sleep for it. While a hash of a million fields was freed and somebody needed
// memory, 99.99 % of single GETs were answered within 5 to 24 ms; with the stops within 2 to 13, in
// which is the machine's own noise.
// What frees many pieces says so by pieces(); that costs nothing on a thread without a GiveWay.
// Thread safety: belongs to the thread that makes it, of which it is the only one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace redouble::runtime {

class GiveWay {
 public:
  // So many pieces take some 50 us.
  static constexpr std::size_t most_pieces = 512;

  // No more stops from when `hurries` is true. Each stop is counted in `stops`.
  GiveWay(const std::atomic<bool>& hurries, std::atomic<std::uint64_t>& stops)
      : hurries_(hurries), stops_(stops) {
    current_ = this;
  }
  ~GiveWay() { current_ = nullptr; }
  GiveWay(const GiveWay&) = delete;
  GiveWay& operator=(const GiveWay&) = delete;

  // So many pieces go now.
  static void pieces(std::size_t count) {
    if (current_ != nullptr) [[unlikely]]
      current_->freed(count);
  }

 private:
  void freed(std::size_t count) {
    pieces_ += count;
    if (pieces_ < most_pieces || hurries_.load(std::memory_order_relaxed)) return;
    pieces_ = 0;
    stops_.fetch_add(1, std::memory_order_relaxed);
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }

  static inline thread_local constinit GiveWay* current_ = nullptr;
  const std::atomic<bool>& hurries_;
  std::atomic<std::uint64_t>& stops_;
  std::size_t pieces_ = 0;
};

}  // namespace redouble::runtime
