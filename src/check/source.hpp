// Source: a row of the command table as the generator sees it.
//
// Its grammar is a tree of parts; each counts how often it was generated, under a path such as
// "set/expiration/EX" ("..." behind it: more than once in one request).
// Thread safety: as a standard container.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "check/history.hpp"
#include "command/grammar.hpp"
#include "command/row.hpp"
#include "command/table.hpp"

namespace redouble::check {

// The version of the real server: what came later is not asked for.
inline constexpr std::uint32_t judged_version = command::compat_number("7.0");

// How often each row, and each part of its grammar, was generated.
using Counts = std::map<std::string, std::uint64_t>;

struct Part {
  command::Argument argument;  // without its children: `parts` has them
  std::vector<Part> parts;
  std::uint64_t* count;     // of the Counts that it was made with
  std::uint64_t* repeated;  // nullptr where it may not be
};

struct Source {
  std::string full_name;
  Request names;  // the words that begin the request
  command::Group group = command::Group::generic;
  std::vector<Part> parts;
  std::uint64_t* count = nullptr;
  std::size_t weight = 1;  // rows that change data come more often
  bool mistakes = true;
};

// REQUIRES: `row` is of the standard table. `counts` gets its paths, and outlives the source.
Source source_of(const command::Row& row, Counts& counts);

}  // namespace redouble::check
