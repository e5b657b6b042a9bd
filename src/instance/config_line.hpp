// One line of a configuration file: its words, and words written back as a line.
//
// Words are separated by white space. A word may hold parts in quotes: in double quotes \n \r \t
// \b \a, \xHH and \ before any other character stand for one character, in single quotes only \'
// does; a closing quote must be followed by white space or the end.
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
std::string quoted(std::string_view word);

}  // namespace redouble::instance
