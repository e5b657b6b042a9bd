// The commands that read or set fields and do something about their deadlines, or erase them, in
// one: HGETDEL, HGETEX, HSETEX.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/handlers_hash.hpp"
#include "command/hash_access.hpp"

namespace redouble::command::hash_group {
namespace {

using store::EventKind;
using store::Look;

void bulk_or_null(Call& call, const std::optional<Hash::Text>& text) {
  if (text) {
    bulk_text(call, *text);
  } else {
    call.reply.null();
  }
}

void reply_nulls(Call& call, FieldNames fields) {
  call.reply.array(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) call.reply.null();
}

// HSETEX as it was asked for.
struct Setting {
  enum class Condition : std::uint8_t { none, if_no_field, if_all_fields };
  Condition condition = Condition::none;
  bool keeps_deadlines = false;
  std::optional<std::int64_t> at_ms;
  FieldNames pairs;

  // What each took is the last argument taken; false: the error is written. FIELDS takes all that
  // is left.
  bool take_condition(Call& call, Condition wanted);
  bool take_keepttl(Call& call);
  bool take_time(Call& call, std::size_t& index, TimeWord word);
  bool take_fields(Call& call, std::size_t index);
  bool parse(Call& call);
  bool holds(const Hash* hash) const;

 private:
  bool has_expiration() const { return keeps_deadlines || at_ms; }
  static bool refuse_second_expiration(Call& call) {
    call.error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
    return false;
  }
};

bool Setting::take_condition(Call& call, Condition wanted) {
  if (condition != Condition::none) {
    call.error("ERR Only one of FXX or FNX arguments can be specified");
    return false;
  }
  condition = wanted;
  return true;
}

bool Setting::take_keepttl(Call& call) {
  if (has_expiration()) return refuse_second_expiration(call);
  keeps_deadlines = true;
  return true;
}

bool Setting::take_time(Call& call, std::size_t& index, TimeWord word) {
  if (has_expiration()) return refuse_second_expiration(call);
  if (index + 1 >= call.size()) {
    call.error("ERR missing expire time");
    return false;
  }
  at_ms = field_deadline(call, ++index, word.unit, word.from);
  return at_ms.has_value();
}

bool Setting::take_fields(Call& call, std::size_t index) {
  constexpr std::int64_t most = INT32_MAX;
  if (index + 3 >= call.size()) {
    call.wrong_arity();
    return false;
  }
  const auto count = integer_between(call, ++index, 1, "ERR invalid number of fields", most);
  if (!count) return false;
  pairs = call.args.subspan(index + 1);
  if (pairs.size() != static_cast<std::size_t>(*count) * 2) {
    call.wrong_arity();
    return false;
  }
  return true;
}

bool Setting::parse(Call& call) {
  for (std::size_t index = 2; index < call.size(); ++index) {
    if (call.is_word(index, "FIELDS")) return take_fields(call, index);
    bool taken = false;
    if (call.is_word(index, "FNX")) {
      taken = take_condition(call, Condition::if_no_field);
    } else if (call.is_word(index, "FXX")) {
      taken = take_condition(call, Condition::if_all_fields);
    } else if (call.is_word(index, "KEEPTTL")) {
      taken = take_keepttl(call);
    } else if (const auto word = time_word(call, index)) {
      taken = take_time(call, index, *word);
    } else {
      call.error("ERR unknown argument: " + call.quoted(index));
    }
    if (!taken) return false;
  }
  // Not reached: so many arguments without FIELDS name something twice.
  call.wrong_arity();
  return false;
}

bool Setting::holds(const Hash* hash) const {
  if (condition == Condition::none) return true;
  for (std::size_t index = 0; index < pairs.size(); index += 2) {
    const bool there = hash != nullptr && hash->contains(pairs[index]);
    if (there != (condition == Condition::if_all_fields)) return false;
  }
  return true;
}

void set_pairs(Call& call, const Setting& setting, bool exists) {
  const Hash::Limits limits = hash_limits(call);
  Target<HashObject> target(call, call.key(), exists);
  Hash& hash = target->hash();
  for (std::size_t index = 0; index < setting.pairs.size(); index += 2) {
    const std::string_view field = setting.pairs[index];
    const std::string_view value = setting.pairs[index + 1];
    if (setting.keeps_deadlines) {
      hash.set_keeping_deadline(field, value, limits);
    } else {
      hash.set(field, value, limits);
    }
  }
  target.finish({EventKind::hash, "hset"});
}

// The fields that were set; they go where their deadline has come.
void set_deadlines(Call& call, const Setting& setting) {
  Hash& hash = own_value<HashObject>(call, call.key()).hash();
  std::vector<std::string_view> fields;
  for (std::size_t index = 0; index < setting.pairs.size(); index += 2) {
    fields.push_back(setting.pairs[index]);
    // One that is named twice may be gone already.
    if (hash.contains(fields.back())) set_or_erase(call, hash, fields.back(), *setting.at_ms);
  }
  const bool come = has_come(call, *setting.at_ms);
  call.keys.changed(call.key(), {EventKind::hash, event_of_deadline(come), false});
  if (come) return record_deadline(call, *setting.at_ms, fields);
  const std::string count = std::to_string(fields.size());
  record_fields(call,
                {"HSETEX", call.key().key, "PXAT", std::to_string(*setting.at_ms), "FIELDS", count},
                {setting.pairs.begin(), setting.pairs.end()}, false);
}

// What HGETEX does to the fields that it reads.
struct Change {
  bool persist = false;
  std::optional<std::int64_t> at_ms;

  bool is_set() const { return persist || at_ms; }
  // False where nothing had to be done.
  bool apply(Call& call, Hash& hash, std::string_view field) const {
    if (persist) return hash.drop_deadline(field);
    set_or_erase(call, hash, field, *at_ms);
    return true;
  }
  std::string_view event(const Call& call) const {
    return persist ? "hpersist" : event_of_deadline(has_come(call, *at_ms));
  }
};

void change_fields(Call& call, FieldNames fields, const Change& change) {
  Hash& hash = own_value<HashObject>(call, call.key()).hash();
  std::vector<std::string_view> changed;
  call.reply.array(fields.size());
  for (const std::string_view field : fields) {
    const auto text = hash.get(field);
    bulk_or_null(call, text);
    if (text && change.apply(call, hash, field)) changed.push_back(field);
  }
  if (changed.empty()) return;
  call.keys.changed(call.key(), {EventKind::hash, change.event(call)});
  if (change.persist) {
    record_fields(call, {"HPERSIST", call.key().key, "FIELDS"}, changed, true);
  } else {
    record_deadline(call, *change.at_ms, changed);
  }
}

}  // namespace

void hgetdel(Call& call) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  const auto fields = named_fields(call, 2, not_positive);
  if (!fields) return;
  if (found == nullptr) return reply_nulls(call, *fields);
  Hash& hash = own_value<HashObject>(call, call.key()).hash();
  std::vector<std::string_view> erased;
  call.reply.array(fields->size());
  for (const std::string_view field : *fields) {
    bulk_or_null(call, hash.get(field));
    if (hash.erase(field)) erased.push_back(field);
  }
  if (erased.empty()) return;
  call.keys.changed(call.key(), {EventKind::hash, "hdel"});
  record_fields(call, {"HDEL", call.key().key}, erased, false);
}

void hgetex(Call& call) {
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  Change change;
  change.persist = call.is_word(2, "PERSIST");
  const auto word = time_word(call, 2);
  const auto fields = named_fields(call, word ? 4 : change.persist ? 3 : 2, not_positive);
  if (!fields) return;
  if (word) {
    change.at_ms = field_deadline(call, 3, word->unit, word->from);
    if (!change.at_ms) return;
  }
  if (found == nullptr) return reply_nulls(call, *fields);
  if (change.is_set()) return change_fields(call, *fields, change);
  call.reply.array(fields->size());
  for (const std::string_view field : *fields) bulk_or_null(call, found->hash().get(field));
}

void hsetex(Call& call) {
  Setting setting;
  if (!setting.parse(call)) return;
  const HashObject* found = find_value<HashObject>(call, call.key(), Look::write);
  if (call.failed) return;
  if (!setting.holds(found == nullptr ? nullptr : &found->hash())) return call.reply.integer(0);
  set_pairs(call, setting, found != nullptr);
  if (setting.at_ms) set_deadlines(call, setting);
  call.reply.integer(1);
}

}  // namespace redouble::command::hash_group
