// Generators of requests of the groups string and generic, for properties: few keys, so that they
// meet, and values at the limits.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

namespace redouble::testing {

using Words = std::vector<std::string>;

inline std::string some_key() { return *rc::gen::element<std::string>("a", "b", "c", ""); }

inline std::string some_integer() {
  return *rc::gen::oneOf(
      rc::gen::element<std::string>("0", "1", "-1", "10000", "9223372036854775807",
                                    "-9223372036854775808", "9223372036854775808", "01", "x", ""),
      rc::gen::map(rc::gen::inRange(-20, 20), [](int value) { return std::to_string(value); }));
}

inline std::string some_value() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
    case 1:
    case 2:
      return some_integer();
    case 3:
      return std::string(*rc::gen::element<std::size_t>(20, 21, 44, 45, 1024, 1025, 3000), 'x');
    default:
      return *rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'd'));
  }
}

// Milliseconds or seconds from now.
inline std::string some_lifetime() {
  return *rc::gen::element<std::string>("1", "2", "5", "50", "1000", "1000000");
}

inline void add_if(bool condition, Words& words, std::initializer_list<std::string> more) {
  if (condition) words.insert(words.end(), more);
}

// SET with options that do not exclude each other.
inline Words some_set() {
  Words words{"SET", some_key(), some_value()};
  const int condition = *rc::gen::inRange(0, 6);
  add_if(condition == 0, words, {"NX"});
  add_if(condition == 1, words, {"xx"});
  add_if(*rc::gen::inRange(0, 4) == 0, words, {"GET"});
  const int lifetime = *rc::gen::inRange(0, 6);
  add_if(lifetime == 0, words, {"EX", some_lifetime()});
  add_if(lifetime == 1 || lifetime == 2, words, {"PX", some_lifetime()});
  add_if(lifetime == 3, words, {"keepttl"});
  return words;
}

inline Words some_expire() {
  Words words{*rc::gen::element<std::string>("EXPIRE", "PEXPIRE"), some_key(),
              *rc::gen::element<std::string>("-1", "0", "1", "5", "50", "1000")};
  const int condition = *rc::gen::inRange(0, 8);
  const char* const names[] = {"NX", "XX", "GT", "LT"};
  if (condition < 4) words.emplace_back(names[condition]);
  return words;
}

// One of the requests whose names are given in upper case.
inline Words some_request_of(const std::vector<std::string>& names) {
  const std::string name = *rc::gen::elementOf(names);
  if (name == "SET") return some_set();
  if (name == "EXPIRE") return some_expire();
  if (name == "APPEND" || name == "GETSET" || name == "SETNX") {
    return {name, some_key(), some_value()};
  }
  if (name == "INCRBY" || name == "DECRBY") return {name, some_key(), some_integer()};
  if (name == "RENAME" || name == "RENAMENX") return {name, some_key(), some_key()};
  if (name == "COPY") {
    Words words{name, some_key(), some_key()};
    add_if(*rc::gen::arbitrary<bool>(), words, {"REPLACE"});
    return words;
  }
  if (name == "MSET" || name == "MSETNX") {
    return {name, some_key(), some_value(), some_key(), some_value()};
  }
  if (name == "MGET" || name == "DEL" || name == "EXISTS") return {name, some_key(), some_key()};
  return {name, some_key()};
}

}  // namespace redouble::testing
