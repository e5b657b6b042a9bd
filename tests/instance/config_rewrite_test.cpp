#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "instance/config.hpp"
#include "instance/config_file.hpp"
#include "support/folder.hpp"

namespace redouble::instance {
namespace {

using ::testing::HasSubstr;

Config loaded(std::string_view text) {
  Config config;
  const auto result = config.load_text(text, "text");
  EXPECT_TRUE(result) << result.error();
  return config;
}

void set(Config& config, std::string_view name, std::string_view value) {
  const Config::NameValue pair{name, value};
  Host no_host;
  EXPECT_EQ(config.set(std::span(&pair, 1), no_host), std::nullopt);
}

TEST(ConfigRewritten, NothingChangedLeavesEveryLine) {
  const std::string text =
      "# head\n\nPORT 7000\n  hz   5 \n# about memory\nmaxmemory 1gb\nsave 900 1\nsave 300 "
      "10\nrequirepass 'a b'\nslave-priority 50\nclient-output-buffer-limit normal 1mb 2mb 3\n";
  EXPECT_EQ(loaded(text).rewritten(text), text);
}

TEST(ConfigRewritten, ChangedLinesChangeInTheirPlace) {
  const std::string text = "# head\nhz 5\n# tail\nslave-priority 50\nsave 900 1\nsave 300 10\n";
  Config config = loaded(text);
  set(config, "hz", "6");
  set(config, "replica-priority", "60");
  set(config, "save", "");
  EXPECT_EQ(config.rewritten(text), "# head\nhz 6\n# tail\nreplica-priority 60\nsave \"\"\n");
}

TEST(ConfigRewritten, ADirectiveGivenTwiceIsWrittenOnce) {
  const std::string text = "hz 5\n# between\nhz 6\n";
  Config config = loaded(text);
  EXPECT_EQ(config.rewritten(text), text);
  set(config, "hz", "7");
  EXPECT_EQ(config.rewritten(text), "hz 7\n# between\n");
}

TEST(ConfigRewritten, WhatTheFileDoesNotHaveComesBehindAHeading) {
  Config config = loaded("hz 5\n");
  set(config, "maxmemory", "2048");
  set(config, "requirepass", "a\"b\x01");
  set(config, "save", "5 5 6 6");
  const std::string once = config.rewritten("hz 5\n");
  EXPECT_EQ(once,
            "hz 5\n\n# Written by CONFIG REWRITE\nmaxmemory 2kb\nrequirepass "
            "\"a\\\"b\\x01\"\nsave 5 5\nsave 6 6\n");
  EXPECT_EQ(config.rewritten(once), once) << "again changes nothing";
}

TEST(ConfigRewritten, ValuesBackAtTheirDefaultAreWrittenWhereTheyStood) {
  Config config = loaded("hz 5\n");
  set(config, "hz", "10");
  EXPECT_EQ(config.rewritten("hz 5\n"), "hz 10\n");
}

TEST(ConfigRewritten, TheCommandLinesDirectivesAreWrittenToo) {
  Config config = loaded("hz 5\n");
  ASSERT_TRUE(config.load_text("timeout 9\nready-fd 3\nexit-with-parent yes\nseed 4\n", "x"));
  EXPECT_EQ(config.rewritten("hz 5\n"), "hz 5\n\n# Written by CONFIG REWRITE\ntimeout 9\n")
      << "but not those of this one start";
}

TEST(ConfigRewritten, WordsWithQuotesComeBack) {
  const Config config = loaded(R"(bind '"\"a"')");
  EXPECT_EQ(config.get_one("bind"), "\"a");
  EXPECT_EQ(loaded(config.rewritten("")), config);
}

TEST(ConfigRewritten, LinesThatCannotBeReadStay) {
  Config config;
  set(config, "hz", "7");
  const std::string text = "foo \"bar\nhz 5\nnosuch 1\n";
  EXPECT_EQ(config.rewritten(text), "foo \"bar\nhz 7\nnosuch 1\n");
}

class ConfigRewrite : public ::testing::Test {
 protected:
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  const testing::Folder folder_;
};

TEST_F(ConfigRewrite, WithoutAFileThereIsNothingToRewrite) {
  EXPECT_EQ(Config().rewrite(), "ERR The server is running without a config file");
}

TEST_F(ConfigRewrite, ReplacesTheFileAndKeepsItsPermissions) {
  const std::string file = folder_.write("a.conf", "hz 5\n");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  Config config;
  ASSERT_TRUE(config.load_file(file));
  set(config, "hz", "6");
  EXPECT_EQ(config.rewrite(), std::nullopt);
  EXPECT_EQ(content("a.conf"), "hz 6\n");
  struct stat status{};
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(ConfigRewrite, AFileThatIsGoneIsWrittenAnew) {
  const std::string file = folder_.write("a.conf", "hz 5\n");
  Config config;
  ASSERT_TRUE(config.load_file(file));
  std::filesystem::remove(file);
  EXPECT_EQ(config.rewrite(), std::nullopt);
  Config again;
  ASSERT_TRUE(again.load_file(file));
  EXPECT_EQ(again, config);
}

TEST_F(ConfigRewrite, AnIncludeAfterwardsDoesNotHaveTheLastWord) {
  const std::string included = folder_.write("i.conf", "hz 7\nsave 1 1\n");
  const std::string file =
      folder_.write("a.conf", "hz 5\nsave 2 2\ninclude " + included + "\n# end\n");
  Config config;
  ASSERT_TRUE(config.load_file(file));
  set(config, "hz", "10");
  set(config, "save", "3 3");
  EXPECT_EQ(config.rewrite(), std::nullopt);
  Config again;
  ASSERT_TRUE(again.load_file(file));
  EXPECT_EQ(again, config);
  EXPECT_EQ(content("i.conf"), "hz 7\nsave 1 1\n") << "what is included belongs to others";
}

TEST_F(ConfigRewrite, WhatAnInterruptedRewritingLeftIsNoHindrance) {
  const std::string file = folder_.write("a.conf", "hz 5\n");
  folder_.write("a.conf.rewriting-0", "half a fi");
  Config config;
  ASSERT_TRUE(config.load_file(file));
  set(config, "hz", "6");
  EXPECT_EQ(config.rewrite(), std::nullopt);
  EXPECT_EQ(content("a.conf"), "hz 6\n");
}

TEST_F(ConfigRewrite, AFailureLosesNothing) {
  // The directory is gone, so no new file can be made.
  std::filesystem::create_directory(folder_.path() / "sub");
  const std::string file = folder_.write("sub/a.conf", "hz 5\n");
  Config config;
  ASSERT_TRUE(config.load_file(file));
  std::filesystem::rename(folder_.path() / "sub", folder_.path() / "moved");
  EXPECT_EQ(config.rewrite(), "ERR Rewriting config file: No such file or directory");
  EXPECT_EQ(content("moved/a.conf"), "hz 5\n");
  EXPECT_THAT(replace_config_file("/dev/full/x", "text").error(), HasSubstr("Not a directory"));
}

// Exits with 0 where the rewriting fails as it should.
[[noreturn]] void rewrite_within_ten_bytes(const Config& config) {
  const rlimit limit{10, 10};
  std::signal(SIGXFSZ, SIG_IGN);
  const bool limited = setrlimit(RLIMIT_FSIZE, &limit) == 0;
  const auto error = config.rewrite();
  // At once: what else is written at an exit (coverage) may not grow either.
  std::_Exit(limited && error == "ERR Rewriting config file: File too large" ? 0 : 1);
}

TEST_F(ConfigRewrite, AFileThatMayNotGrowIsKept) {
  const std::string file = folder_.write("a.conf", "hz 5\n");
  Config config;
  ASSERT_TRUE(config.load_file(file));
  set(config, "requirepass", std::string(100, 'x'));
  // In a process of its own, for the limit on the size of files cannot be raised again.
  EXPECT_EXIT(rewrite_within_ten_bytes(config), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(content("a.conf"), "hz 5\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

}  // namespace
}  // namespace redouble::instance
