// Reclaimer: frees what is large on a thread of its own, so that nobody waits for it.
//
// A step's garbage goes here after its locks are given back, when freeing it would take longer than
// a step may: tables with many entries or large ones, a large value, or very many entries. The
// thread is started with the first of it, and stops now and then, for others need the heap too
// (runtime/give_way.hpp). Where more than most_waiting pieces wait already, whoever brings more
// frees it himself: memory cannot be given up faster than it is freed.
// The destructor returns when all of it is freed.
// Thread safety: any thread. Errors: where no thread can be started, the caller frees.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "store/entry.hpp"
#include "value/table.hpp"

namespace redouble::store {

struct Garbage {
  std::vector<EntryPtr> entries;
  std::vector<value::Table<Entry>> tables;
  std::size_t bytes_in_tables = 0;  // of their entries
  // Copies of values that are about to lose much: they keep it alive until they go.
  std::vector<value::ObjectRef> objects;

  std::size_t pieces() const { return entries.size() + tables.size() + objects.size(); }
};

class Reclaimer {
 public:
  // An entry of more bytes than this is large, a number of entries beyond it is many.
  static constexpr std::size_t large_bytes = std::size_t{64} << 10;
  static constexpr std::size_t many_entries = 512;
  static constexpr std::size_t most_waiting = 1024;

  Reclaimer() = default;
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;
  ~Reclaimer();

  // What others share does not go with the entry.
  static bool is_large(const Entry& entry) {
    return entry.has_interior() && !entry.shares_block() && entry.bytes() > large_bytes;
  }
  static bool is_large(const value::Object& object) { return object.bytes() > large_bytes; }

  void take(Garbage garbage);
  // How many pieces are not yet freed; a piece is an entry, a table or a copy of a value.
  std::uint64_t waiting() const;
  // Returns when everything that was taken is freed. For tests.
  void wait_until_idle();
  // How often it stopped for others. For tests.
  std::uint64_t stops() const { return stops_.load(std::memory_order_relaxed); }

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Garbage> garbage_;
  std::uint64_t waiting_ = 0;
  bool busy_ = false;
  std::atomic<bool> ends_{false};
  std::atomic<std::uint64_t> stops_{0};
  std::thread thread_;
};

}  // namespace redouble::store
