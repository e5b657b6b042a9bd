#include "value/object.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "support/bag.hpp"

namespace redouble::value::object_test {
namespace {

using testing::Bag;

Bag& bag(const ObjectRef& object) { return static_cast<Bag&>(*object); }

class Sized final : public Object {
 public:
  explicit Sized(std::size_t bytes) : bytes_(bytes) {}
  Type type() const override { return Type::set; }
  Encoding encoding() const override { return Encoding::hashtable; }
  std::size_t bytes() const override { return bytes_; }
  bool empty() const override { return false; }
  ObjectRef copy() const override { return make_object<Sized>(bytes_); }
  void for_each_part(PartVisitor&) const override {}

  using Object::lent_bits;
  using Object::set_lent_bits;

 private:
  std::size_t bytes_;
};

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
  EXPECT_GE(before, one->bytes());
  EXPECT_LT(before, one->bytes() + Slab::step);
  bag(one).add("b");
  EXPECT_EQ(one->counted_bytes(), before);
  one->recount();
  EXPECT_GT(one->counted_bytes(), before);
}

TEST(ObjectTest, TheLentBitsAndTheReferencesLeaveEachOtherAlone) {
  auto* const object = new Sized(1);
  const ObjectRef first = ObjectRef::adopt(object);
  EXPECT_EQ(object->lent_bits(), 0u);
  for (const unsigned number : {3u, 1u, 2u, 0u, 3u}) {
    object->set_lent_bits(number);
    EXPECT_EQ(object->lent_bits(), number);
    EXPECT_TRUE(object->unique());
    {
      const ObjectRef second = first;
      EXPECT_FALSE(object->unique());
      EXPECT_EQ(object->lent_bits(), number);
    }
    EXPECT_TRUE(object->unique());
    EXPECT_EQ(object->lent_bits(), number);
  }
}

TEST(ObjectTest, CountedBytesAreThoseOfTheLastRecountRoundedUp) {
  constexpr std::size_t step = Slab::step;
  constexpr std::size_t most = std::size_t{std::numeric_limits<std::uint32_t>::max()} * step;
  for (const auto& [bytes, counted] : {std::pair{std::size_t{0}, std::size_t{0}},
                                       {1, step},
                                       {step, step},
                                       {step + 1, 2 * step},
                                       {most - 1, most},
                                       {most, most},
                                       {most + 1, most},
                                       {most * 4, most}}) {
    const ObjectRef object = make_object<Sized>(bytes);
    EXPECT_EQ(object->counted_bytes(), 0u);
    object->recount();
    EXPECT_EQ(object->counted_bytes(), counted) << bytes;
  }
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
