// The members of Keys that deal with values of other types than string.
#include "runtime/assert.hpp"
#include "store/keys.hpp"
#include "store/keyspace.hpp"

namespace redouble::store {

value::Object* Keys::own_object(const Hashed& key) {
  Share* share = LockSet::share(locks_.stripe_of(key.hash), database_);
  Entry* entry = share == nullptr ? nullptr : own_live(*share, key);
  return entry == nullptr ? nullptr : &entry->mutable_object();
}

void Keys::changed(const Hashed& key, Event event) {
  Stripe& stripe = locks_.stripe_of(key.hash);
  Share& share = LockSet::make_share(stripe, database_);
  Entry* entry = own(share, key);
  REDOUBLE_ASSERT(entry != nullptr);
  value::Object& object = entry->mutable_object();
  const std::size_t before = object.counted_bytes();
  object.recount();
  count_bytes(stripe, share, object.counted_bytes() - before);
  const bool goes = object.empty() && object.type() != value::Type::stream;
  if (goes) take_out(stripe, key);
  announce(key, event);
  if (goes) announce(key, {EventKind::generic, "del", false});
}

void Keys::put_object(const Hashed& key, value::ObjectRef object, Lifetime lifetime, Event event) {
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
  EntryPtr made = Entry::make(key, std::move(object), deadline);
  if (old == nullptr) {
    clock.begin(*made, now_ms());
    insert(stripe, share, key.hash, std::move(made));
  } else {
    // A new value goes on with the uses of the old one.
    clock.use(*old, now_ms(), stripe.random);
    made->set_access(old->access());
    replace(stripe, share, key.hash, std::move(made));
  }
  announce(key, event);
}

Random Keys::random_for(const Hashed& key) {
  return Random(locks_.stripe_of(key.hash).random.next());
}

}  // namespace redouble::store
