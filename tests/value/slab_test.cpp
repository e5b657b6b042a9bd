#include "value/slab.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace redouble::value::slab_test {
namespace {

struct Block {
  unsigned char* bytes;
  std::size_t size;
  unsigned char mark;
};

Block made(std::size_t size, unsigned char mark) {
  auto* bytes = static_cast<unsigned char*>(Slab::allocate(size));
  std::memset(bytes, mark, size);
  return {bytes, size, mark};
}
bool is_whole(const Block& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.bytes[i] != block.mark) return false;
  }
  return true;
}
// In a thread of its own, whose blocks are all given back when it ends.
template <class F>
void on_a_thread(F&& f) {
  std::thread(f).join();
}

TEST(SlabTest, SizesGoInStepsOfEightUpToTheLargestAndOfSixteenAbove) {
  EXPECT_EQ(block_size(1), 8u);
  EXPECT_EQ(block_size(8), 8u);
  EXPECT_EQ(block_size(9), 16u);
  EXPECT_EQ(block_size(Slab::largest_block - 1), Slab::largest_block);
  EXPECT_EQ(block_size(Slab::largest_block), Slab::largest_block);
  EXPECT_EQ(block_size(Slab::largest_block + 1), Slab::largest_block + 16);
  for (std::size_t size = 1; size < 2 * Slab::largest_block; ++size) {
    void* block = allocate_block(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 8, 0u);
    std::memset(block, 1, block_size(size));
    free_block(block, size);
  }
}

TEST(SlabTest, NoTwoBlocksOverlapWhateverIsFreedInBetween) {
  std::mt19937 random(1);
  std::vector<Block> blocks;
  for (int round = 0; round < 200'000; ++round) {
    if (blocks.empty() || random() % 5 < 3) {
      const std::size_t size = random() % 4 == 0 ? random() % 512 + 1 : 56;
      blocks.push_back(made(size, static_cast<unsigned char>(random())));
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      ASSERT_TRUE(is_whole(blocks.back()));
      Slab::free(blocks.back().bytes, blocks.back().size);
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) {
    ASSERT_TRUE(is_whole(block));
    Slab::free(block.bytes, block.size);
  }
}

TEST(SlabTest, CostsLessThanOnePercentBesideItsBlocks) {
  on_a_thread([] {
    constexpr std::size_t size = 88;  // that no other test uses in such numbers
    const std::size_t before = Slab::bytes_held();
    std::vector<void*> blocks(100'000);
    for (void*& block : blocks) block = Slab::allocate(size);
    const std::size_t held = Slab::bytes_held() - before;
    EXPECT_LT(held, blocks.size() * size * 101 / 100);
    EXPECT_GE(held + Slab::slab_size, blocks.size() * size);
    for (void* block : blocks) Slab::free(block, size);
  });
}

TEST(SlabTest, AllMemoryGoesBackButForOneSlabOfEachSize) {
  const auto use = [](int count) {
    std::vector<void*> blocks(count);
    for (void*& block : blocks) block = Slab::allocate(72);
    for (void* block : blocks) Slab::free(block, 72);
  };
  on_a_thread([&] { use(1); });
  const std::size_t before = Slab::bytes_held();
  on_a_thread([&] { use(50'000); });
  EXPECT_EQ(Slab::bytes_held(), before);
}

TEST(SlabTest, ASlabGoesBackAsSoonAsItsLastBlockIsFree) {
  on_a_thread([] {
    const std::size_t before = Slab::bytes_held();
    std::vector<void*> blocks(40'000);
    for (void*& block : blocks) block = Slab::allocate(104);
    const std::size_t full = Slab::bytes_held() - before;
    for (std::size_t i = blocks.size() / 2; i < blocks.size(); ++i) Slab::free(blocks[i], 104);
    EXPECT_LT(Slab::bytes_held() - before, full * 51 / 100 + 2 * Slab::slab_size);
    for (std::size_t i = 0; i < blocks.size() / 2; ++i) Slab::free(blocks[i], 104);
    EXPECT_LE(Slab::bytes_held() - before, 4 * Slab::slab_size) << "two kept by the thread";
  });
}

TEST(SlabTest, BlocksMoveBetweenThreadsThatComeAndGo) {
  std::vector<Block> blocks;
  for (int round = 0; round < 20; ++round) {
    std::vector<Block> next(2000);
    std::thread maker([&] {
      for (std::size_t i = 0; i < next.size(); ++i) {
        next[i] = made(i % 512 + 1, static_cast<unsigned char>(i + round));
      }
    });
    std::thread freer([&] {
      for (const Block& block : blocks) {
        ASSERT_TRUE(is_whole(block));
        Slab::free(block.bytes, block.size);
      }
    });
    maker.join();
    freer.join();
    blocks = std::move(next);
  }
  for (const Block& block : blocks) Slab::free(block.bytes, block.size);
}

}  // namespace
}  // namespace redouble::value::slab_test
