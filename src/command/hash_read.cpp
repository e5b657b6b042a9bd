// The commands that read hashes.
#include "command/handlers_hash.hpp"
#include "command/objects.hpp"
#include "command/random_elements.hpp"
#include "value/hash.hpp"

namespace redouble::command::hash_group {
namespace {

using value::Hash;
using value::HashObject;

// The hash under the first key; without an error nullptr means an empty one.
const Hash* find_hash(Call& call) {
  const HashObject* object = find_value<HashObject>(call, call.key());
  return object == nullptr ? nullptr : &object->hash();
}

void bulk_or_null(Call& call, const Hash* hash, std::string_view field) {
  const auto value = hash == nullptr ? std::nullopt : hash->get(field);
  if (value) {
    bulk_text(call, *value);
  } else {
    call.reply.null();
  }
}

enum class Part : std::uint8_t { field, value };

void reply_all(Call& call, Part part) {
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  call.reply.array(hash == nullptr ? 0 : hash->size());
  if (hash == nullptr) return;
  hash->for_each([&](const Hash::Pair& pair) {
    bulk_text(call, part == Part::field ? pair.field : pair.value);
  });
}

// Fields, or pairs, of HRANDFIELD with a count; of a negative count, as many with repetition.
void reply_random(Call& call, const Hash& hash, std::int64_t count, bool with_values) {
  store::Random random = call.keys.random_for(call.key());
  const auto wanted =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  const std::size_t given = count < 0 ? wanted : std::min<std::size_t>(wanted, hash.size());
  const bool nested = with_values && call.reply.protocol() > 2;
  call.reply.array(with_values && !nested ? given * 2 : given);
  const auto give = [&](const Hash::Pair& pair) {
    if (nested) call.reply.array(2);
    bulk_text(call, pair.field);
    if (with_values) bulk_text(call, pair.value);
  };
  if (count < 0) {
    for (std::size_t i = 0; i < given; ++i) give(hash.random(random.next()));
  } else if (given == hash.size()) {
    hash.for_each(give);
  } else {
    const auto field_of = [](const Hash::Pair& pair) { return pair.field; };
    for (const auto& pair : draw_different<Hash::Pair>(hash, given, random, field_of)) give(pair);
  }
}

}  // namespace

void hexists(Call& call) {
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  call.reply.integer(hash != nullptr && hash->contains(call.arg(2)) ? 1 : 0);
}

void hget(Call& call) {
  const Hash* hash = find_hash(call);
  if (!call.failed) bulk_or_null(call, hash, call.arg(2));
}

void hgetall(Call& call) {
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  call.reply.map(hash == nullptr ? 0 : hash->size());
  if (hash == nullptr) return;
  hash->for_each([&](const Hash::Pair& pair) {
    bulk_text(call, pair.field);
    bulk_text(call, pair.value);
  });
}

void hkeys(Call& call) { reply_all(call, Part::field); }

void hvals(Call& call) { reply_all(call, Part::value); }

void hlen(Call& call) {
  const Hash* hash = find_hash(call);
  if (!call.failed) call.reply.integer(hash == nullptr ? 0 : std::int64_t(hash->size()));
}

void hmget(Call& call) {
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    bulk_or_null(call, hash, call.arg(index));
  }
}

void hstrlen(Call& call) {
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  const auto value = hash == nullptr ? std::nullopt : hash->get(call.arg(2));
  call.reply.integer(value ? static_cast<std::int64_t>(value->size()) : 0);
}

void hrandfield(Call& call) {
  const bool has_count = call.size() > 2;
  std::optional<std::int64_t> count;
  if (has_count) {
    count = random_count(call, 2);
    if (!count) return;
    if (call.size() > 4 || (call.size() == 4 && !call.is_word(3, "WITHVALUES"))) {
      call.syntax_error();
      return;
    }
    constexpr std::int64_t half = INT64_MAX / 2;
    if (call.size() == 4 && (*count < -half || *count > half)) {
      call.error("ERR value is out of range");
      return;
    }
  }
  const Hash* hash = find_hash(call);
  if (call.failed) return;
  if (hash == nullptr && !has_count) {
    call.reply.null();
  } else if (hash == nullptr) {
    call.reply.array(0);
  } else if (!has_count) {
    bulk_text(call, hash->random(call.keys.random_for(call.key()).next()).field);
  } else {
    reply_random(call, *hash, *count, call.size() == 4);
  }
}

void hscan(Call& call) {
  scan_object<HashObject>(
      call,
      [](const HashObject& object, std::uint64_t cursor, std::size_t count, auto& give) {
        return object.hash().scan(cursor, count,
                                  [&](const Hash::Pair& pair) { give(pair.field, pair.value); });
      },
      {.with_novalues = true});
}

}  // namespace redouble::command::hash_group
