// SPOP and SRANDMEMBER: members that chance chooses.
#include <string>
#include <vector>

#include "command/handlers_set.hpp"
#include "command/objects.hpp"
#include "command/random_elements.hpp"
#include "command/set_limits.hpp"
#include "resp/number.hpp"
#include "value/set.hpp"

namespace redouble::command::set_group {
namespace {

using store::EventKind;
using store::Look;
using value::Set;
using value::SetObject;

constexpr store::Event pop_event{EventKind::set, "spop"};

Set& own_set(Call& call) { return own_value<SetObject>(call, call.key()).set(); }

std::string text_of(const Set::Text& member) {
  value::Digits digits;
  return std::string(member.view(digits));
}

void pop_one(Call& call) {
  const SetObject* found = find_value<SetObject>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr) {
    call.reply.null();
    return;
  }
  const std::uint64_t bits = call.keys.random_for(call.key()).next();
  const std::string member = text_of(found->set().random(bits));
  own_set(call).erase(member);
  call.keys.changed(call.key(), pop_event);
  call.reply.bulk(member);
  if (call.recording()) call.step.record_as({"SREM", call.key().key, member});
}

void pop_all(Call& call, const SetObject& object) {
  // The real server reads it as a union of one.
  call.keys.find(call.key(), Look::untouched);
  const Set& set = object.set();
  call.reply.set(set.size());
  set.for_each([&](const Set::Text& member) { bulk_text(call, member); });
  if (store::Reclaimer::is_large(object)) call.locks.discard(object.copy());
  own_set(call) = Set{};
  call.keys.changed(call.key(), pop_event);
  if (call.recording()) call.step.record_as({"DEL", call.key().key});
}

void pop_some(Call& call, const Set& set, std::size_t count) {
  store::Random random = call.keys.random_for(call.key());
  const auto itself = [](const Set::Text& member) { return member; };
  const auto drawn = draw_different<Set::Text>(set, count, random, itself);
  std::vector<std::string> members;
  members.reserve(count);
  for (const Set::Text& member : drawn) members.push_back(text_of(member));
  Set& own = own_set(call);
  for (const std::string& member : members) own.erase(member);
  // Where little is left of much, the real server moves that into a new set: integers alone become
  // an intset again.
  if (own.size() * 5 <= count) {
    Set rest;
    const Set::Limits limits = set_limits(call);
    own.for_each([&](const Set::Text& member) { rest.add(member, limits); });
    own = std::move(rest);
  }
  call.keys.changed(call.key(), pop_event);
  call.reply.set(members.size());
  for (const std::string& member : members) call.reply.bulk(member);
  if (call.recording()) {
    std::vector<std::string_view> record = {"SREM", call.key().key};
    record.insert(record.end(), members.begin(), members.end());
    call.step.record_as(record);
  }
}

}  // namespace

void spop(Call& call) {
  if (call.size() == 2) {
    pop_one(call);
    return;
  }
  if (call.size() > 3) {
    call.syntax_error();
    return;
  }
  const auto count = resp::parse_integer(call.arg(2));
  if (!count || *count < 0) {
    call.error("ERR value is out of range, must be positive");
    return;
  }
  const SetObject* found = find_value<SetObject>(call, call.key(), Look::write);
  if (call.failed) return;
  if (found == nullptr || *count == 0) {
    call.reply.set(0);
  } else if (static_cast<std::size_t>(*count) >= found->set().size()) {
    pop_all(call, *found);
  } else {
    pop_some(call, found->set(), static_cast<std::size_t>(*count));
  }
}

void srandmember(Call& call) {
  std::optional<std::int64_t> count;
  if (call.size() > 3) {
    call.syntax_error();
    return;
  }
  if (call.size() == 3) {
    count = random_count(call, 2);
    if (!count) return;
  }
  const SetObject* found = find_value<SetObject>(call, call.key());
  if (call.failed) return;
  store::Random random = call.keys.random_for(call.key());
  if (found == nullptr && !count) {
    call.reply.null();
  } else if (found == nullptr || count == 0) {
    call.reply.array(0);
  } else if (!count) {
    bulk_text(call, found->set().random(random.next()));
  } else if (*count < 0) {
    const std::uint64_t given = 0 - static_cast<std::uint64_t>(*count);
    call.reply.array(given);
    for (std::uint64_t i = 0; i < given; ++i) bulk_text(call, found->set().random(random.next()));
  } else if (static_cast<std::size_t>(*count) >= found->set().size()) {
    call.reply.array(found->set().size());
    found->set().for_each([&](const Set::Text& member) { bulk_text(call, member); });
  } else {
    const auto itself = [](const Set::Text& member) { return member; };
    const auto drawn =
        draw_different<Set::Text>(found->set(), static_cast<std::size_t>(*count), random, itself);
    call.reply.array(drawn.size());
    for (const Set::Text& member : drawn) bulk_text(call, member);
  }
}

}  // namespace redouble::command::set_group
