#include "value/field_deadlines.hpp"

#include <utility>

#include "runtime/assert.hpp"
#include "value/text_node.hpp"

namespace redouble::value {

Ref<FieldDeadlines::Node> FieldDeadlines::Node::make(std::uint64_t hash, std::string_view field,
                                                     Deadline due) {
  auto* node = new (::operator new(sizeof(Node) + field.size()))
      Node(hash, static_cast<std::uint32_t>(field.size()), due);
  if (!field.empty()) std::memcpy(reinterpret_cast<char*>(node + 1), field.data(), field.size());
  return Ref<Node>::adopt(node);
}

std::int64_t FieldDeadlines::of(std::string_view field) const {
  const Node* node = table_.find(hash_text(seed_, field), field);
  return node == nullptr ? never : node->due().at_ms;
}

void FieldDeadlines::set(std::string_view field, std::int64_t at_ms) {
  REDOUBLE_ASSERT(at_ms != never);
  const std::uint64_t hash = hash_text(seed_, field);
  const Deadline due{.at_ms = at_ms, .sequence = ++sequence_};
  const auto clone = [](const Node& node) {
    return Node::make(node.hash(), node.key(), node.due());
  };
  if (Node* node = table_.writable(hash, field, clone); node != nullptr) {
    table_.set_due(*node, due);
    return;
  }
  auto node = Node::make(hash, field, due);
  node_bytes_ += node->bytes();
  table_.insert(std::move(node));
}

bool FieldDeadlines::erase(std::string_view field) {
  const auto node = table_.erase(hash_text(seed_, field), field);
  if (!node) return false;
  node_bytes_ -= node->bytes();
  return true;
}

}  // namespace redouble::value
