// The directives whose values are more than a word or a number: how each is judged, and how it
// goes into its typed field. Only the table of directives uses this.
// Thread safety: pure functions.
#pragma once

#include "instance/directive.hpp"

namespace redouble::instance {

Parsed append_dir_name(const SpecialInput& input);
Parsed append_file_name(const SpecialInput& input);
Parsed bind_addresses(const SpecialInput& input);
Parsed buffer_limits(const SpecialInput& input);
Parsed db_file_name(const SpecialInput& input);
Parsed event_letters(const SpecialInput& input);
Parsed host_name(const SpecialInput& input);
Parsed master_address(const SpecialInput& input);
Parsed oom_scores(const SpecialInput& input);
Parsed percentiles(const SpecialInput& input);
Parsed save_points(const SpecialInput& input);
Parsed seed_number(const SpecialInput& input);
Parsed shutdown_options(const SpecialInput& input);
Parsed thread_count(const SpecialInput& input);
Parsed title_template(const SpecialInput& input);

void store_bind(Settings& settings, const Value& value);
void store_buffer_limits(Settings& settings, const Value& value);
void store_seed(Settings& settings, const Value& value);
void store_threads(Settings& settings, const Value& value);

// The default limits, in the words of a value: what a line that names one class leaves for others.
std::array<OutputBufferLimit, 3> limits_of(std::string_view text);
// Names of the classes, in the order of ClientClass, as CONFIG GET and as files write them.
inline constexpr std::array<std::string_view, 3> class_names{"normal", "slave", "pubsub"};

// A number of bytes with its unit ("1kb", "5m"); nothing where it is none. Larger numbers than 64
// bits hold wrap or stop at the largest, as Redis's do.
std::optional<std::uint64_t> parse_memory(std::string_view text);

}  // namespace redouble::instance
