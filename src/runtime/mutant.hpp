// Planted bugs: each proves that the test which it names can fail.
//
// A line that may be wrong on purpose reads `if (mutant("name")) ...`. Built with REDOUBLE_MUTANTS,
// the variable REDOUBLE_MUTANT in the environment chooses one by its name; built without it (every
// release) the call is the constant false and the planted line is gone. The list of all of them,
// each with the test that must catch it, is tests/mutants.txt.
// Thread safety: any thread.
#pragma once

#ifdef REDOUBLE_MUTANTS
#include <cstdlib>
#endif
#include <string_view>

namespace redouble {

#ifdef REDOUBLE_MUTANTS
inline bool mutant(std::string_view name) {
  static const std::string_view chosen = [] {
    const char* value = std::getenv("REDOUBLE_MUTANT");
    return std::string_view(value == nullptr ? "" : value);
  }();
  return !chosen.empty() && chosen == name;
}
#else
constexpr bool mutant(std::string_view) { return false; }
#endif

}  // namespace redouble
