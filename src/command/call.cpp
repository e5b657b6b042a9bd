#include "command/call.hpp"

#include <algorithm>
#include <string>

namespace redouble::command {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool equal_words(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, upper, upper);
}

bool Call::is_word(std::size_t index, std::string_view word) const {
  return index < args.size() && equal_words(args[index], word);
}

void Call::error(std::string_view text) {
  failed = true;
  instance.stats().error(text);
  reply.error(text);
}

void Call::syntax_error() { error("ERR syntax error"); }

void Call::wrong_type() {
  error("WRONGTYPE Operation against a key holding the wrong kind of value");
}

void Call::not_an_integer() { error("ERR value is not an integer or out of range"); }

void Call::not_a_float() { error("ERR value is not a valid float"); }

void Call::no_such_key() { error("ERR no such key"); }

void Call::wrong_arity() {
  error("ERR wrong number of arguments for '" + std::string(name) + "' command");
}

std::optional<std::int64_t> Call::integer(std::size_t index) {
  const auto parsed = resp::parse_integer(args[index]);
  if (!parsed) not_an_integer();
  return parsed;
}

void Call::other_bulk_string(const value::StringRef& string) {
  if (string.form == value::StringRef::Form::integer) {
    reply.bulk_integer(string.integer);
  } else {
    bulk_part(string, 0, string.size());
  }
}

void Call::bulk_part(const value::StringRef& string, std::size_t from, std::size_t size) {
  using Form = value::StringRef::Form;
  if (string.form == Form::block) {
    reply.bulk(resp::BlockRef::share(string.block), from, size);
  } else if (string.form == Form::patched) {
    const value::PatchedString& pieces = *string.patched;
    reply.bulk_in_parts(size, [&](resp::Output& output) {
      for (std::size_t at = from; at < from + size;) {
        const value::PatchedString::Run run = pieces.run_at(at);
        const std::size_t count = std::min(run.bytes.size(), from + size - at);
        if (run.in_base) {
          output.append(pieces.base(), *run.in_base, count);
        } else {
          output.append(run.bytes.substr(0, count));
        }
        at += count;
      }
    });
  } else {
    value::StringRef::Room room;
    reply.bulk(string.part(from, size, room));
  }
}

void Call::set_large_string(const store::Hashed& key, std::size_t index, store::Lifetime lifetime,
                            const store::Event& event) {
  for (const resp::BlockArgument& large : blocks) {
    if (large.index == index) return keys.set_block(key, large.block, lifetime, event);
  }
  keys.set_string(key, args[index], lifetime, event);
}

void Call::make_raw(const store::Hashed& key) {
  const store::Entry* entry = keys.find(key, store::Look::quiet);
  if (entry == nullptr || entry->encoding() == value::Encoding::raw) return;
  value::StringRef::Room room;
  keys.restore(
      store::Entry::make(key, entry->string().view(room), value::Encoding::raw, entry->deadline()));
}

}  // namespace redouble::command
