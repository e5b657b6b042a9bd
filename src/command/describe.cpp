#include "command/describe.hpp"

#include <array>
#include <span>

#include "command/category.hpp"
#include "command/grammar.hpp"
#include "command/keys.hpp"
#include "runtime/assert.hpp"

namespace redouble::command {
namespace {

using resp::ReplyWriter;

struct FlagName {
  std::uint32_t flag;
  std::string_view name;
};

// In the order in which they are told.
constexpr FlagName flag_names[] = {
    {write, "write"},
    {readonly, "readonly"},
    {denyoom, "denyoom"},
    {admin, "admin"},
    {pubsub, "pubsub"},
    {noscript, "noscript"},
    {blocking, "blocking"},
    {loading, "loading"},
    {stale, "stale"},
    {skip_monitor, "skip_monitor"},
    {skip_slowlog, "skip_slowlog"},
    {asking, "asking"},
    {fast, "fast"},
    {no_auth, "no_auth"},
    {no_mandatory_keys, "no_mandatory_keys"},
    {no_async_loading, "no_async_loading"},
    {no_multi, "no_multi"},
    {movablekeys, "movablekeys"},
    {allow_busy, "allow_busy"},
};

constexpr FlagName key_flag_names[] = {
    {key_ro, "RO"},
    {key_rw, "RW"},
    {key_ow, "OW"},
    {key_rm, "RM"},
    {key_access, "access"},
    {key_insert, "insert"},
    {key_delete, "delete"},
    {key_update, "update"},
    {key_not_key, "not_key"},
    {key_incomplete, "incomplete"},
    {key_variable_flags, "variable_flags"},
};

constexpr FlagName doc_flag_names[] = {
    {doc_deprecated, "deprecated"},
    {doc_syscmd, "syscmd"},
};

void write_flags(ReplyWriter& reply, std::uint32_t flags, std::span<const FlagName> names) {
  const auto place = reply.begin();
  std::size_t count = 0;
  for (const FlagName& name : names) {
    if ((flags & name.flag) == 0) continue;
    reply.simple(name.name);
    ++count;
  }
  reply.end_set(place, count);
}

void write_categories(ReplyWriter& reply, std::uint32_t categories) {
  const auto place = reply.begin();
  std::size_t count = 0;
  std::string name;
  for (std::size_t i = 0; i < acl_category_names.size(); ++i) {
    if ((categories >> i & 1) == 0) continue;
    name.assign("@").append(acl_category_names[i]);
    reply.simple(name);
    ++count;
  }
  reply.end_set(place, count);
}

// Entries of the maps: a key and its value.
void entry(ReplyWriter& reply, std::string_view key, std::string_view value) {
  reply.bulk(key);
  reply.bulk(value);
}
void entry(ReplyWriter& reply, std::string_view key, std::int64_t value) {
  reply.bulk(key);
  reply.integer(value);
}

void write_begin_search(ReplyWriter& reply, const KeySpec& spec) {
  reply.map(2);
  if (spec.find == KeySpec::Find::unknown) {
    entry(reply, "type", "unknown");
    reply.bulk("spec");
    reply.map(0);
  } else if (spec.keyword.empty()) {
    entry(reply, "type", "index");
    reply.bulk("spec");
    reply.map(1);
    entry(reply, "index", spec.index);
  } else {
    entry(reply, "type", "keyword");
    reply.bulk("spec");
    reply.map(2);
    entry(reply, "keyword", spec.keyword);
    entry(reply, "startfrom", spec.index);
  }
}

void write_find_keys(ReplyWriter& reply, const KeySpec& spec) {
  reply.map(2);
  switch (spec.find) {
    case KeySpec::Find::unknown:
      entry(reply, "type", "unknown");
      reply.bulk("spec");
      reply.map(0);
      return;
    case KeySpec::Find::range:
      entry(reply, "type", "range");
      reply.bulk("spec");
      reply.map(3);
      entry(reply, "lastkey", spec.last);
      entry(reply, "keystep", spec.step);
      entry(reply, "limit", spec.limit);
      return;
    case KeySpec::Find::keynum:
      entry(reply, "type", "keynum");
      reply.bulk("spec");
      reply.map(3);
      entry(reply, "keynumidx", spec.keynum);
      entry(reply, "firstkey", spec.first);
      entry(reply, "keystep", spec.step);
      return;
  }
}

void write_key_specs(ReplyWriter& reply, const Row& row) {
  std::size_t count = 0;
  while (count < row.keys.size() && row.keys[count].flags != 0) ++count;
  reply.set(count);
  for (const KeySpec& spec : std::span(row.keys).first(count)) {
    reply.map(spec.note.empty() ? 3 : 4);
    if (!spec.note.empty()) entry(reply, "notes", spec.note);
    reply.bulk("flags");
    write_key_flags(reply, spec.flags);
    reply.bulk("begin_search");
    write_begin_search(reply, spec);
    reply.bulk("find_keys");
    write_find_keys(reply, spec);
  }
}

std::size_t visible_subcommands(const CommandTable& table, const Row& row, std::uint32_t compat) {
  std::size_t count = 0;
  for (const Row& subcommand : row.subcommands) count += table.visible(subcommand, compat) ? 1 : 0;
  return count;
}

void write_argument_flags(ReplyWriter& reply, const Argument& argument) {
  reply.set(std::size_t{argument.optional} + argument.multiple + argument.multiple_token);
  if (argument.optional) reply.simple("optional");
  if (argument.multiple) reply.simple("multiple");
  if (argument.multiple_token) reply.simple("multiple_token");
}

void write_argument(ReplyWriter& reply, const Argument& argument) {
  const auto place = reply.begin();
  std::size_t pairs = 2;
  entry(reply, "name", argument.name);
  entry(reply, "type", argument_type_name(argument.type));
  if (argument.type == ArgumentType::key || argument.key_spec_index != 0) {
    entry(reply, "key_spec_index", argument.key_spec_index);
    ++pairs;
  }
  if (argument.token) {
    entry(reply, "token", *argument.token);
    ++pairs;
  }
  if (!argument.since.empty()) {
    entry(reply, "since", argument.since);
    ++pairs;
  }
  if (!argument.deprecated_since.empty()) {
    entry(reply, "deprecated_since", argument.deprecated_since);
    ++pairs;
  }
  if (argument.optional || argument.multiple) {
    reply.bulk("flags");
    write_argument_flags(reply, argument);
    ++pairs;
  }
  if (!argument.children.empty()) {
    reply.bulk("arguments");
    reply.array(argument.children.size());
    for (const Argument& child : argument.children) write_argument(reply, child);
    ++pairs;
  }
  reply.end_map(place, pairs);
}

}  // namespace

void write_key_flags(ReplyWriter& reply, std::uint16_t flags) {
  write_flags(reply, flags, key_flag_names);
}

void write_info(ReplyWriter& reply, const CommandTable& table, const Row& row,
                std::uint32_t compat) {
  reply.array(10);
  reply.bulk(table.full_name(row));
  reply.integer(arity_of(row, compat));
  write_flags(reply, row.flags, flag_names);
  const KeyRange range = key_range(row);
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  write_categories(reply, acl_categories(row));
  reply.set(row.tips.size());
  for (const std::string_view tip : row.tips) reply.bulk(tip);
  write_key_specs(reply, row);
  const std::size_t subcommands = visible_subcommands(table, row, compat);
  if (subcommands == 0) {
    reply.set(0);
    return;
  }
  reply.array(subcommands);
  for (const Row& subcommand : row.subcommands) {
    if (table.visible(subcommand, compat)) write_info(reply, table, subcommand, compat);
  }
}

void write_docs(ReplyWriter& reply, const CommandTable& table, const Row& row,
                std::uint32_t compat) {
  const auto place = reply.begin();
  std::size_t pairs = 3;
  entry(reply, "summary", row.summary);
  entry(reply, "since", row.since);
  entry(reply, "group", group_name(row.group));
  if (!row.complexity.empty()) {
    entry(reply, "complexity", row.complexity);
    ++pairs;
  }
  if (row.doc_flags != 0) {
    reply.bulk("doc_flags");
    write_flags(reply, row.doc_flags, doc_flag_names);
    ++pairs;
  }
  if (!row.deprecated_since.empty()) {
    entry(reply, "deprecated_since", row.deprecated_since);
    ++pairs;
  }
  if (!row.replaced_by.empty()) {
    entry(reply, "replaced_by", row.replaced_by);
    ++pairs;
  }
  if (!row.grammar.empty()) {
    auto arguments = parse_grammar(row.grammar);
    REDOUBLE_ASSERT(arguments.has_value());  // a unit test parses every row's
    leave_out_later(*arguments, compat);
    reply.bulk("arguments");
    reply.array(arguments->size());
    for (const Argument& argument : *arguments) write_argument(reply, argument);
    ++pairs;
  }
  const std::size_t subcommands = visible_subcommands(table, row, compat);
  if (subcommands != 0) {
    reply.bulk("subcommands");
    reply.map(subcommands);
    for (const Row& subcommand : row.subcommands) {
      if (!table.visible(subcommand, compat)) continue;
      reply.bulk(table.full_name(subcommand));
      write_docs(reply, table, subcommand, compat);
    }
    ++pairs;
  }
  reply.end_map(place, pairs);
}

std::string_view group_name(Group group) {
  constexpr std::array<std::string_view, 17> names = {
      "string", "generic",      "list",       "set",     "sorted-set", "hash",
      "pubsub", "transactions", "connection", "server",  "scripting",  "hyperloglog",
      "geo",    "stream",       "bitmap",     "cluster", "double"};
  return names[static_cast<std::size_t>(group)];
}

}  // namespace redouble::command
