#include "value/object.hpp"

#include <gtest/gtest.h>

#include "support/bag.hpp"

namespace redouble::value::object_test {
namespace {

using testing::Bag;

Bag& bag(const ObjectRef& object) { return static_cast<Bag&>(*object); }

TEST(ObjectTest, ACopySharesUntilOneSideWrites) {
  const ObjectRef one = Bag::make({"a"});
  const ObjectRef other = one->copy();
  EXPECT_EQ(&bag(one).members(), &bag(other).members());
  bag(other).add("b");
  EXPECT_EQ(bag(one).members(), (Bag::Members{"a"}));
  EXPECT_EQ(bag(other).members(), (Bag::Members{"a", "b"}));
}

TEST(ObjectTest, DiesWithItsLastReference) {
  ObjectRef one = Bag::make({"a"});
  EXPECT_TRUE(one->unique());
  {
    const ObjectRef held = one;
    EXPECT_FALSE(one->unique());
  }
  EXPECT_TRUE(one->unique());
}

TEST(ObjectTest, IsCountedOnlyWhenItIsTold) {
  const ObjectRef one = Bag::make({"a"});
  one->recount();
  const std::size_t before = one->counted_bytes();
  EXPECT_EQ(before, one->bytes());
  bag(one).add("b");
  EXPECT_EQ(one->counted_bytes(), before);
  one->recount();
  EXPECT_GT(one->counted_bytes(), before);
}

TEST(TypeTest, TypesAndEncodingsHaveTheNamesThatRedisShows) {
  EXPECT_EQ(name_of(Type::string), "string");
  EXPECT_EQ(name_of(Type::list), "list");
  EXPECT_EQ(name_of(Type::set), "set");
  EXPECT_EQ(name_of(Type::zset), "zset");
  EXPECT_EQ(name_of(Type::hash), "hash");
  EXPECT_EQ(name_of(Type::stream), "stream");
  EXPECT_EQ(name_of(Encoding::integer), "int");
  EXPECT_EQ(name_of(Encoding::embstr), "embstr");
  EXPECT_EQ(name_of(Encoding::raw), "raw");
  EXPECT_EQ(name_of(Encoding::listpack), "listpack");
  EXPECT_EQ(name_of(Encoding::quicklist), "quicklist");
  EXPECT_EQ(name_of(Encoding::intset), "intset");
  EXPECT_EQ(name_of(Encoding::hashtable), "hashtable");
  EXPECT_EQ(name_of(Encoding::skiplist), "skiplist");
  EXPECT_EQ(name_of(Encoding::stream), "stream");
}

}  // namespace
}  // namespace redouble::value::object_test
