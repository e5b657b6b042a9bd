// The table against std::map: random interleavings of every operation, with good and bad hashes,
// several scans and several snapshots under way.
#include "value/table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "value/counted_node.hpp"

namespace redouble::value::table_property {
namespace {

enum class Kind : int {
  insert,
  erase,
  write,
  replace,
  insert_many,
  erase_many,
  scan,
  snapshot,
  restore,
  drop,
  pop,
  random,
  clear,
  count_of_kinds
};
constexpr std::array names = {"insert",     "erase",  "write",    "replace", "insert_many",
                              "erase_many", "scan",   "snapshot", "restore", "drop",
                              "pop",        "random", "clear"};

struct Operation {
  Kind kind;
  int key;
  int amount;
};
std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << names[static_cast<std::size_t>(operation.kind)] << '(' << operation.key << ", "
             << operation.amount << ')';
}

// How a key's hash is made; the most of them pile up somewhere.
struct Hashing {
  const char* name;
  int keys;
  std::uint64_t (*hash)(int key);
};
constexpr Hashing hashings[] = {
    {"good", 4000, [](int key) { return mixed(key); }},
    {"all equal", 500, [](int) { return std::uint64_t{0x0123'4567'89ab'cdef}; }},
    {"all zero or all ones", 900, [](int key) { return key % 2 == 0 ? 0 : ~std::uint64_t{0}; }},
    {"38 equal bits", 1500, [](int key) { return mixed(key) >> 38; }},
    {"only the lowest bits differ", 900, [](int key) { return std::uint64_t(key); }},
    {"only the highest bits differ", 1500, [](int key) { return std::uint64_t(key) << 53; }},
    {"seventeen places", 1500, [](int key) { return mixed(key % 17); }},
    {"three prefixes of 24 bits", 4000,
     [](int key) {
       return (mixed(key % 3) & ~std::uint64_t{0xff'ffff'ffff}) | (mixed(key) >> 24);
     }},
};

struct Value {
  int content;
  Deadline deadline;
  friend bool operator==(const Value&, const Value&) = default;
};
using Model = std::map<int, Value>;

class World {
 public:
  explicit World(const Hashing& hashing) : hashing_(hashing) {}

  void run(const Operation& operation) {
    const int key = operation.key % hashing_.keys;
    switch (operation.kind) {
      case Kind::insert:
        insert(key);
        break;
      case Kind::erase:
        erase(key);
        break;
      case Kind::write:
        write(key, operation.amount);
        break;
      case Kind::replace:
        replace(key);
        break;
      case Kind::insert_many:
        for (int i = 0; i < operation.amount; ++i) insert((key + i) % hashing_.keys);
        break;
      case Kind::erase_many:
        for (int i = 0; i < operation.amount; ++i) erase((key + i) % hashing_.keys);
        break;
      case Kind::scan:
        scan(static_cast<std::size_t>(operation.key), operation.amount);
        break;
      case Kind::snapshot:
        if (snapshots_.size() < 4) snapshots_.push_back({table_.snapshot(), model_});
        break;
      case Kind::restore:
        if (!snapshots_.empty()) {
          const Snapshot& chosen = snapshots_[operation.key % snapshots_.size()];
          table_ = chosen.table;
          model_ = chosen.model;
          for (Scan& running : scans_) running.keep_only(model_);
        }
        break;
      case Kind::drop:
        if (!snapshots_.empty()) {
          snapshots_.erase(snapshots_.begin() +
                           static_cast<std::ptrdiff_t>(operation.key % snapshots_.size()));
        }
        break;
      case Kind::pop:
        pop(operation.amount);
        break;
      case Kind::random:
        random(operation.key);
        break;
      case Kind::clear:
        // Rare, or nothing would ever grow.
        if (operation.amount % 8 == 0) {
          compare(table_.clear(), model_);
          model_.clear();
          for (Scan& running : scans_) running.keep_only(model_);
        }
        break;
      case Kind::count_of_kinds:
        break;
    }
    RC_ASSERT(table_.size() == model_.size());
  }

  void finish() {
    for (std::size_t i = 0; i < scans_.size(); ++i) {
      while (scans_[i].cursor != 0 || !scans_[i].begun) scan(i, 40);
    }
    compare(table_, model_);
    for (const Snapshot& snapshot : snapshots_) compare(snapshot.table, snapshot.model);
    while (!model_.empty()) erase(model_.begin()->first);
    RC_ASSERT(table_.bytes() == 0u);
    for (const Snapshot& snapshot : snapshots_) compare(snapshot.table, snapshot.model);
  }

 private:
  struct Snapshot {
    NodeTable table;
    Model model;
  };
  struct Scan {
    std::uint64_t cursor = 0;
    bool begun = false;
    std::set<int> stayed;  // there since the scan began
    std::set<int> seen;

    void keep_only(const Model& model) {
      std::erase_if(stayed, [&](int key) { return !model.contains(key); });
    }
  };

  std::uint64_t hash(int key) const { return hashing_.hash(key); }
  // Some elements have no deadline, and many deadlines fall on the same time.
  Deadline some_deadline(int number) {
    if (number % 3 == 0) return {};
    return {static_cast<std::int64_t>(mixed(number) % 50), ++sequence_};
  }

  void insert(int key) {
    CountedNode* found = table_.find(hash(key), std::to_string(key));
    RC_ASSERT((found != nullptr) == model_.contains(key));
    if (found != nullptr) return;
    const Value value{++content_, some_deadline(content_)};
    table_.insert(made_node(hash(key), key, value.content, value.deadline));
    model_[key] = value;
  }
  void erase(int key) {
    const NodeRef erased = table_.erase(hash(key), std::to_string(key));
    const auto found = model_.find(key);
    RC_ASSERT(static_cast<bool>(erased) == (found != model_.end()));
    if (!erased) return;
    RC_ASSERT(erased->content() == found->second.content);
    model_.erase(found);
    for (Scan& running : scans_) running.stayed.erase(key);
  }
  void write(int key, int amount) {
    CountedNode* node = table_.writable(hash(key), std::to_string(key), clone_node);
    RC_ASSERT((node != nullptr) == model_.contains(key));
    if (node == nullptr) return;
    RC_ASSERT(unique_node(node));
    const Value value{++content_, some_deadline(amount)};
    node->set_content(value.content);
    table_.set_due(*node, value.deadline);
    model_[key] = value;
  }
  void replace(int key) {
    if (!model_.contains(key)) return;
    const Value value{++content_, some_deadline(content_)};
    const NodeRef old = table_.replace(made_node(hash(key), key, value.content, value.deadline));
    RC_ASSERT(old->content() == model_[key].content);
    model_[key] = value;
  }
  void pop(int amount) {
    while (amount-- > 0 && !table_.deadlines().empty()) {
      const CountedNode* node = table_.deadlines().earliest();
      const auto first = std::min_element(model_.begin(), model_.end(), [](auto& a, auto& b) {
        return a.second.deadline < b.second.deadline;
      });
      RC_ASSERT(node->key() == std::to_string(first->first));
      RC_ASSERT(table_.deadlines().when() == first->second.deadline);
      erase(first->first);
    }
  }
  void random(int seed) {
    const CountedNode* node = table_.random(mixed(seed));
    RC_ASSERT((node == nullptr) == model_.empty());
    if (node != nullptr) RC_ASSERT(model_.contains(std::stoi(std::string(node->key()))));
  }
  void scan(std::size_t which, int amount) {
    Scan& running = scans_[which % scans_.size()];
    if (running.cursor == 0) {
      running = {};
      running.begun = true;
      for (const auto& [key, value] : model_) running.stayed.insert(key);
    }
    running.cursor =
        table_.scan(running.cursor, static_cast<std::size_t>(amount) / 8, [&](CountedNode& node) {
          const int key = std::stoi(std::string(node.key()));
          RC_ASSERT(running.seen.insert(key).second);
          RC_ASSERT(model_.contains(key));
        });
    RC_ASSERT((running.cursor >> NodeTable::cursor_bits) == 0u);
    if (running.cursor == 0) {
      RC_ASSERT(std::includes(running.seen.begin(), running.seen.end(), running.stayed.begin(),
                              running.stayed.end()));
    }
  }
  void compare(const NodeTable& table, const Model& model) const {
    table.check();
    RC_ASSERT(table.size() == model.size());
    Model content;
    table.for_each([&](CountedNode& node) {
      content[std::stoi(std::string(node.key()))] = {node.content(), node.due()};
    });
    RC_ASSERT(content == model);
    std::vector<Deadline> expected;
    for (const auto& [key, value] : model) {
      if (value.deadline.is_set()) expected.push_back(value.deadline);
    }
    std::sort(expected.begin(), expected.end());
    std::vector<Deadline> deadlines;
    table.deadlines().for_each([&](Deadline at, CountedNode&) { deadlines.push_back(at); });
    RC_ASSERT(deadlines == expected);
  }

  const Hashing& hashing_;
  NodeTable table_;
  Model model_;
  std::vector<Snapshot> snapshots_;
  std::array<Scan, 3> scans_;
  std::uint64_t sequence_ = 0;
  int content_ = 0;
};

rc::Gen<Operation> any_operation() {
  const auto kinds = static_cast<int>(Kind::count_of_kinds);
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, kinds), rc::gen::inRange(0, 4000),
                                     rc::gen::inRange(0, 900)),
                      [](const std::tuple<int, int, int>& drawn) {
                        return Operation{static_cast<Kind>(std::get<0>(drawn)), std::get<1>(drawn),
                                         std::get<2>(drawn)};
                      });
}

RC_GTEST_PROP(TableProperty, EveryInterleavingActsAsAMapWithSnapshotsAndSortedDeadlines, ()) {
  const auto operations = *rc::gen::container<std::vector<Operation>>(any_operation());
  // All on every run would take long; the good one is among the even ones.
  const auto first = *rc::gen::inRange<std::size_t>(0, 2);
  for (std::size_t i = first; i < std::size(hashings); i += 2) {
    const Hashing& hashing = hashings[i];
    RC_LOG() << "hashes: " << hashing.name << "\n";
    const std::int64_t before = CountedNode::live.load();
    {
      World world(hashing);
      for (const Operation& operation : operations) world.run(operation);
      world.finish();
    }
    RC_ASSERT(CountedNode::live.load() == before);
  }
}

}  // namespace
}  // namespace redouble::value::table_property
