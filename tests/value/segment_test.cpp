#include "value/segment.hpp"

#include <gtest/gtest.h>

#include "value/counted_node.hpp"

namespace redouble::value::segment_test {
namespace {

TEST(SegmentTest, TheFastSearchOfABucketAgreesWithThePlainOne) {
  const std::uint16_t tags[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x1234};
  for (std::uint64_t round = 0; round < 20'000; ++round) {
    Bucket bucket;
    for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
      const std::uint64_t random = mixed(round * 16 + slot);
      const std::uint64_t tag = tags[random % 7];
      bucket.words[slot] = random % 3 == 0 ? 0 : tag << Bucket::address_bits | (random >> 20 | 1);
    }
    for (const std::uint16_t tag : tags) {
      ASSERT_EQ(bucket.with_tag(tag), bucket.with_tag_portably(tag)) << tag;
    }
  }
}

TEST(SegmentTest, GrowsInStepsThatItsElementsFill) {
  using NodeSegment = Segment<CountedNode, NoMeter>;
  std::uint32_t before = 0;
  for (std::uint32_t buckets = 1; buckets < NodeSegment::full_buckets;
       buckets = NodeSegment::more_buckets(buckets)) {
    EXPECT_GT(NodeSegment::limit(buckets), before);
    EXPECT_EQ(NodeSegment::buckets_for(NodeSegment::limit(buckets)), buckets);
    EXPECT_EQ(NodeSegment::buckets_for(before + 1), buckets);
    before = NodeSegment::limit(buckets);
  }
  EXPECT_LE(NodeSegment::bytes_of(NodeSegment::full_buckets), 4096u);
}

}  // namespace
}  // namespace redouble::value::segment_test
