// The commands about keys as such: DEL, UNLINK, EXISTS, TOUCH, TYPE, KEYS, RANDOMKEY.
#include "command/call.hpp"
#include "command/handlers_generic.hpp"
#include "value/glob.hpp"

namespace redouble::command::generic_group {
namespace {

void count_existing(Call& call, store::Look look) {
  std::int64_t count = 0;
  for (const store::Hashed& key : call.found_keys) {
    if (call.keys.find(key, look) != nullptr) ++count;
  }
  call.reply.integer(count);
}

}  // namespace

// What is large is freed after the locks anyway, so DEL and UNLINK are the same.
void del(Call& call) {
  std::int64_t count = 0;
  for (const store::Hashed& key : call.found_keys) {
    if (call.keys.erase(key, {store::EventKind::generic, "del"})) ++count;
  }
  call.reply.integer(count);
}

void unlink(Call& call) { del(call); }

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
