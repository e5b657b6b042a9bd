// The count of a radix tree's nodes against a tree that is made, a node for each byte, and then
// counted with its unbranched runs as one.
#include "value/radix_nodes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace redouble::value::radix_nodes_property {
namespace {

struct Trie {
  std::map<unsigned, std::unique_ptr<Trie>> children;

  void add(StreamId id) {
    Trie* at = this;
    for (int byte = 0; byte < 16; ++byte) {
      const std::uint64_t half = byte < 8 ? id.ms : id.seq;
      auto& child = at->children[half >> (56 - 8 * (byte % 8)) & 255];
      if (child == nullptr) child = std::make_unique<Trie>();
      at = child.get();
    }
  }
  // A run counts where it begins: at the top, or behind a branch.
  std::size_t nodes(bool in_run) const {
    const bool run = children.size() == 1;
    std::size_t count = run && in_run ? 0 : 1;
    for (const auto& [byte, child] : children) count += child->nodes(run);
    return count;
  }
};

RC_GTEST_PROP(RadixNodesProperty, AreThoseOfATreeThatIsMade, ()) {
  const auto half =
      rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange<std::uint64_t>(0, 600),
                     rc::gen::element<std::uint64_t>(UINT64_MAX, 1ull << 32, 256));
  const auto pairs = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::uint64_t>>>(
      rc::gen::pair(half, half));
  std::set<StreamId> ids;
  for (const auto& [ms, seq] : pairs) ids.insert({ms, seq});
  RadixNodes radix;
  Trie trie;
  for (const StreamId id : ids) {
    radix.add(id);
    trie.add(id);
    RC_ASSERT(radix.count() == trie.nodes(false));
  }
}

TEST(RadixNodesTest, ATreeWithoutKeysIsANode) { EXPECT_EQ(RadixNodes().count(), 1u); }

}  // namespace
}  // namespace redouble::value::radix_nodes_property
