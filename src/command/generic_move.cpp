// The commands that give a value another place: COPY, MOVE, RENAME, RENAMENX.
//
// The stripe follows from the key alone, so holding a key's lock holds it in every database.
#include <limits>
#include <optional>

#include "command/call.hpp"
#include "command/handlers_generic.hpp"

namespace redouble::command::generic_group {
namespace {

using store::EventKind;
using store::Look;

constexpr store::Event rename_from{EventKind::generic, "rename_from", false};
constexpr store::Event rename_to{EventKind::generic, "rename_to"};
constexpr store::Event move_from{EventKind::generic, "move_from", false};
constexpr store::Event move_to{EventKind::generic, "move_to"};
constexpr store::Event copy_to{EventKind::generic, "copy_to"};

// args[index] as the number of a database. Nothing: the error is written.
std::optional<int> database_number(Call& call, std::size_t index) {
  const auto number = resp::parse_integer(call.arg(index));
  constexpr std::int64_t least = std::numeric_limits<int>::min();
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  if (!number) {
    call.not_an_integer();
  } else if (*number < least || *number > most) {
    call.error("ERR value is out of range, value must between -2147483648 and 2147483647");
  } else if (*number < 0 || *number >= call.instance.keyspace().database_count()) {
    call.error("ERR DB index is out of range");
  } else {
    return static_cast<int>(*number);
  }
  return std::nullopt;
}

void same_object(Call& call) { call.error("ERR source and destination objects are the same"); }

// The same value for another place, with its deadline.
store::EntryPtr relocated(store::Keys& to, const store::Hashed& key, const store::Entry& entry) {
  return entry.with(key, to.renewed(entry.deadline()));
}

void rename_key(Call& call, bool only_if_free) {
  const store::Hashed& from = call.key(0);
  const store::Hashed& to = call.key(1);
  const store::Entry* entry = call.keys.find(from, Look::write);
  if (entry == nullptr) {
    call.no_such_key();
    return;
  }
  const bool same = from.key == to.key;
  if (only_if_free && (same || call.keys.find(to, Look::write) != nullptr)) {
    call.reply.integer(0);
    return;
  }
  if (!same) {
    call.keys.find(to, Look::write);
    store::EntryPtr moved = relocated(call.keys, to, *entry);
    call.keys.erase(from, rename_from);
    call.keys.put(std::move(moved), rename_to, store::Uses::kept);
  }
  if (only_if_free) {
    call.reply.integer(1);
  } else {
    call.reply.ok();
  }
}

struct CopyOptions {
  int database = 0;
  bool replace = false;
};

// False: the error is written.
bool parse(Call& call, CopyOptions& options) {
  for (std::size_t index = 3; index < call.size(); ++index) {
    if (call.is_word(index, "REPLACE")) {
      options.replace = true;
    } else if (call.is_word(index, "DB") && index + 1 < call.size()) {
      const auto number = database_number(call, ++index);
      if (!number) return false;
      options.database = *number;
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

}  // namespace

void rename(Call& call) { rename_key(call, false); }

void renamenx(Call& call) { rename_key(call, true); }

void move(Call& call) {
  const auto number = database_number(call, 2);
  if (!number) return;
  if (*number == call.keys.number()) {
    same_object(call);
    return;
  }
  store::Keys there = call.locks.database(*number);
  const store::Entry* entry = call.keys.find(call.key(), Look::write);
  if (entry == nullptr || there.find(call.key(), Look::write) != nullptr) {
    call.reply.integer(0);
    return;
  }
  store::EntryPtr moved = relocated(there, call.key(), *entry);
  call.keys.erase(call.key(), move_from);
  there.put(std::move(moved), move_to, store::Uses::kept);
  call.reply.integer(1);
}

void copy(Call& call) {
  CopyOptions options{.database = call.keys.number()};
  if (!parse(call, options)) return;
  const store::Hashed& from = call.key(0);
  const store::Hashed& to = call.key(1);
  if (options.database == call.keys.number() && from.key == to.key) {
    same_object(call);
    return;
  }
  store::Keys there = call.locks.database(options.database);
  const store::Entry* entry = call.keys.find(from);
  if (entry == nullptr || (there.find(to, Look::write) != nullptr && !options.replace)) {
    call.reply.integer(0);
    return;
  }
  store::EntryPtr copied = relocated(there, to, *entry);
  copied->set_copied_integer();
  there.put(std::move(copied), copy_to);
  call.reply.integer(1);
}

}  // namespace redouble::command::generic_group
