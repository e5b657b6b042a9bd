// Tree: a sequence of leaves under a counted, persistent B+-tree that knows how many elements lie
// where; what lists, sorted sets and streams stand on.
//
// - A leaf is a value in the size of a pointer that holds some elements: it shares its memory with
//   its copies and copies it when it is changed (Slots and Packed are such). The tree knows of it
//   only size(), bytes(), key() (of its first element; an empty type where only positions count)
//   and block() (which memory it is, for who counts what is shared). How elements lie in a leaf,
//   when it is divided and when two become one, is its owner's affair (see SlotTree).
// - Work: O(log n) for each member that finds or changes a leaf. A child's entry in a node holds
//   its number of elements and its first key, so a search reads one node a level; a search by key
//   does not count what lies before unless it is asked.
// - Copies: O(1), and share everything (path copying: Driscoll, Sarnak, Sleator, Tarjan 1989). The
//   first change afterwards copies the nodes on its way, at most 2 KiB each, and the leaf.
// - Invariants: no node and no leaf is empty; all leaves are at one depth; a root has at least two
//   children; keys and counts of entries are exact; neighbours that fit into half a node are one
//   node, as far as removals made them so.
// - A cursor stands on a leaf of one tree. Any change of that tree ends it, but for the cursor that
//   is handed to change(), which goes on. To read through changes, walk a copy.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes() counts nodes and leaves, without what the allocator adds.
// - Errors: out of memory ends the program.
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "runtime/assert.hpp"
#include "runtime/give_way.hpp"
#include "runtime/mutant.hpp"
#include "value/slab.hpp"

namespace redouble::value {

template <class Leaf>
concept TreeLeaf =
    sizeof(Leaf) == sizeof(void*) && std::copy_constructible<Leaf> && requires(const Leaf leaf) {
      typename Leaf::Key;
      requires std::is_trivially_copyable_v<typename Leaf::Key>;
      { leaf.size() } -> std::same_as<std::size_t>;
      { leaf.bytes() } -> std::same_as<std::size_t>;
      { leaf.key() } -> std::same_as<typename Leaf::Key>;
      { leaf.block() } -> std::convertible_to<const void*>;
    };

// The Key of leaves whose elements have no order but their positions.
struct NoKey {};

template <TreeLeaf Leaf, unsigned fan_out = 64>
class Tree {
 public:
  using Key = typename Leaf::Key;
  static constexpr unsigned most_levels = 14;

 private:
  struct Node;
  // Moved about as bytes, which every kind of leaf allows.
  union Child {
    Child() : node(nullptr) {}
    ~Child() {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Leaf leaf;
    Node* node;
  };
  struct Entry {
    Child child;
    std::uint64_t size;
    [[no_unique_address]] Key key;
  };
  struct Node {
    std::atomic<std::uint32_t> references{1};
    std::uint16_t count = 0;
    std::uint8_t capacity;
    std::uint8_t height;  // 1 where the children are leaves

    Node(unsigned height_, unsigned capacity_)
        : capacity(static_cast<std::uint8_t>(capacity_)),
          height(static_cast<std::uint8_t>(height_)) {}
    Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
    const Entry* entries() const { return reinterpret_cast<const Entry*>(this + 1); }
    std::size_t bytes() const { return bytes_of(capacity); }
    bool shared() const { return references.load(std::memory_order_acquire) != 1; }
    static std::size_t bytes_of(unsigned capacity) {
      return sizeof(Node) + capacity * sizeof(Entry);
    }
    std::uint64_t size() const {
      std::uint64_t sum = 0;
      for (unsigned i = 0; i < count; ++i) sum += entries()[i].size;
      return sum;
    }
  };

 public:
  class Cursor {
   public:
    // False behind the last leaf, before the first one, and in an empty tree.
    bool valid() const { return leaf_ != nullptr; }
    const Leaf& leaf() const { return *leaf_; }
    // How many elements lie before this leaf: known where it was found by rank, else summed up at
    // the first question, for many never ask.
    std::size_t before() const {
      if (!knows_before_) {
        for (unsigned level = 0; level < tree_->height_; ++level) {
          for (unsigned i = 0; i < indexes_[level]; ++i) {
            before_ += nodes_[level]->entries()[i].size;
          }
        }
        knows_before_ = true;
      }
      return before_;
    }
    bool is_first() const {
      for (unsigned level = 0; level < tree_->height_; ++level) {
        if (indexes_[level] != 0) return false;
      }
      return true;
    }
    bool next() {
      if (knows_before_) before_ += leaf_->size();
      unsigned level = tree_->height_;
      while (level > 0 && nodes_[level - 1]->count == indexes_[level - 1] + 1u) --level;
      if (level == 0) {
        leaf_ = nullptr;
        before_ = tree_->size();
        knows_before_ = true;
        return false;
      }
      ++indexes_[level - 1];
      descend(level, false);
      return true;
    }
    bool previous() {
      unsigned level = tree_->height_;
      while (level > 0 && indexes_[level - 1] == 0) --level;
      if (level == 0) {
        leaf_ = nullptr;
        return false;
      }
      --indexes_[level - 1];
      descend(level, true);
      if (knows_before_) before_ -= leaf_->size();
      return true;
    }

   private:
    friend class Tree;
    // Down from the entry chosen at `level` to its first or last leaf.
    void descend(unsigned level, bool to_last) {
      for (; level < tree_->height_; ++level) {
        nodes_[level] = nodes_[level - 1]->entries()[indexes_[level - 1]].child.node;
        indexes_[level] = static_cast<std::uint16_t>(to_last ? nodes_[level]->count - 1 : 0);
      }
      leaf_ = &nodes_[level - 1]->entries()[indexes_[level - 1]].child.leaf;
    }

    const Tree* tree_ = nullptr;
    const Leaf* leaf_ = nullptr;
    mutable std::size_t before_ = 0;
    mutable bool knows_before_ = false;
    std::array<const Node*, most_levels> nodes_;
    std::array<std::uint16_t, most_levels> indexes_;
  };

  Tree() = default;
  Tree(const Tree& other) noexcept
      : size_(other.size_), bytes_(other.bytes_), height_(other.height_) {
    if (size_ != 0) share(root_, other.root_, height_);
  }
  Tree(Tree&& other) noexcept { swap(other); }
  Tree& operator=(Tree other) noexcept {
    swap(other);
    return *this;
  }
  ~Tree() {
    if (size_ != 0) drop(root_, height_);
  }
  void clear() { *this = Tree(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const { return bytes_; }

  // The leaf with the element of this rank; not valid where rank == size(). REQUIRES: not beyond.
  Cursor find(std::size_t rank) const;
  // The last leaf whose key is `before(key)`, else the first one; not valid in an empty tree.
  // REQUIRES: `before` is true of a part of the sequence that begins at its begin.
  template <class Before>
  Cursor find_key(Before&& before) const;
  Cursor first() const {
    return find_key([](const Key&) { return false; });
  }
  Cursor last() const {
    return find_key([](const Key&) { return true; });
  }

  // `function(Leaf&)` may change the leaf; empty, it is removed. The cursor stays on the leaf, and
  // is not valid where that went.
  template <class Function>
  void change(Cursor& at, Function&& function);
  // A further leaf beside the one that the cursor stands on, which is valid unless the tree is
  // empty. REQUIRES: `leaf` is not empty.
  enum class Side : std::uint8_t { before, after };
  void insert(Cursor at, Side side, Leaf leaf);
  void push_back(Leaf leaf) { insert(last(), Side::after, std::move(leaf)); }
  void erase(Cursor& at) {
    change(at, [](Leaf& leaf) { leaf = Leaf(); });
  }
  // Removes the elements of the ranks [from, to), whole leaves and nodes where it can;
  // `cut(Leaf&, from, to)` removes a part of a leaf.
  template <class Cut>
  void erase_ranks(std::size_t from, std::size_t to, Cut&& cut);

  // `function(const Leaf&)`, in order.
  template <class Function>
  void for_each_leaf(Function&& function) const {
    if (size_ != 0) each(root_, height_, function);
  }
  // `function(const void* block, std::size_t bytes)` for each piece of memory.
  template <class Function>
  void for_each_block(Function&& function) const {
    if (size_ != 0) each_block(root_, height_, function);
  }
  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  static constexpr unsigned least_capacity = 4;

  void swap(Tree& other) {
    std::array<std::byte, sizeof(Child)> child;
    std::memcpy(child.data(), static_cast<void*>(&root_), sizeof(Child));
    std::memcpy(static_cast<void*>(&root_), static_cast<void*>(&other.root_), sizeof(Child));
    std::memcpy(static_cast<void*>(&other.root_), child.data(), sizeof(Child));
    std::swap(size_, other.size_);
    std::swap(bytes_, other.bytes_);
    std::swap(height_, other.height_);
  }
  static void move_entries(Entry* to, const Entry* from, std::size_t count) {
    std::memmove(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(Entry));
  }
  static void share(Child& to, const Child& from, unsigned height) {
    if (height == 0) {
      new (&to.leaf) Leaf(from.leaf);
    } else {
      to.node = from.node;
      to.node->references.fetch_add(1, std::memory_order_relaxed);
    }
  }
  static void drop(Child& child, unsigned height) {
    if (height == 0) {
      child.leaf.~Leaf();
      return;
    }
    Node* node = child.node;
    if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    runtime::GiveWay::pieces(node->count);
    for (unsigned i = 0; i < node->count; ++i) drop(node->entries()[i].child, height - 1);
    free_block(node, node->bytes());
  }
  Node* make(unsigned height, unsigned count) {
    unsigned capacity = least_capacity;
    while (capacity < count) capacity *= 2;
    if (capacity > fan_out) capacity = fan_out;
    REDOUBLE_ASSERT(count <= capacity);
    bytes_ += Node::bytes_of(capacity);
    return new (allocate_block(Node::bytes_of(capacity))) Node(height, capacity);
  }
  void free_shell(Node* node) {
    bytes_ -= node->bytes();
    free_block(node, node->bytes());
  }
  // The child's node, or a copy of it where another tree shares it.
  Node* own(Child& child);
  // Makes the way to the cursor's leaf this tree's own, and the cursor's pointers those of it.
  Child& own_way(Cursor& at);
  // Entries and the cursor's pointers above `level` say what is below again.
  void refresh(Cursor& at, unsigned level, std::uint64_t change);
  void insert_entry(Cursor& at, unsigned level, Side side, Entry& entry);
  void remove_entry(Cursor& at, std::uint64_t size);
  void grow(Child& slot);
  void merge_neighbours(Node& parent, unsigned left);
  void lower_root();
  static Node* mutable_node(const Node* node) { return const_cast<Node*>(node); }
  static Key first_key(const Child& child, unsigned height) {
    return height == 0 ? child.leaf.key() : child.node->entries()[0].key;
  }
  template <class Cut>
  void erase_below(Child& child, unsigned height, std::size_t from, std::size_t to, Cut& cut);
  template <class Function>
  static void each(const Child& child, unsigned height, Function& function);
  template <class Function>
  static void each_block(const Child& child, unsigned height, Function& function);
  std::uint64_t check(const Child& child, unsigned height, std::size_t& bytes) const;

  Child root_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::uint8_t height_ = 0;
};

}  // namespace redouble::value

#include "value/tree_change.hpp"
#include "value/tree_read.hpp"
