// The members of Keys that deal with values of other types than string.
#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "store/keys.hpp"
#include "store/keyspace.hpp"

namespace redouble::store {

value::Object* Keys::own_object(const Hashed& key) {
  Share* share = LockSet::share(locks_.stripe_of(key.hash), database_);
  Entry* entry = share == nullptr ? nullptr : own_live(*share, key);
  return entry == nullptr ? nullptr : &entry->mutable_object();
}

void Keys::changed(const Hashed& key, const Event& event) { finish_change(key, event, {}); }

void Keys::finish_change(const Hashed& key, const Event& event,
                         std::span<const std::string> expired_parts) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  Entry* entry = own(share, key);
  REDOUBLE_ASSERT(entry != nullptr);
  value::Object& object = entry->mutable_object();
  const std::size_t before = object.counted_bytes();
  object.recount();
  count_bytes(stripe, share, object.counted_bytes() - before);
  const bool goes = object.empty() && object.type() != value::Type::stream;
  if (goes) {
    take_out(stripe, key);
  } else if (object.type() == value::Type::hash) {
    settle_due(stripe, share, key, *entry);
  }
  announce(key, event, Effect::Wakes::nobody, expired_parts);
  if (goes) announce(key, {EventKind::generic, "del", false});
}

void Keys::settle_due(Stripe& stripe, Share& share, const Hashed& key, Entry& entry) {
  if (mutant("field-deadlines-not-settled")) return;
  if (entry.keeps_parts_due()) {
    const Deadline due = entry.due_now();
    share.table.set_due(entry, due);
    note_deadline(stripe, due);
  } else if (entry.object().parts_due_ms()) {
    // Its first part with a deadline: from now on the entry has room for both.
    replace(stripe, share, key.hash, entry.with(key, renewed(entry.deadline())));
  }
}

std::size_t Keys::expire_parts(const Hashed& key, std::size_t most) {
  // A key that points into an entry that a snapshot shares would go when that does.
  const std::string name(key.key);
  const Hashed held{.key = name, .hash = key.hash};
  Stripe& stripe = locks_.stripe_of(held.hash);
  Entry* entry = own(LockSet::make_share(stripe, database_), held);
  const std::vector<std::string> taken = entry->mutable_object().take_due_parts(most);
  stripe.expired_parts += taken.size();
  finish_change(held, {EventKind::hash, "hexpired", false}, taken);
  return taken.size();
}

void Keys::put_object(const Hashed& key, value::ObjectRef object, Lifetime lifetime,
                      const Event& event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  const AccessClock& clock = locks_.keyspace().access_clock();
  Entry* old = own_live(share, key);
  Deadline deadline;
  if (lifetime.kind == Lifetime::Kind::until) {
    deadline = deadline_at(lifetime.at_ms);
  } else if (lifetime.kind == Lifetime::Kind::kept && old != nullptr) {
    deadline = old->deadline();
  }
  if (object->parts_due_ms()) deadline = renewed(deadline);
  const auto wakes = old == nullptr ? Effect::Wakes::all : wakes_when_gone(*old);
  EntryPtr made = Entry::make(key, std::move(object), deadline);
  if (old == nullptr) {
    clock.begin(*made, now_ms());
    insert(stripe, share, key.hash, std::move(made));
  } else {
    // A new value goes on with the uses of the old one.
    clock.use(*old, now_ms(), stripe.random);
    succeed(stripe, share, key, *old, std::move(made));
  }
  announce(key, event, wakes);
}

Random Keys::random_for(const Hashed& key) {
  return Random(locks_.stripe_of(key.hash).random.next());
}

}  // namespace redouble::store
