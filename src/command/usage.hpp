// Usage: a grammar as people read it in a help text: `SET <parameter> <value> [...]`.
//
// Values stand in angle brackets, words as they are typed, optional parts in square brackets,
// choices with bars between them.
// Thread safety: a pure function.
#pragma once

#include <string>
#include <vector>

#include "command/grammar.hpp"

namespace redouble::command {

std::string usage(const std::vector<Argument>& arguments);

}  // namespace redouble::command
