// glob_match: whether a text matches a pattern, as KEYS, SCAN, PSUBSCRIBE and CONFIG GET do.
//
// `*` any bytes, `?` one byte, `[abc]`, `[a-z]` and `[^a]` one byte of (or not of) a set, `\x` the
// byte x.
// The odd cases are those of redis-server 7.0.15, asked one by one:
// - A set that is not closed ends with the pattern: `[ab` is `[ab]`. `[` and `[]` match nothing,
//   `[^` and `[^]` any byte. In a set `^` negates at the first place alone.
// - A range takes any byte as its end, `]` too: `[a-]` is not closed and spans `]` to `a`. Its ends
//   may come in either order, and compare as signed bytes. `[a-` is `a` or `-`.
// - A backslash at the very end is itself. In a set it makes the next byte plain, never an end of a
//   range from it; as an end it is a plain byte.
// - An empty text matches the empty pattern alone, not even `*`. KEYS and SCAN take the pattern
//   which is exactly `*` for "all" before they ask: their callers must, too.
// - ignore_case folds A to Z, but not for an escaped byte in a set.
//
// Work: at most (pattern + 1) * (text + 1) bytes of the pattern are looked at; no recursion.
// Thread safety: any thread; a pure function.
#pragma once

#include <string_view>

namespace redouble::value {

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace redouble::value
