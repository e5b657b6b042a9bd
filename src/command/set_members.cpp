// The commands on one set: SADD, SREM, SMOVE, what asks for members, SSCAN.
#include "command/handlers_set.hpp"
#include "command/objects.hpp"
#include "command/set_limits.hpp"
#include "value/set.hpp"

namespace redouble::command::set_group {
namespace {

using store::EventKind;
using store::Look;
using value::Set;
using value::SetObject;

constexpr store::Event add_event{EventKind::set, "sadd"};
constexpr store::Event remove_event{EventKind::set, "srem"};

// The set under the first key; without an error nullptr means an empty one.
const Set* find_set(Call& call) {
  const SetObject* object = find_value<SetObject>(call, call.key());
  return object == nullptr ? nullptr : &object->set();
}

Set& own_set(Call& call, const store::Hashed& key) { return own_value<SetObject>(call, key).set(); }

}  // namespace

void sadd(Call& call) {
  std::int64_t added = 0;
  const Set::Limits limits = set_limits(call);
  const bool done = change_or_make<SetObject>(call, call.key(), add_event, [&](SetObject& object) {
    for (std::size_t index = 2; index < call.size(); ++index) {
      if (object.set().add(call.arg(index), limits)) ++added;
    }
    return added > 0;
  });
  if (done) call.reply.integer(added);
}

void srem(Call& call) {
  const SetObject* found = find_value<SetObject>(call, call.key(), Look::write);
  if (call.failed) return;
  std::int64_t removed = 0;
  if (found != nullptr) {
    Set& set = own_set(call, call.key());
    for (std::size_t index = 2; index < call.size(); ++index) {
      if (set.erase(call.arg(index))) ++removed;
    }
    if (removed > 0) call.keys.changed(call.key(), remove_event);
  }
  call.reply.integer(removed);
}

void smove(Call& call) {
  const std::string_view member = call.arg(3);
  const store::Entry* from = call.keys.find(call.key(0), Look::write);
  const store::Entry* to = call.keys.find(call.key(1), Look::write);
  if (from == nullptr) {
    call.reply.integer(0);
    return;
  }
  if (from->type() != value::Type::set || (to != nullptr && to->type() != value::Type::set)) {
    call.wrong_type();
    return;
  }
  const bool has_member = static_cast<const SetObject&>(from->object()).set().contains(member);
  if (has_member && call.key(0).key != call.key(1).key) {
    own_set(call, call.key(0)).erase(member);
    call.keys.changed(call.key(0), remove_event);
    change_or_make<SetObject>(call, call.key(1), add_event, [&](SetObject& object) {
      return object.set().add(member, set_limits(call));
    });
  }
  call.reply.integer(has_member ? 1 : 0);
}

void scard(Call& call) {
  const Set* set = find_set(call);
  if (!call.failed) call.reply.integer(set == nullptr ? 0 : std::int64_t(set->size()));
}

void sismember(Call& call) {
  const Set* set = find_set(call);
  if (call.failed) return;
  call.reply.integer(set != nullptr && set->contains(call.arg(2)) ? 1 : 0);
}

void smismember(Call& call) {
  const Set* set = find_set(call);
  if (call.failed) return;
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    call.reply.integer(set != nullptr && set->contains(call.arg(index)) ? 1 : 0);
  }
}

void smembers(Call& call) {
  const Set* set = find_set(call);
  if (call.failed) return;
  call.reply.set(set == nullptr ? 0 : set->size());
  if (set != nullptr) set->for_each([&](const Set::Text& member) { bulk_text(call, member); });
}

void sscan(Call& call) {
  scan_object<SetObject>(
      call, [](const SetObject& object, std::uint64_t cursor, std::size_t count, auto& give) {
        return object.set().scan(cursor, count, [&](const Set::Text& member) { give(member); });
      });
}

}  // namespace redouble::command::set_group
