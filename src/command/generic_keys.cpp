// The commands about keys as such: DEL, UNLINK, EXISTS, TOUCH, TYPE, KEYS, RANDOMKEY.
#include "command/call.hpp"
#include "command/handlers_generic.hpp"
#include "value/glob.hpp"
#include "value/hash.hpp"
#include "value/list.hpp"
#include "value/set.hpp"
#include "value/sorted_set.hpp"
#include "value/stream.hpp"

namespace redouble::command::generic_group {
namespace {

void count_existing(Call& call, store::Look look) {
  std::int64_t count = 0;
  for (const store::Hashed& key : call.found_keys) {
    if (call.keys.find(key, look) != nullptr) ++count;
  }
  call.reply.integer(count);
}

// How many allocations redis-server counts for a value: what UNLINK frees aside has more than 64.
std::size_t free_effort(const store::Entry& entry) {
  switch (entry.type()) {
    case value::Type::string:
      return 1;
    case value::Type::list:
      return static_cast<const value::List&>(entry.object()).pieces();
    case value::Type::set:
      if (entry.encoding() != value::Encoding::hashtable) return 1;
      return static_cast<const value::SetObject&>(entry.object()).set().size();
    case value::Type::hash:
      if (entry.encoding() != value::Encoding::hashtable) return 1;
      return static_cast<const value::HashObject&>(entry.object()).hash().size();
    case value::Type::zset:
      if (entry.encoding() != value::Encoding::skiplist) return 1;
      return static_cast<const value::SortedSet&>(entry.object()).size();
    case value::Type::stream:
      break;
  }
  const auto& stream = static_cast<const value::Stream&>(entry.object());
  std::size_t effort = stream.node_count();
  stream.groups().for_each(
      [&](const value::ConsumerGroup& group) { effort += 1 + group.pending().size(); });
  return effort;
}

}  // namespace

void del(Call& call) {
  std::int64_t count = 0;
  for (const store::Hashed& key : call.found_keys) {
    if (call.keys.erase(key, {store::EventKind::generic, "del"})) ++count;
  }
  call.reply.integer(count);
}

// What is large is freed after the locks anyway, so only the count tells it from DEL.
void unlink(Call& call) {
  constexpr std::size_t most_at_once = 64;
  for (const store::Hashed& key : call.found_keys) {
    const store::Entry* entry = call.keys.find(key, store::Look::quiet);
    if (entry != nullptr && free_effort(*entry) > most_at_once) {
      call.instance.stats().freed_aside.fetch_add(1, std::memory_order_relaxed);
    }
  }
  del(call);
}

void exists(Call& call) { count_existing(call, store::Look::untouched); }

void touch(Call& call) { count_existing(call, store::Look::read); }

void type(Call& call) {
  const store::Entry* entry = call.keys.find(call.key(), store::Look::untouched);
  call.reply.simple(entry == nullptr ? std::string_view("none") : value::name_of(entry->type()));
}

void keys(Call& call) {
  const std::string_view pattern = call.arg(1);
  const auto place = call.reply.begin();
  std::size_t count = 0;
  call.keys.for_each([&](const store::Entry& entry) {
    if (pattern != "*" && !value::glob_match(pattern, entry.key())) return;
    call.reply.bulk(entry.key());
    ++count;
  });
  call.reply.end_array(place, count);
}

void randomkey(Call& call) {
  const store::Entry* entry = call.keys.random();
  if (entry == nullptr) {
    call.reply.null();
  } else {
    call.reply.bulk(entry->key());
  }
}

}  // namespace redouble::command::generic_group
