// Table: the hash table under a database, a hash and a set; copying it costs nothing per element.
//
// - Shape: extendible hashing (Fagin, Nievergelt, Pippenger, Strong 1979) whose directory is a
//   trie of small pages, all parts counted, so that copies share them (path copying: Driscoll,
//   Sarnak, Sleator, Tarjan 1989). A Segment holds the elements of one prefix of the hash; it
//   grows to 3 KiB, then it is divided; two that fit into half of one become one again. A page
//   holds up to 256 of them, below a full page stand further pages; a table of one segment has no
//   page.
// - Work: one change touches at most two segments and one page for every 8 bits of the prefix. It
//   moves or references at most 1,200 nodes (800 without a snapshot) and, on uniform hashes,
//   writes at most 1,200 entries of pages, whatever the table's size is. No part is larger than 4
//   KiB, except a segment whose elements agree in their first 40 bits; there, work grows with
//   their number. Only a division, once while a segment's elements double, looks at the nodes.
// - Hashes: kept by the nodes, or worked out from the seed that the table was made with.
// - Copies: `Table snapshot = table;` is O(1) and includes the deadlines; assigning it restores.
//   The first changes afterwards copy the pages on their way and the segment.
// - Ownership: a table owns one reference to each node, however many copies share its segments.
// - Deadlines: an element whose due() is set is in deadlines(); insert, replace, writable, erase
// and
//   set_due keep it so. Let nobody else change what due() says of a node in a table.
// - SCAN: a cursor is a position in the hash space, below 2^40. What is there from the first call
//   to the last is returned exactly once, however the table grows, shrinks or is restored
//   meanwhile.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at
//   once, if the nodes' own reads allow it. A callback must not change the table that calls it.
// - Units: bytes() counts pages, segments and the index of deadlines, not the nodes, nor what the
//   allocator adds.
// - Errors: out of memory ends the program; half-way through a division there is no way back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "value/deadline_index.hpp"
#include "value/node.hpp"
#include "value/page.hpp"
#include "value/segment.hpp"

namespace redouble::value {

template <class Node>
concept Expiring = requires(const Node* node) {
  { node->due() } -> std::same_as<Deadline>;
};

template <Counted Node, class Meter = NoMeter>
class Table {
  using Leaf = Segment<Node, Meter>;
  using Page = value::Page<Leaf, Meter>;
  using Child = typename Page::Child;
  struct NoDeadlines {};
  using Deadlines = std::conditional_t<Expiring<Node>, DeadlineIndex<Node>, NoDeadlines>;
  struct NoSeed {};
  using Seed = std::conditional_t<HashesBySeed<Node>, std::uint64_t, NoSeed>;

 public:
  using NodeRef = Ref<Node>;
  static constexpr unsigned cursor_bits = 40;

  Table()
    requires(!HashesBySeed<Node>)
  = default;
  explicit Table(std::uint64_t seed)
    requires HashesBySeed<Node>
      : seed_(seed) {}
  Table(const Table& other) noexcept
      : root_(other.root_),
        size_(other.size_),
        bytes_(other.bytes_),
        seed_(other.seed_),
        deadlines_(other.deadlines_) {
    root_.share();
  }
  Table(Table&& other) noexcept
      : root_(std::exchange(other.root_, Child{})),
        size_(std::exchange(other.size_, 0)),
        bytes_(std::exchange(other.bytes_, 0)),
        seed_(other.seed_),
        deadlines_(std::move(other.deadlines_)) {}
  Table& operator=(Table other) noexcept {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    std::swap(bytes_, other.bytes_);
    std::swap(seed_, other.seed_);
    std::swap(deadlines_, other.deadlines_);
    return *this;
  }
  ~Table() { root_.drop(); }

  [[nodiscard]] Table snapshot() const { return *this; }
  // Empties the table; the old content is the caller's, to be dropped where nobody waits for it.
  [[nodiscard]] Table clear() { return Table(std::move(*this)); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const {
    if constexpr (Expiring<Node>) return bytes_ + deadlines_.bytes();
    return bytes_;
  }
  const Deadlines& deadlines() const
    requires Expiring<Node>
  {
    return deadlines_;
  }

  // The node may be shared with a snapshot, also where its own count is one: to change it, ask
  // writable(). Null where the key is not.
  Node* find(std::uint64_t hash, std::string_view key) const {
    Child child = root_;
    while (child.is_page()) child = child.page()->at(hash);
    return child.is_null() ? nullptr : child.leaf()->find_node(hash, key);
  }

  std::uint64_t hash_of(const Node& node) const {
    if constexpr (HashesBySeed<Node>) {
      return node.hash(seed_);
    } else {
      return node.hash();
    }
  }

  // REQUIRES: the key is not in the table; `hash` is the node's.
  Node& insert(std::uint64_t hash, NodeRef node);
  // REQUIRES: the key is in the table; `hash` is the node's. Returns the node that was there.
  NodeRef replace(std::uint64_t hash, NodeRef node);
  Node& insert(NodeRef node) {
    const std::uint64_t hash = hash_of(*node);
    return insert(hash, std::move(node));
  }
  NodeRef replace(NodeRef node) {
    const std::uint64_t hash = hash_of(*node);
    return replace(hash, std::move(node));
  }
  // Returns the node that was there; null where the key is not.
  NodeRef erase(std::uint64_t hash, std::string_view key);
  // The key's node, not shared with any snapshot; null where the key is not. A node that somebody
  // else holds is replaced by `clone(const Node&) -> NodeRef`, which has its key and hash.
  template <class Clone>
  Node* writable(std::uint64_t hash, std::string_view key, Clone&& clone);
  // REQUIRES: the node is in this table and not shared: it is from writable() or insert().
  void set_due(Node& node, Deadline due)
    requires requires { node.set_due(due); };

  // `function(Node&)`, in the order of scan().
  template <class Function>
  void for_each(Function&& function) const {
    each(root_, function);
  }
  // Gives `visit(Node&)` at least `count` elements from `cursor` on, or what is left; never a part
  // of a cursor's position. Returns the next cursor, 0 at the end. A first call has the cursor 0;
  // any number below 2^40 is a cursor, a larger one is the end.
  template <class Visit>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visit&& visit) const;
  // An element chosen by `bits` (uniform: 64 random bits); null where the table is empty. Every
  // element is as likely as any other while no segment is more than twice as dense as the whole
  // table, which holds for hashes that are uniform; elements of denser segments come less often.
  Node* random(std::uint64_t bits) const;

  // Asserts the invariants, in O(size). For tests.
  void check() const;

 private:
  struct Step {
    Page* page;
    std::uint32_t index;
  };
  // The pages from the root to a leaf, and the leaf (null where that range is empty).
  struct Path {
    std::array<Step, cursor_bits / Page::max_bits> steps;
    unsigned length = 0;
    Child leaf;

    Step& last() { return steps[length - 1]; }
  };

  Path descend(std::uint64_t hash) const {
    Path path;
    Child child = root_;
    while (child.is_page()) {
      const std::uint32_t index = child.page()->index(hash);
      path.steps[path.length++] = {child.page(), index};
      child = child.page()->entries()[index];
    }
    path.leaf = child;
    return path;
  }
  // Where the page of this step, or the leaf of a table without a page, hangs.
  Child& slot(Path& path, unsigned level) {
    if (level == 0) return root_;
    const Step& above = path.steps[level - 1];
    return above.page->entries()[above.index];
  }
  // Puts a child at all entries that a segment of this depth has.
  void hang(Path& path, unsigned depth, Child child) {
    path.leaf = child;
    if (path.length == 0) {
      root_ = child;
    } else {
      path.last().page->fill(path.last().index, depth, child);
    }
  }
  bool owns_alone(const Node& node) const;
  static bool is_shared(const Path& path) {
    for (unsigned level = 0; level < path.length; ++level) {
      if (path.steps[level].page->shared()) return true;
    }
    return path.leaf.is_leaf() && path.leaf.leaf()->shared();
  }
  void unshare(Path& path) {
    if (is_shared(path)) [[unlikely]]
      copy_shared(path);
  }
  void copy_shared(Path& path);
  void resize(Path& path, std::uint32_t buckets);
  void plant(Path& path);
  void divide(Path& path, std::uint64_t hash);
  void deepen(Path& path, std::uint64_t hash, unsigned depth, Child child);
  void settle(Path& path);
  bool merge(Path& path);
  void tidy(Path& path);

  Leaf* new_leaf(unsigned depth, std::uint32_t buckets) {
    bytes_ += Leaf::bytes_of(buckets);
    return Leaf::make(depth, buckets);
  }
  void free_leaf(Leaf* leaf) {
    bytes_ -= leaf->bytes();
    Leaf::free_shell(leaf);
  }
  auto hashing() const {
    return [this](const Node& node) { return hash_of(node); };
  }
  void deadline_moves(Node* from, Node* to) {
    if constexpr (Expiring<Node>) {
      const Deadline before = from == nullptr ? Deadline{} : from->due();
      const Deadline after = to == nullptr ? Deadline{} : to->due();
      if (before == after) {
        if (mutant("table-clone-leaves-old-deadline-entry")) return;
        if (before.is_set()) deadlines_.repoint(before, from, to);
        return;
      }
      if (before.is_set()) deadlines_.remove(before, from);
      if (after.is_set()) deadlines_.set(after, to);
    }
  }

  template <class Function>
  static void each(Child child, Function& function);
  static Node* random_in(const Leaf& leaf, std::uint64_t bits);
  std::size_t check(Child child, std::uint64_t prefix, unsigned depth, std::size_t& bytes) const;

  Child root_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  [[no_unique_address]] Seed seed_{};
  [[no_unique_address]] Deadlines deadlines_;
};

}  // namespace redouble::value

#include "value/table_change.hpp"
#include "value/table_read.hpp"
