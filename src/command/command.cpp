// The handlers of COMMAND and its subcommands: the table, told to clients.
#include <string_view>

#include "command/call.hpp"
#include "command/category.hpp"
#include "command/describe.hpp"
#include "command/handlers_server.hpp"
#include "command/keys.hpp"
#include "command/table.hpp"
#include "value/glob.hpp"

namespace redouble::command::server_group {
namespace {

const CommandTable& table() { return CommandTable::standard(); }
std::uint32_t compat_of(const Call& call) { return call.instance.hot().compat; }

std::size_t visible_commands(const Call& call) {
  std::size_t count = 0;
  for (const Row& row : table().commands()) count += table().visible(row, compat_of(call)) ? 1 : 0;
  return count;
}

// The row of a name as COMMAND INFO and DOCS take it ("get", "config|get"), where it is visible.
const Row* named_row(const Call& call, std::string_view name) {
  const Row* row = table().find_full(name);
  return row != nullptr && table().visible(*row, compat_of(call)) ? row : nullptr;
}

void info_of_all(Call& call) {
  call.reply.array(visible_commands(call));
  for (const Row& row : table().commands()) {
    if (table().visible(row, compat_of(call))) {
      write_info(call.reply, table(), row, compat_of(call));
    }
  }
}

// Lists the full names of all rows for which `wanted` holds.
template <typename Predicate>
void list_rows(Call& call, Predicate wanted) {
  const auto place = call.reply.begin();
  std::size_t count = 0;
  for (const Row& row : table().rows()) {
    if (!table().visible(row, compat_of(call)) || !wanted(row)) continue;
    call.reply.bulk(table().full_name(row));
    ++count;
  }
  call.reply.end_array(place, count);
}

bool has_keys(const Row& row) {
  for (const KeySpec& spec : row.keys) {
    if (spec.flags != 0 && (spec.flags & key_not_key) == 0) return true;
  }
  return false;
}

// Finds the keys of the request behind COMMAND GETKEYS; where that fails, the reply is written and
// the result is false.
bool keys_of_request(Call& call, std::span<const std::string_view> request, KeyList& keys) {
  const Row* row = table().resolve(request);
  if (row == nullptr || !table().visible(*row, compat_of(call)) ||
      (has_subcommands(*row) && request.size() > 1)) {
    call.error("ERR Invalid command specified");
  } else if (!has_keys(*row)) {
    call.error("ERR The command has no key arguments");
  } else if (!arity_fits(*row, request.size(), compat_of(call))) {
    call.error("ERR Invalid number of arguments specified for command");
  } else if (find_keys(*row, request, keys) == KeysFound::ok && !keys.empty()) {
    return true;
  } else if ((row->flags & no_mandatory_keys) != 0) {
    call.reply.array(0);
  } else {
    call.error("ERR Invalid arguments specified for command");
  }
  return false;
}

}  // namespace

void command(Call& call) { info_of_all(call); }

void command_count(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(visible_commands(call)));
}

void command_info(Call& call) {
  if (call.size() == 2) return info_of_all(call);
  call.reply.array(call.size() - 2);
  for (const std::string_view name : call.args.subspan(2)) {
    if (const Row* row = named_row(call, name)) {
      write_info(call.reply, table(), *row, compat_of(call));
    } else {
      call.reply.null();
    }
  }
}

void command_docs(Call& call) {
  const auto place = call.reply.begin();
  std::size_t count = 0;
  const auto document = [&](const Row* row) {
    if (row == nullptr || !table().visible(*row, compat_of(call))) return;
    call.reply.bulk(table().full_name(*row));
    write_docs(call.reply, table(), *row, compat_of(call));
    ++count;
  };
  if (call.size() == 2) {
    for (const Row& row : table().commands()) document(&row);
  } else {
    for (const std::string_view name : call.args.subspan(2)) document(table().find_full(name));
  }
  call.reply.end_map(place, count);
}

void command_list(Call& call) {
  if (call.size() == 2) return list_rows(call, [](const Row&) { return true; });
  if (call.size() != 5 || !call.is_word(2, "FILTERBY")) return call.syntax_error();
  const std::string_view value = call.arg(4);
  if (call.is_word(3, "MODULE")) {
    list_rows(call, [](const Row&) { return false; });  // there are no modules
  } else if (call.is_word(3, "ACLCAT")) {
    const std::uint32_t category = acl_categories_named(value);
    list_rows(call, [&](const Row& row) { return (acl_categories(row) & category) != 0; });
  } else if (call.is_word(3, "PATTERN")) {
    list_rows(call, [&](const Row& row) {
      return value::glob_match(value, table().full_name(row), true);
    });
  } else {
    call.syntax_error();
  }
}

void command_getkeys(Call& call) {
  const auto request = call.args.subspan(2);
  KeyList keys;
  if (!keys_of_request(call, request, keys)) return;
  call.reply.array(keys.size());
  for (const KeyPosition& key : keys) call.reply.bulk(request[key.position]);
}

void command_getkeysandflags(Call& call) {
  const auto request = call.args.subspan(2);
  KeyList keys;
  if (!keys_of_request(call, request, keys)) return;
  call.reply.array(keys.size());
  for (const KeyPosition& key : keys) {
    call.reply.array(2);
    call.reply.bulk(request[key.position]);
    write_key_flags(call.reply, key.flags);
  }
}

}  // namespace redouble::command::server_group
