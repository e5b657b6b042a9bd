// is_space, split_words: the words of a line, as a person types them: an inline request, a line of
// a configuration file.
//
// Words are separated by white space. "..." holds spaces and the escapes \n \r \t \b \a \xHH (any
// other escaped byte stands for itself); '...' holds everything but an unescaped quote. A closing
// quote ends its word: what follows it must be white space. A NUL byte ends the line. Outside
// quotes a backslash is a byte like others, and so are a vertical tab and a form feed inside a
// word. Thread safety: any thread. Errors: false; std::bad_alloc. Source: the behaviour of
// redis-server 7.0.15.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redouble::resp {

// isspace() of the C locale, whatever the process's locale is.
inline bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

// Replaces `words` by the words of `line`: views into `line`, or into `scratch` where quotes had to
// be resolved. False: a quote is not closed, or not followed by white space; `words` is then what
// came before.
bool split_words(std::string_view line, std::vector<std::string_view>& words, std::string& scratch);

}  // namespace redouble::resp
