#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "instance/command_line.hpp"
#include "instance/config.hpp"
#include "instance/config_file.hpp"
#include "instance/config_line.hpp"
#include "support/folder.hpp"

namespace redouble::instance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigLoader : public ::testing::Test {
 protected:
  const testing::Folder folder_;
};

// What the text makes of a directive, or the error.
std::string effect(std::string_view text, std::string_view name) {
  Config config;
  if (const auto loaded = config.load_text(text, "text"); !loaded) return "! " + loaded.error();
  return std::string(config.get_one(name).value_or("(none)"));
}

TEST(ConfigText, LinesAreDirectivesCommentsOrEmpty) {
  EXPECT_EQ(effect("\n  # a comment\n\t MaxMemory\t 1mb \r\n", "maxmemory"), "1048576");
  EXPECT_EQ(effect("maxmemory 1mb", "maxmemory"), "1048576");
  EXPECT_EQ(effect("hz 5\nhz 6\n", "hz"), "6");
  EXPECT_EQ(effect("", "hz"), "10");
}

TEST(ConfigText, WordsMayBeQuoted) {
  EXPECT_EQ(effect("requirepass \"a\\x41\\n\\\"b\"\n", "requirepass"), "aA\n\"b");
  EXPECT_EQ(effect("requirepass 'a\\x41\\'b'\n", "requirepass"), "a\\x41'b");
  EXPECT_EQ(effect("requirepass \"\"\n", "requirepass"), "");
  EXPECT_EQ(effect("\"requirepass\" ab\"c\"\n", "requirepass"), "abc");
  EXPECT_EQ(effect("client-output-buffer-limit \"normal 1 2 3\"\n", "client-output-buffer-limit"),
            "normal 1 2 3 slave 268435456 67108864 60 pubsub 33554432 8388608 60");
}

TEST(ConfigText, ALoneWordIsSplitAsALineIs) {
  EXPECT_EQ(effect("latency-tracking-info-percentiles '50   \"99\" '\n",
                   "latency-tracking-info-percentiles"),
            "50 99");
  EXPECT_EQ(effect("latency-tracking-info-percentiles \"\"\n", "latency-tracking-info-percentiles"),
            "");
  EXPECT_EQ(effect("client-output-buffer-limit \"\"\n", "hz"),
            "! text, line 1: 'client-output-buffer-limit': Wrong number of arguments in buffer "
            "limit configuration.");
  EXPECT_EQ(effect("save '\"1 1'\n", "hz"), "! text, line 1: 'save': unbalanced quotes");
}

TEST(ConfigText, WhatIsQuotedReadsBack) {
  std::string all;
  for (int code = 1; code < 256; ++code) all += static_cast<char>(code);
  for (const std::string& word : {std::string(), std::string("plain"), std::string("a b"),
                                  std::string("#"), std::string("\\"), std::string("\"'"), all}) {
    const auto words = split_line("x " + quoted_word(word));
    ASSERT_TRUE(words);
    EXPECT_THAT(*words, ElementsAre("x", word));
  }
}

TEST(ConfigText, ErrorsNameTheLine) {
  EXPECT_EQ(effect("\n\nfoo 'bar'\n", "hz"), "! text, line 3: unknown directive 'foo'");
  EXPECT_EQ(effect("port abc\n", "hz"),
            "! text, line 1: 'port': argument couldn't be parsed into an integer");
  EXPECT_EQ(effect("maxmemory 1mb # c\n", "hz"),
            "! text, line 1: 'maxmemory': wrong number of arguments");
  EXPECT_EQ(effect("port\n", "hz"), "! text, line 1: 'port': wrong number of arguments");
  EXPECT_EQ(effect("#\nrequirepass \"ab\"c\n", "hz"), "! text, line 2: unbalanced quotes");
  EXPECT_EQ(effect("requirepass \"ab\n", "hz"), "! text, line 1: unbalanced quotes");
  EXPECT_EQ(effect("a\x01 1\n", "hz"), "! text, line 1: unknown directive \"a\\x01\"");
}

TEST(ConfigText, WhatWouldBeALieIsRefusedWithItsReason) {
  EXPECT_EQ(effect("cluster-enabled yes\n", "hz"),
            "! text, line 1: 'cluster-enabled' cannot be 'yes': there is no cluster");
  EXPECT_EQ(effect("loadmodule x.so\n", "hz"),
            "! text, line 1: 'loadmodule' is not taken: modules cannot be loaded");
  EXPECT_THAT(effect("user alice on\n", "hz"), HasSubstr("'user' is not taken"));
  EXPECT_THAT(effect("rename-command a b\n", "hz"), HasSubstr("'rename-command' is not taken"));
  EXPECT_EQ(effect("daemonize no\nsupervised auto\n", "supervised"), "auto");
}

TEST(ConfigText, AFailureChangesNothing) {
  const Config untouched;
  Config config;
  EXPECT_FALSE(config.load_text("hz 5\nfoo 1\n", "text"));
  EXPECT_EQ(config, untouched);
  EXPECT_EQ(config.settings(), untouched.settings());
}

TEST(ConfigText, LinesOfSaveAddUp) {
  EXPECT_EQ(effect("save 900 1\nsave 300 10\n", "save"), "900 1 300 10");
  EXPECT_EQ(effect("save 900 1\nsave \"\"\nsave 60 10000\n", "save"), "60 10000");
  EXPECT_EQ(effect("save\n", "save"), "");
}

TEST(ConfigText, ForgottenDirectivesAreWarnedOf) {
  Config config;
  ASSERT_TRUE(config.load_text("list-max-ziplist-entries 5\n", "text"));
  EXPECT_THAT(config.warnings(),
              ElementsAre("'list-max-ziplist-entries 5' has no effect: it was replaced by "
                          "list-max-listpack-size"));
  EXPECT_THAT(effect("list-max-ziplist-entries\n", "hz"), HasSubstr("unknown directive"));
}

TEST(ConfigText, LaterDirectivesNeedTheirVersion) {
  EXPECT_EQ(effect("set-max-listpack-value 5\n", "hz"),
            "! text, line 1: unknown directive 'set-max-listpack-value': it begins with a later "
            "compat-version");
}

TEST_F(ConfigLoader, AFileThatCannotBeReadIsOneLine) {
  Config config;
  EXPECT_EQ(config.load_file("/nowhere/x.conf").error(),
            "configuration file /nowhere/x.conf cannot be read: No such file or directory");
  EXPECT_EQ(config.load_file(folder_.path().string()).error(),
            "configuration file " + folder_.path().string() + " cannot be read: Is a directory");
}

TEST_F(ConfigLoader, TheFileIsRememberedByItsAbsolutePath) {
  Config config;
  const auto before = std::filesystem::current_path();
  folder_.write("x.conf", "hz 5\n");
  std::filesystem::current_path(folder_.path());
  const auto loaded = config.load_file("x.conf");
  std::filesystem::current_path(before);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(config.file(), folder_ / "x.conf");
}

TEST_F(ConfigLoader, LinesOfIncludedFilesStandWhereTheIncludeDoes) {
  const std::string included = folder_.write("i.conf", "hz 7\n");
  Config config;
  ASSERT_TRUE(config.load_file(folder_.write("a.conf", "hz 1\ninclude " + included + "\n")));
  EXPECT_EQ(config.settings().hz, 7);
  ASSERT_TRUE(config.load_file(folder_.write("b.conf", "include " + included + "\nhz 1\n")));
  EXPECT_EQ(config.settings().hz, 1);
  EXPECT_EQ(config.file(), folder_ / "b.conf");
}

TEST_F(ConfigLoader, IncludesMayBePatterns) {
  folder_.write("i1.conf", "hz 7\n");
  folder_.write("i2.conf", "hz 8\n");
  Config config;
  ASSERT_TRUE(config.load_file(folder_.write("a.conf", "include " + (folder_ / "i?.conf") + "\n")));
  EXPECT_EQ(config.settings().hz, 8);
  ASSERT_TRUE(
      config.load_file(folder_.write("b.conf", "include " + (folder_ / "no*.conf") + "\n")));
}

TEST_F(ConfigLoader, ErrorsOfIncludedFilesNameThoseFiles) {
  const std::string included = folder_.write("i.conf", "\nfoo 1\n");
  Config config;
  EXPECT_EQ(config.load_file(folder_.write("a.conf", "include " + included + "\n")).error(),
            "configuration file " + included + ", line 2: unknown directive 'foo'");
  EXPECT_THAT(config.load_file(folder_.write("b.conf", "include a b\n")).error(),
              HasSubstr("line 1: unknown directive 'include'"));
}

TEST_F(ConfigLoader, FilesThatIncludeThemselvesEnd) {
  Config config;
  const std::string self = folder_ / "self.conf";
  EXPECT_EQ(config.load_file(folder_.write("self.conf", "include " + self + "\n")).error(),
            "configuration file " + self + ", line 1: files include each other more than 16 deep");
  // Sixteen are allowed.
  for (int depth = 1; depth <= 16; ++depth)
    folder_.write(
        "d" + std::to_string(depth),
        depth == 16 ? "hz 9\n" : "include " + (folder_ / ("d" + std::to_string(depth + 1))) + "\n");
  ASSERT_TRUE(config.load_file(folder_.write("d0", "include " + (folder_ / "d1") + "\n")));
  EXPECT_EQ(config.settings().hz, 9);
}

TEST_F(ConfigLoader, FileThenStandardInputThenTheCommandLine) {
  const std::string file = folder_.write("a.conf", "hz 1\ntimeout 1\nmaxmemory 1\n");
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string_view input = "timeout 2\nmaxmemory 2";
  ASSERT_EQ(::write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  Config config;
  const std::vector<std::string> arguments{file, "--maxmemory", "3", "-"};
  ASSERT_TRUE(config.load(parse_command_line(arguments), ends[0]));
  ::close(ends[0]);
  EXPECT_EQ(config.settings().hz, 1);
  EXPECT_EQ(config.settings().timeout, 2);
  EXPECT_EQ(config.settings().maxmemory, 3U);
}

TEST_F(ConfigLoader, FilesEndAtALimit) {
  const std::string line = "# " + std::string(1021, 'x') + "\n";
  std::string text;
  while (text.size() < max_config_bytes) text += line;
  ASSERT_EQ(text.size(), max_config_bytes);
  Config config;
  EXPECT_TRUE(config.load_file(folder_.write("full.conf", text)));
  EXPECT_THAT(config.load_file(folder_.write("over.conf", text + "#")).error(),
              HasSubstr("it is larger than 16777216 bytes"));
}

}  // namespace
}  // namespace redouble::instance
