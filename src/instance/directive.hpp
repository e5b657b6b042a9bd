// Directive: one row of the table of everything that can be configured.
//
// The table holds every name that CONFIG GET * of redis-server 7.0.15 answers, and our own. A row
// says how its value is written, what it is by default, whether it may change while serving, and
// what it means here:
//   implemented  the instance or the server acts on it;
//   no_effect    accepted, because a test double may ignore it without harm; a value that differs
//                from the default is reported by Config::warnings() with the row's reason;
//   refused      only the default (or the row's `calm` value) is accepted, because taking another
//                in silence would be a lie; the error gives the row's reason.
// Thread safety: the table is constant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "instance/settings.hpp"

namespace redouble::instance {

// A checked value: the text that CONFIG GET answers, and its number where the kind has one (a
// yes/no as 1 or 0, the index of a word, bytes as the bits of an unsigned number).
struct Value {
  std::string text;
  std::int64_t number = 0;
  friend bool operator==(const Value&, const Value&) = default;
};

using Parsed = std::expected<Value, std::string>;

enum class Kind : std::uint8_t {
  boolean,         // yes or no
  integer,         // decimal, within low and high
  octal,           // file permissions
  memory,          // bytes, with units b, k, kb, m, mb, g, gb
  memory_percent,  // bytes or a percentage, stored as a negative number
  word,            // one of `words`
  text,            // anything
  special          // parsed by the row's own function
};

enum class Change : std::uint8_t {
  at_any_time,
  at_start,  // CONFIG SET: can't set immutable config
  guarded    // CONFIG SET only where enable-protected-configs allows it
};

enum class Meaning : std::uint8_t { implemented, no_effect, refused };

// What a special parser gets: the words of the line (or of the CONFIG SET value), and the value so
// far, for directives that add to it.
struct SpecialInput {
  std::span<const std::string> words;
  std::string_view present;
  bool adds = false;  // a further line of the same load: `save` adds its points
};

using SpecialParser = Parsed (*)(const SpecialInput&);
using FieldStore = void (*)(Settings&, const Value&);

struct Directive {
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view initial{};
  std::string_view alias{};  // the older name, answered by CONFIG GET too
  std::int64_t low = 0;
  std::int64_t high = 0;   // of memory: `unbounded` is the largest unsigned number
  std::int64_t least = 0;  // a value below is raised to it, where most is not 0
  std::int64_t most = 0;   // a value above is lowered to it
  std::string_view words{};
  SpecialParser special = nullptr;
  bool takes_many_words = false;  // a line may hold several, a lone one is split at its spaces
  bool bare_means_yes = false;    // the name alone is a yes
  bool holds_binary = false;      // all others end at a zero byte, but numbers
  Change change = Change::at_any_time;
  std::string_view fixed{};  // why CONFIG SET cannot change here what it can in Redis
  Meaning meaning = Meaning::implemented;
  std::string_view reason{};
  std::string_view calm_value{};  // a value beside the default that is simply true here
  bool has_calm_value = false;
  CompatVersion since = CompatVersion::v7_0;
  bool moves_listeners = false;  // CONFIG SET has the host listen elsewhere
  bool rewritten = true;         // false: belongs to one start, CONFIG REWRITE does not add it
  FieldStore store = nullptr;
};

inline constexpr std::int64_t unbounded = -1;

// All rows, ordered by name.
std::span<const Directive> directives();
// The row that has this name or alias, letter case ignored.
std::optional<std::size_t> find_directive(std::string_view name);

// Judges the words that stand for a value of this directive; the errors are Redis's. Whether the
// value has a meaning here (Meaning::refused) is not judged.
Parsed parse_value(const Directive& directive, const SpecialInput& input);
// The same for one text, as CONFIG SET has it.
Parsed parse_text(const Directive& directive, std::string_view text, std::string_view present);

bool equal_ignoring_case(std::string_view left, std::string_view right);
// The parts of a text between single spaces; nothing for the empty text.
std::vector<std::string> split_at_spaces(std::string_view text);

}  // namespace redouble::instance
