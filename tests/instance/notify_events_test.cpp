#include "instance/notify_events.hpp"

#include <gtest/gtest.h>

namespace redouble::instance {
namespace {

std::string through(std::string_view letters) {
  const auto events = parse_notify_events(letters);
  return events ? notify_letters(*events) : "(refused)";
}

TEST(NotifyEvents, AreShownInOneOrder) {
  EXPECT_EQ(through(""), "");
  EXPECT_EQ(through("Kg"), "gK");
  EXPECT_EQ(through("EgKz"), "gzKE");
  EXPECT_EQ(through("KEn"), "nKE");
}

TEST(NotifyEvents, AllClassesTogetherAreOneLetter) {
  EXPECT_EQ(through("KEA"), "AKE");
  EXPECT_EQ(through("K$lshzxegtmdn"), "AKm");
  EXPECT_EQ(through("KEg$lshzxet"), "g$lshzxetKE");
  EXPECT_EQ(through("KEAn"), "AKE");
}

TEST(NotifyEvents, UnknownLettersAreRefused) {
  EXPECT_EQ(through("N"), "(refused)");
  EXPECT_EQ(through("KE A"), "(refused)");
}

TEST(NotifyEvents, EveryLetterHasItsOwnBit) {
  std::uint32_t seen = 0;
  for (const char letter : std::string_view("KEg$lshzxetdnm")) {
    const auto events = parse_notify_events(std::string_view(&letter, 1));
    ASSERT_TRUE(events);
    EXPECT_EQ(seen & *events, 0U) << letter;
    seen |= *events;
  }
}

}  // namespace
}  // namespace redouble::instance
