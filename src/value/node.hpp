// Node: what a Table holds, and Ref, which owns one reference to it.
//
// - A node is one allocation of its owner's making: it counts its references itself, tells its
//   key and the key's 64-bit hash, and neither changes while a table holds it. A node that does not
//   keep its hash works it out from a seed, hash(seed), which its table gives. The author of a
//   node type gives three free functions in its namespace: retain(Node*) and release(Node*),
//   which count atomically (the last release frees), and unique(const Node*), true where the
//   caller's reference is the only one (an acquiring read, so that what another thread did before
//   it let go is seen).
// - A count of one does not mean that no snapshot sees the node: the segment that owns the
//   reference may be shared. Only Table::writable() knows.
// - Thread safety: references may be taken and dropped from any thread; one Ref is not shared.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace redouble::value {

template <class Node>
concept KeepsHash = requires(const Node* constant) {
  { constant->hash() } -> std::same_as<std::uint64_t>;
};
template <class Node>
concept HashesBySeed = requires(const Node* constant, std::uint64_t seed) {
  { constant->hash(seed) } -> std::same_as<std::uint64_t>;
};

template <class Node>
concept Counted =
    (KeepsHash<Node> || HashesBySeed<Node>) && requires(Node* node, const Node* constant) {
      { constant->key() } -> std::convertible_to<std::string_view>;
      retain(node);
      release(node);
      { unique(constant) } -> std::same_as<bool>;
    };

// Found by argument-dependent lookup also inside classes which have members of the same names.
template <class Node>
void retain_node(Node* node) {
  retain(node);
}
template <class Node>
void release_node(Node* node) {
  release(node);
}
template <class Node>
bool unique_node(const Node* node) {
  return unique(node);
}

template <class Node>
class Ref {
 public:
  Ref() = default;
  Ref(const Ref& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) retain_node(node_);
  }
  Ref(Ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Ref() {
    if (node_ != nullptr) release_node(node_);
  }

  // adopt() takes over a reference that is counted already; share() counts a new one; disown()
  // gives the reference away uncounted.
  static Ref adopt(Node* node) {
    Ref made;
    made.node_ = node;
    return made;
  }
  static Ref share(Node* node) {
    if (node != nullptr) retain_node(node);
    return adopt(node);
  }
  [[nodiscard]] Node* disown() { return std::exchange(node_, nullptr); }

  explicit operator bool() const { return node_ != nullptr; }
  Node* get() const { return node_; }
  Node* operator->() const { return node_; }
  Node& operator*() const { return *node_; }

 private:
  Node* node_ = nullptr;
};

}  // namespace redouble::value
