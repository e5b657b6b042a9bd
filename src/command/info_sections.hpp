// The sections of INFO: each writes its fields, in the order and with the names of Redis 7.0.
//
// A field that a lone server without a disk and without scripts can only answer one way (no
// replicas, nothing being saved) is answered that way. Fields named redouble_* are our own.
// Thread safety: parts of a step that holds the gate exclusively.
// Source: the Redis documentation of INFO; what redis-server 7.0.15 answers
// (integration/info_differential_test.py).
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

#include "command/call.hpp"

namespace redouble::command::info {

// Lines "name:value".
class Fields {
 public:
  explicit Fields(std::string& text) : text_(text) {}

  void add(std::string_view name, const auto& value) { line("{}:{}\r\n", name, value); }
  // With two decimals.
  void add_ratio(std::string_view name, double value, std::string_view unit = "") {
    line("{}:{:.2f}{}\r\n", name, value, unit);
  }
  void add_seconds(std::string_view name, double value) { line("{}:{:.6f}\r\n", name, value); }
  // Bytes, and the same again for people to read, as NAME_human.
  void add_bytes(std::string_view name, std::uint64_t bytes);
  // What is always 0 here.
  void add_zeros(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) add(name, 0);
  }
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

 private:
  std::string& text_;
};

void server(Call& call, Fields& fields);
void clients(Call& call, Fields& fields);
void memory(Call& call, Fields& fields);
void persistence(Call& call, Fields& fields);
void stats(Call& call, Fields& fields);
void replication(Call& call, Fields& fields);
void cpu(Call& call, Fields& fields);
void commandstats(Call& call, Fields& fields);
void latencystats(Call& call, Fields& fields);
void errorstats(Call& call, Fields& fields);
void cluster(Call& call, Fields& fields);
void keyspace(Call& call, Fields& fields);

}  // namespace redouble::command::info
