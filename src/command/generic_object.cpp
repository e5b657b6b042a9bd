// OBJECT: how a value is kept, and how it was used.
#include "command/call.hpp"
#include "command/handlers_generic.hpp"
#include "command/objects.hpp"

namespace redouble::command::generic_group {
namespace {

// The entry without touching it; nullptr: null is replied.
const store::Entry* look_at(Call& call) {
  const store::Entry* entry = call.keys.find(call.key(), store::Look::untouched);
  if (entry == nullptr) call.reply.null();
  return entry;
}

}  // namespace

void object_encoding(Call& call) {
  if (const auto* entry = look_at(call)) call.reply.bulk(value::name_of(entry->encoding()));
}

void object_refcount(Call& call) {
  if (const auto* entry = look_at(call)) call.reply.integer(reference_count(call, *entry));
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
