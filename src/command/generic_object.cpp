// OBJECT: how a value is kept, and how it was used.
#include "command/call.hpp"
#include "command/handlers_generic.hpp"

namespace redouble::command::generic_group {
namespace {

using instance::MaxmemoryPolicy;

// The entry without touching it; nullptr: null is replied.
const store::Entry* look_at(Call& call) {
  const store::Entry* entry = call.keys.find(call.key(), store::Look::untouched);
  if (entry == nullptr) call.reply.null();
  return entry;
}

// Redis keeps one object for each small integer and counts no references to it, except where a
// policy wants to know how each single value is used.
bool is_shared_integer(const Call& call, const store::Entry& entry) {
  constexpr std::int64_t shared_integers = 10000;
  if (entry.encoding() != value::Encoding::integer || entry.copied_integer()) return false;
  const std::int64_t integer = entry.string().integer;
  if (integer < 0 || integer >= shared_integers) return false;
  if (call.settings().maxmemory == 0) return true;
  switch (call.settings().maxmemory_policy) {
    case MaxmemoryPolicy::allkeys_lru:
    case MaxmemoryPolicy::allkeys_lfu:
    case MaxmemoryPolicy::volatile_lru:
    case MaxmemoryPolicy::volatile_lfu:
      return false;
    default:
      return true;
  }
}

}  // namespace

void object_encoding(Call& call) {
  if (const auto* entry = look_at(call)) call.reply.bulk(value::name_of(entry->encoding()));
}

void object_refcount(Call& call) {
  constexpr std::int64_t shared_count = 2147483647;
  if (const auto* entry = look_at(call)) {
    call.reply.integer(is_shared_integer(call, *entry) ? shared_count : 1);
  }
}

void object_freq(Call& call) {
  const auto* entry = look_at(call);
  if (entry == nullptr) return;
  const store::AccessClock& clock = call.instance.keyspace().access_clock();
  if (!clock.counts_uses()) {
    call.error(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note "
        "that when switching between policies at runtime LRU and LFU data will take some time to "
        "adjust.");
    return;
  }
  call.reply.integer(clock.frequency(*entry, call.now_ms()));
}

void object_idletime(Call& call) {
  const auto* entry = look_at(call);
  if (entry == nullptr) return;
  const store::AccessClock& clock = call.instance.keyspace().access_clock();
  if (clock.counts_uses()) {
    call.error(
        "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
        "switching between policies at runtime LRU and LFU data will take some time to adjust.");
    return;
  }
  call.reply.integer(clock.idle_s(*entry, call.now_ms()));
}

}  // namespace redouble::command::generic_group
