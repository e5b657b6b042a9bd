// The bytes of the replies that tests compare with, in RESP2, by name.
//
//   EXPECT_EQ(peer("LPOP l"), null);
//   EXPECT_EQ(peer("LRANGE l 0 -1"), bulks({"a", "b"}));
//
// Thread safety: constants and pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace redouble::testing::replies {

inline const std::string ok = "+OK\r\n";
inline const std::string null = "$-1\r\n";
inline const std::string null_array = "*-1\r\n";
inline const std::string empty_array = "*0\r\n";
inline const std::string syntax_error = "-ERR syntax error\r\n";
inline const std::string not_an_integer = "-ERR value is not an integer or out of range\r\n";
inline const std::string wrong_type =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

inline std::string integer(std::int64_t value) { return ":" + std::to_string(value) + "\r\n"; }

inline std::string bulk(std::string_view bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + std::string(bytes) + "\r\n";
}

// An array whose elements are whole replies.
inline std::string array(std::initializer_list<std::string> elements) {
  std::string reply = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) reply += element;
  return reply;
}

inline std::string bulks(std::initializer_list<std::string_view> texts) {
  std::string reply = "*" + std::to_string(texts.size()) + "\r\n";
  for (const std::string_view text : texts) reply += bulk(text);
  return reply;
}

}  // namespace redouble::testing::replies
