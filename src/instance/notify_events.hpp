// NotifyEvents: the classes of keyspace events that are published, and their letters.
//
// The value of notify-keyspace-events is a set of letters; `A` stands for all classes but `m`
// (misses) and `n` (new keys), and is what CONFIG GET answers when all of them are set. Nothing is
// published unless K (keyspace channel) or E (keyevent channel) is set besides a class.
// Thread safety: plain values and pure functions.
// Source: the Redis documentation, "Redis keyspace notifications"; letters and order as observed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redouble::instance {

enum NotifyEvents : std::uint32_t {
  notify_none = 0,
  notify_keyspace = 1U << 0,  // K
  notify_keyevent = 1U << 1,  // E
  notify_generic = 1U << 2,   // g
  notify_string = 1U << 3,    // $
  notify_list = 1U << 4,      // l
  notify_set = 1U << 5,       // s
  notify_hash = 1U << 6,      // h
  notify_zset = 1U << 7,      // z
  notify_expired = 1U << 8,   // x
  notify_evicted = 1U << 9,   // e
  notify_stream = 1U << 10,   // t
  notify_module = 1U << 11,   // d
  notify_new = 1U << 12,      // n
  notify_missed = 1U << 13,   // m
  notify_all = notify_generic | notify_string | notify_list | notify_set | notify_hash |
               notify_zset | notify_expired | notify_evicted | notify_stream | notify_module,
};

// The set that `letters` name, or nothing where a letter is unknown.
std::optional<std::uint32_t> parse_notify_events(std::string_view letters);
// The letters of a set, in the order in which CONFIG GET gives them.
std::string notify_letters(std::uint32_t events);

}  // namespace redouble::instance
