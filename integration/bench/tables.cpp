// tables: value::Table beside other ways to lay out a hash table, one after another in one process.
//
//   tables [KEYS]
//
// All hold the same: counted pointers to store::Entry with a key of 16 bytes and a value of 32,
// whose hash is not kept, so that whoever moves an entry works it out. What differs is the layout:
// - a Swiss table (boost::unordered_flat_set), the C++ library's chains of nodes
//   (std::unordered_set), and chains of cache lines: seven tagged pointers and one to the next
//   line, moved to twice as many line by line as inserts come. The idea of the last is that of the
//   table of Valkey 8.1; the code is not.
// Prints one line of JSON for each, in CPU time: nanoseconds of an insert, a find and a find in
// vain, the slowest insert and a copy (a snapshot) in microseconds, the bytes a key at the end and
// at the worst size.
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/entry.hpp"
#include "value/table.hpp"

namespace {

using redouble::store::Entry;
using redouble::store::EntryPtr;
using redouble::store::Hashed;
using redouble::store::KeyHash;

constexpr KeyHash key_hash(1);

struct OfEntries {
  using is_transparent = void;
  using is_avalanching = void;  // the hash is good in all its bits
  std::size_t operator()(const EntryPtr& entry) const { return key_hash(entry->key()).hash; }
  std::size_t operator()(const Hashed& key) const { return key.hash; }
};
struct SameKey {
  using is_transparent = void;
  bool operator()(const EntryPtr& a, const EntryPtr& b) const { return a->key() == b->key(); }
  bool operator()(const EntryPtr& a, const Hashed& b) const { return a->key() == b.key; }
  bool operator()(const Hashed& a, const EntryPtr& b) const { return a.key == b->key(); }
};

class Ours {
 public:
  static constexpr std::string_view name = "value::Table";
  void insert(const Hashed& key, EntryPtr entry) { table_.insert(key.hash, std::move(entry)); }
  const Entry* find(const Hashed& key) const { return table_.find(key.hash, key.key); }
  auto copy() const { return table_.snapshot(); }

 private:
  redouble::value::Table<Entry> table_{1};
};

template <class Set>
class OfSet {
 public:
  void insert(const Hashed&, EntryPtr entry) { set_.insert(std::move(entry)); }
  const Entry* find(const Hashed& key) const {
    const auto found = set_.find(key);
    return found == set_.end() ? nullptr : found->get();
  }
  Set copy() const { return set_; }

 private:
  Set set_;
};
struct Swiss : OfSet<boost::unordered_flat_set<EntryPtr, OfEntries, SameKey>> {
  static constexpr std::string_view name = "boost::unordered_flat_set";
};
struct Nodes : OfSet<std::unordered_set<EntryPtr, OfEntries, SameKey>> {
  static constexpr std::string_view name = "std::unordered_set";
};

class Lines {
 public:
  static constexpr std::string_view name = "chains of cache lines";

  Lines() : now_(1), before_(0) {}
  void insert(const Hashed& key, EntryPtr entry) {
    if (size_ == now_.lines.size() * slots && moved_ == before_.lines.size()) {
      before_ = std::exchange(now_, Array(now_.lines.size() * 2));
      moved_ = 0;
    }
    move_one_line();
    now_.put(key.hash, entry.disown());
    ++size_;
  }
  const Entry* find(const Hashed& key) const {
    const Entry* found = now_.find(key);
    return found != nullptr || before_.lines.empty() ? found : before_.find(key);
  }
  Lines copy() const {
    Lines made;
    made.now_ = Array(now_.lines.size());
    for (const Array* array : {&now_, &before_}) {
      array->for_each([&](Entry* entry) {
        made.now_.put(key_hash(entry->key()).hash, EntryPtr::share(entry).disown());
      });
    }
    made.size_ = size_;
    return made;
  }

 private:
  static constexpr unsigned slots = 7;
  // `used` has a bit for each slot; with `chained` the last slot leads to a further line.
  struct alignas(64) Line {
    std::uint8_t used = 0;
    std::uint8_t tags[slots] = {};
    std::uintptr_t words[slots] = {};
  };
  static constexpr std::uint8_t chained = 0x80;
  struct Array {
    std::vector<Line> lines;

    explicit Array(std::size_t size) : lines(size) {}
    Array(Array&&) = default;
    Array& operator=(Array&& other) noexcept {
      std::swap(lines, other.lines);
      return *this;
    }
    ~Array() {
      for_each([](Entry* entry) { release(entry); });
      for (Line& line : lines) free_chain(line);
    }
    static std::uint8_t tag_of(std::uint64_t hash) { return static_cast<std::uint8_t>(hash >> 56); }
    static Line* next(const Line& line) {
      return (line.used & chained) == 0 ? nullptr : reinterpret_cast<Line*>(line.words[slots - 1]);
    }
    static void free_chain(Line& line) {
      for (Line* at = next(line); at != nullptr;) delete std::exchange(at, next(*at));
      line = Line();
    }
    std::size_t place(std::uint64_t hash) const { return hash & (lines.size() - 1); }
    void put(std::uint64_t hash, Entry* entry) {
      Line* line = &lines[place(hash)];
      while (Line* further = next(*line)) line = further;
      const unsigned slot = static_cast<unsigned>(std::countr_one(line->used));
      if (slot < slots) {
        set(*line, slot, tag_of(hash), reinterpret_cast<std::uintptr_t>(entry));
        return;
      }
      auto* further = new Line;  // the last slot's entry goes there, and its place leads there
      set(*further, 0, line->tags[slots - 1], line->words[slots - 1]);
      set(*further, 1, tag_of(hash), reinterpret_cast<std::uintptr_t>(entry));
      line->words[slots - 1] = reinterpret_cast<std::uintptr_t>(further);
      line->used = static_cast<std::uint8_t>((line->used & ~(1u << (slots - 1))) | chained);
    }
    static void set(Line& line, unsigned slot, std::uint8_t tag, std::uintptr_t word) {
      line.used = static_cast<std::uint8_t>(line.used | 1u << slot);
      line.tags[slot] = tag;
      line.words[slot] = word;
    }
    const Entry* find(const Hashed& key) const {
      const std::uint8_t tag = tag_of(key.hash);
      for (const Line* line = &lines[place(key.hash)]; line != nullptr; line = next(*line)) {
        for (unsigned slot = 0; slot < slots; ++slot) {
          if (line->tags[slot] != tag || (line->used >> slot & 1) == 0) continue;
          const auto* entry = reinterpret_cast<const Entry*>(line->words[slot]);
          if (entry->key() == key.key) return entry;
        }
      }
      return nullptr;
    }
    template <class Function>
    void for_each(Function&& function) const {
      for (const Line& first : lines) for_each_in(first, function);
    }
    template <class Function>
    static void for_each_in(const Line& first, Function&& function) {
      for (const Line* line = &first; line != nullptr; line = next(*line)) {
        for (unsigned slot = 0; slot < slots; ++slot) {
          if ((line->used >> slot & 1) != 0) function(reinterpret_cast<Entry*>(line->words[slot]));
        }
      }
    }
  };

  void move_one_line() {
    if (moved_ == before_.lines.size()) return;
    Line& line = before_.lines[moved_++];
    Array::for_each_in(line, [&](Entry* entry) { now_.put(key_hash(entry->key()).hash, entry); });
    Array::free_chain(line);
    if (moved_ == before_.lines.size()) before_.lines = {}, moved_ = 0;
  }

  Array now_;
  Array before_;
  std::size_t moved_ = 0;
  std::size_t size_ = 0;
};

// Bytes that are allocated; the entries' are not among them, which come from slabs.
std::size_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// Nanoseconds of CPU that this thread has had: who else runs here does not count.
double cpu_ns() {
  timespec now;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}
double since_ns(double begin) { return cpu_ns() - begin; }

std::vector<std::string> keys_from(std::size_t first, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) {
    // In a mixed order, as if nobody knew it.
    keys.push_back(
        fmt::format("{:016}", (first + i) * 0x9e3779b97f4a7c15 % 10'000'000'000'000'000));
  }
  return keys;
}

template <class Contestant>
void measure(const std::vector<std::string>& keys, const std::vector<std::string>& others) {
  const std::string value(32, 'v');
  const auto count = static_cast<double>(keys.size());
  const auto fill = [&](Contestant& table, auto&& after) {
    for (const std::string& name : keys) {
      const Hashed key = key_hash(name);
      EntryPtr entry = Entry::make(key, value, redouble::value::Encoding::embstr, {});
      after(table, key, std::move(entry));
    }
  };
  double insert_ns = 0;
  double worst_bytes = 0;
  double slowest_us = 0;
  {
    Contestant table;
    const auto begin = cpu_ns();
    fill(table, [](Contestant& to, const Hashed& key, EntryPtr entry) {
      to.insert(key, std::move(entry));
    });
    insert_ns = since_ns(begin) / count;
  }
  const std::size_t before = allocated();
  auto table = std::make_unique<Contestant>();
  std::size_t done = 0;
  fill(*table, [&](Contestant& to, const Hashed& key, EntryPtr entry) {
    const auto begin = cpu_ns();
    to.insert(key, std::move(entry));
    slowest_us = std::max(slowest_us, since_ns(begin) / 1000);
    if (++done % 5'000 != 0 || done < keys.size() / 10) return;
    worst_bytes = std::max(worst_bytes,
                           static_cast<double>(allocated() - before) / static_cast<double>(done));
  });
  const double bytes = static_cast<double>(allocated() - before) / count;
  const auto find_all = [&](const std::vector<std::string>& asked, bool there) {
    const auto begin = cpu_ns();
    for (const std::string& name : asked) {
      if ((table->find(key_hash(name)) != nullptr) != there) std::abort();
    }
    return since_ns(begin) / static_cast<double>(asked.size());
  };
  std::vector<std::string> shuffled = keys;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[i * 0x9e3779b97f4a7c15 % i]);
  }
  const double find_ns = find_all(shuffled, true);
  const double miss_ns = find_all(others, false);
  const auto begin = cpu_ns();
  auto copy = std::make_unique<decltype(table->copy())>(table->copy());
  const double copy_us = since_ns(begin) / 1000;
  fmt::print(
      "{{\"name\": \"{}\", \"insert_ns\": {:.0f}, \"find_ns\": {:.0f}, \"miss_ns\": {:.0f}, "
      "\"slowest_insert_us\": {:.0f}, \"copy_us\": {:.1f}, \"bytes\": {:.1f}, "
      "\"worst_bytes\": {:.1f}}}\n",
      Contestant::name, insert_ns, find_ns, miss_ns, slowest_us, copy_us, bytes, worst_bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  const std::vector<std::string> keys = keys_from(0, count);
  const std::vector<std::string> others = keys_from(count, count);
  measure<Ours>(keys, others);
  measure<Swiss>(keys, others);
  measure<Nodes>(keys, others);
  measure<Lines>(keys, others);
}
