// One line of a configuration file: its words, and words written back as a line.
//
// What a word is, resp/words.hpp says.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::instance {

// The line without the white space at both its ends.
std::string_view trimmed(std::string_view line);
// Nothing where a quote is not closed, or where something follows a closing quote at once.
std::optional<std::vector<std::string>> split_line(std::string_view line);
// The word as it is, or in double quotes where split_line() would not give it back otherwise.
std::string quoted_word(std::string_view word);

}  // namespace redouble::instance
