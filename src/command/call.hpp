// Call: what a handler gets: one request, its locked keys, the reply to be written, and the time.
//
// A handler is a plain function of a Call. It runs as (a part of) one atomic step: the keys that
// its row finds are locked, `keys` shows them in the client's database, and each change goes
// through `keys` with the event to announce. It writes exactly one reply to `reply`, an error only
// through error() and its relatives, so that it is counted. It knows no mutex, no socket and no
// coroutine; what it wants of its own client's connection it says in the Client (close_after_reply,
// protocol). A handler that cannot answer yet says what it waits for (command/wait.hpp) and replies
// nothing. Thread safety: belongs to the thread of its step. Units: times in Unix milliseconds.
// Errors: error replies; a handler throws only std::bad_alloc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "command/keys.hpp"
#include "command/row.hpp"
#include "command/wait.hpp"
#include "instance/instance.hpp"
#include "resp/number.hpp"
#include "resp/reply_writer.hpp"
#include "runtime/mutant.hpp"
#include "store/keys.hpp"
#include "store/keyspace.hpp"

namespace redouble::command {

struct Call {
  const Row& row;
  std::string_view name;                   // full: "get", "config|get"
  std::span<const std::string_view> args;  // args[0] is the command's name
  // The keys that the row finds, in the order of its specs.
  std::span<const store::Hashed> found_keys;
  instance::Instance& instance;
  instance::Client& client;
  instance::Step& step;
  store::LockSet& locks;
  store::Keys keys;
  resp::ReplyWriter& reply;
  unsigned slot;
  // False inside of a transaction or a script, and when a waiting command runs again.
  bool may_wait = true;
  // Of a command that has waited: the place, in found_keys, of the key that is ready.
  std::optional<std::size_t> ready = {};
  // The large arguments that stand in blocks of their own.
  std::span<const resp::BlockArgument> blocks = {};
  bool failed = false;
  // Set, and no reply written: the command waits.
  std::optional<Wait> wait = {};

  // Not an aggregate: one whose optional parts are left out is first filled with zeros.
  Call(const Row& row_, std::string_view name_, std::span<const std::string_view> args_,
       std::span<const store::Hashed> found_keys_, instance::Instance& instance_,
       instance::Client& client_, instance::Step& step_, store::LockSet& locks_, int database,
       resp::ReplyWriter& reply_, unsigned slot_)
      : row(row_),
        name(name_),
        args(args_),
        found_keys(found_keys_),
        instance(instance_),
        client(client_),
        step(step_),
        locks(locks_),
        keys(locks_.database(database)),
        reply(reply_),
        slot(slot_) {}

  std::size_t size() const { return args.size(); }
  std::string_view arg(std::size_t index) const { return args[index]; }
  // True where args[index] is this word, in any case; `word` is in upper case.
  bool is_word(std::size_t index, std::string_view word) const;
  const store::Hashed& key(std::size_t index = 0) const { return found_keys[index]; }
  // For keys that no spec finds: only with every lock held.
  store::Hashed hashed(std::string_view key) const { return instance.keyspace().hash()(key); }
  std::int64_t now_ms() const { return locks.now_ms(); }
  const instance::Settings& settings() const { return instance.settings(); }
  bool recording() const { return step.recording(); }
  // Whether what came with this version of Redis is there.
  bool speaks(instance::CompatVersion version) const {
    return settings().compat_version >= version;
  }

  // Error replies. `text` starts with its code: "ERR ...".
  void error(std::string_view text);
  void syntax_error();    // ERR syntax error
  void wrong_type();      // WRONGTYPE ...
  void not_an_integer();  // ERR value is not an integer or out of range
  void not_a_float();     // ERR value is not a valid float
  void no_such_key();     // ERR no such key
  void wrong_arity();     // ERR wrong number of arguments for '...' command

  // An argument as an error reply quotes it: up to its first NUL byte, and so many bytes.
  std::string quoted(std::size_t index, std::size_t most = std::string::npos) const {
    const std::string_view text = args[index].substr(0, most);
    if (mutant("error_quotes_all")) return std::string(text);
    return std::string(text.substr(0, text.find('\0')));
  }

  // args[index] as an integer; where it is none, the error is written and nothing is given.
  std::optional<std::int64_t> integer(std::size_t index);

  // The string under a key. Nothing where there is no key, or where it holds another type: then
  // the error is written and `failed` is true.
  const store::Entry* string_entry(const store::Hashed& key, store::Look look = store::Look::read) {
    const store::Entry* entry = keys.find(key, look);
    if (entry == nullptr || entry->type() == value::Type::string) [[likely]]
      return entry;
    wrong_type();
    return nullptr;
  }
  // args[index] becomes the string under a key, by the rules of SET; a large one is not copied.
  void set_string(const store::Hashed& key, std::size_t index, store::Lifetime lifetime,
                  const store::Event& event) {
    if (!blocks.empty()) [[unlikely]]
      return set_large_string(key, index, lifetime, event);
    keys.set_string(key, args[index], lifetime, event);
  }
  // Makes the string under a key, if there is one, a raw one of the same value, as the real server
  // does before it may write into it. Views of it are stale afterwards.
  void make_raw(const store::Hashed& key);
  // The value of a string as a bulk; large ones are not copied.
  void bulk_string(const value::StringRef& string) {
    if (string.form == value::StringRef::Form::bytes) [[likely]]
      return reply.bulk(string.bytes);
    other_bulk_string(string);
  }

  // The rare parts of the above.
  void set_large_string(const store::Hashed& key, std::size_t index, store::Lifetime lifetime,
                        const store::Event& event);
  void other_bulk_string(const value::StringRef& string);
  // The bytes [from, from + size) of one. REQUIRES: it has them.
  void bulk_part(const value::StringRef& string, std::size_t from, std::size_t size);
};

// Whether two words are equal but for the case of ASCII letters.
bool equal_words(std::string_view left, std::string_view right);

}  // namespace redouble::command
