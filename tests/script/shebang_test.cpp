#include "script/shebang.hpp"

#include <gtest/gtest.h>

namespace redouble::script {
namespace {

TEST(Shebang, GivesTheFlagsOfTheFirstLine) {
  const auto shebang = parse_shebang("#!lua flags=no-writes,allow-oom\nreturn 1");
  ASSERT_TRUE(shebang);
  EXPECT_TRUE(shebang->present);
  EXPECT_EQ(shebang->flags, no_writes | allow_oom);
  EXPECT_EQ(shebang->size, 31u);
  EXPECT_EQ(parse_shebang("#!lua flags=no-cluster flags=allow-stale\n")->flags,
            no_cluster | allow_stale);
  EXPECT_EQ(parse_shebang("#!lua flags=allow-cross-slot-keys\n")->flags, allow_cross_slot_keys);
  EXPECT_EQ(parse_shebang("#!lua flags=\n")->flags, 0);
}

TEST(Shebang, AScriptWithoutOneSaysNothing) {
  const auto shebang = parse_shebang("return '#!lua'\n");
  ASSERT_TRUE(shebang);
  EXPECT_FALSE(shebang->present);
  EXPECT_EQ(shebang->size, 0u);
}

TEST(Shebang, RefusesWhatTheRealServerRefuses) {
  EXPECT_EQ(parse_shebang("#!lua").error(), "ERR Invalid script shebang");
  EXPECT_EQ(parse_shebang("#!lua \"x\n").error(), "ERR Invalid engine in script shebang");
  EXPECT_EQ(parse_shebang("#!js\n").error(), "ERR Unexpected engine in script shebang: #!js");
  EXPECT_EQ(parse_shebang("#!lua name=x\n").error(), "ERR Unknown lua shebang option: name=x");
  EXPECT_EQ(parse_shebang("#!lua flags=a\n").error(), "ERR Unexpected flag in script shebang: a");
  EXPECT_EQ(parse_shebang("#!lua flags=no-writes,,allow-oom\n").error(),
            "ERR Unexpected flag in script shebang: ");
}

}  // namespace
}  // namespace redouble::script
