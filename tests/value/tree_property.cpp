// The tree against std::multimap and std::vector: random changes by key and by rank with copies
// taken, changed and dropped in between, in trees of tiny leaves and nodes, so that they are deep.
#include "value/tree.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "value/counted_slot.hpp"
#include "value/slot_tree.hpp"

namespace redouble::value::tree_property {
namespace {

enum class Kind : int {
  insert,
  insert_many,
  append,
  prepend,
  erase_key,
  erase_rank,
  erase_many,
  erase_ranks,
  replace,
  copy,
  restore,
  drop,
  count_of_kinds
};
constexpr std::array names = {"insert",    "insert_many", "append",     "prepend",
                              "erase_key", "erase_rank",  "erase_many", "erase_ranks",
                              "replace",   "copy",        "restore",    "drop"};

struct Operation {
  Kind kind;
  int key;
  int amount;
};
std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << names[static_cast<std::size_t>(operation.kind)] << '(' << operation.key << ", "
             << operation.amount << ')';
}

using Model = std::vector<int>;  // ascending

template <class OneTree>
class World {
 public:
  void run(const Operation& operation) {
    const int key = operation.key;
    switch (operation.kind) {
      case Kind::insert:
        insert(key);
        break;
      case Kind::insert_many:
        for (int i = 0; i < operation.amount; ++i) insert(key + i * 3);
        break;
      case Kind::append:
        for (int i = 0; i < operation.amount; ++i) insert(model_.empty() ? 0 : model_.back() + 1);
        break;
      case Kind::prepend:
        for (int i = 0; i < operation.amount; ++i) insert(model_.empty() ? 0 : model_.front() - 1);
        break;
      case Kind::erase_key:
        erase(rank_of(key));
        break;
      case Kind::erase_rank:
        if (!model_.empty()) erase(static_cast<std::size_t>(key) % model_.size());
        break;
      case Kind::erase_many:
        for (int i = 0; i < operation.amount; ++i) erase(rank_of(key));
        break;
      case Kind::erase_ranks:
        erase_ranks(static_cast<std::size_t>(key), static_cast<std::size_t>(operation.amount) * 3);
        break;
      case Kind::replace:
        if (!model_.empty()) replace(static_cast<std::size_t>(key) % model_.size());
        break;
      case Kind::copy:
        if (copies_.size() < 4) copies_.push_back({tree_, model_});
        break;
      case Kind::restore:
        if (!copies_.empty()) std::tie(tree_, model_) = copies_[chosen(key)];
        break;
      case Kind::drop:
        if (!copies_.empty()) copies_.erase(copies_.begin() + static_cast<int>(chosen(key)));
        break;
      case Kind::count_of_kinds:
        break;
    }
    RC_ASSERT(tree_.size() == model_.size());
  }

  void finish() {
    compare(tree_, model_);
    for (const auto& [tree, model] : copies_) compare(tree, model);
    while (!model_.empty()) erase(model_.size() / 2);
    RC_ASSERT(tree_.bytes() == 0u);
    for (const auto& [tree, model] : copies_) compare(tree, model);
    copies_.clear();
    tree_.clear();
    RC_ASSERT(Living::live == 0);
  }

 private:
  std::size_t chosen(int key) const { return static_cast<std::size_t>(key) % copies_.size(); }
  static auto before(int key) {
    return [key](int other) { return other < key; };
  }
  std::size_t rank_of(int key) const {
    const auto found = std::ranges::lower_bound(model_, key);
    return static_cast<std::size_t>(found - model_.begin());
  }
  void insert(int key) {
    const auto at = tree_.lower_bound(before(key));
    RC_ASSERT(at.rank() == rank_of(key));
    tree_.insert(at, CountedSlot(key));
    model_.insert(model_.begin() + static_cast<std::ptrdiff_t>(rank_of(key)), key);
  }
  void erase(std::size_t rank) {
    if (rank >= model_.size()) return;
    tree_.erase(tree_.at(rank));
    model_.erase(model_.begin() + static_cast<std::ptrdiff_t>(rank));
  }
  void erase_ranks(std::size_t from, std::size_t count) {
    if (model_.empty()) return;
    from %= model_.size();
    const std::size_t to = std::min(from + count, model_.size());
    tree_.erase_ranks(from, to);
    model_.erase(model_.begin() + static_cast<std::ptrdiff_t>(from),
                 model_.begin() + static_cast<std::ptrdiff_t>(to));
    tree_.check();
  }
  void replace(std::size_t rank) { tree_.replace(tree_.at(rank), CountedSlot(model_[rank])); }
  static void compare(const OneTree& tree, const Model& model) {
    tree.check();
    Model seen;
    tree.for_each([&](const CountedSlot& slot) { seen.push_back(slot.key()); });
    RC_ASSERT(seen == model);
    auto forward = tree.first();
    for (std::size_t rank = 0; rank < model.size(); ++rank, forward.next()) {
      RC_ASSERT(forward.valid());
      RC_ASSERT(forward.rank() == rank);
      RC_ASSERT(forward.slot().key() == model[rank]);
      RC_ASSERT(tree.at(rank).slot().key() == model[rank]);
    }
    RC_ASSERT(!forward.valid());
    auto backward = tree.last();
    for (std::size_t rank = model.size(); rank-- > 0; backward.previous()) {
      RC_ASSERT(backward.valid());
      RC_ASSERT(backward.rank() == rank);
      RC_ASSERT(backward.slot().key() == model[rank]);
    }
    RC_ASSERT(!backward.valid());
  }

  OneTree tree_;
  Model model_;
  std::vector<std::pair<OneTree, Model>> copies_;
};

rc::Gen<std::vector<Operation>> operations() {
  return rc::gen::scale(8.0, rc::gen::container<std::vector<Operation>>(rc::gen::apply(
                                 [](int kind, int key, int amount) {
                                   return Operation{static_cast<Kind>(kind), key, amount};
                                 },
                                 rc::gen::inRange(0, static_cast<int>(Kind::count_of_kinds)),
                                 rc::gen::resize(100, rc::gen::inRange(0, 900)),
                                 rc::gen::resize(100, rc::gen::inRange(0, 60)))));
}

template <class OneTree>
void behaves_like_the_model() {
  World<OneTree> world;
  for (const Operation& operation : *operations()) world.run(operation);
  world.finish();
}

RC_GTEST_PROP(TreeProperty, TinyNodesBehaveLikeTheModel, ()) {
  behaves_like_the_model<SlotTree<CountedSlot, 72, 4>>();
}
RC_GTEST_PROP(TreeProperty, UsualNodesBehaveLikeTheModel, ()) {
  behaves_like_the_model<SlotTree<CountedSlot>>();
}

}  // namespace
}  // namespace redouble::value::tree_property
