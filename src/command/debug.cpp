// DEBUG: what the tests of Redis's users ask of it; the rest is refused in words.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "command/call.hpp"
#include "command/dataset_digest.hpp"
#include "command/dump_settings.hpp"
#include "command/handlers_server.hpp"
#include "command/help.hpp"
#include "command/objects.hpp"
#include "value/list.hpp"

namespace redouble::command::server_group {
namespace {

// As one that does not exist.
void refuse(Call& call) {
  call.error("ERR unknown subcommand or wrong number of arguments for '" + call.quoted(1) +
             "'. Try DEBUG HELP.");
}

constexpr store::Event populated{store::EventKind::string, "set"};

// As in Redis everybody waits, not only who asked. This is real time, whatever the clock does.
void sleep(Call& call) {
  const std::string text(call.arg(2));
  const double seconds = std::strtod(text.c_str(), nullptr);
  if (seconds > 0 && std::isfinite(seconds)) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
  call.reply.ok();
}

// The bytes that a value takes in a dump, without its kind and the footer.
std::size_t serialized_length(const Call& call, const store::Entry& entry) {
  std::string bytes;
  value::rdb::Writer writer(bytes, dump_options(call));
  write_entry(writer, entry);
  return bytes.size();
}

// Of a list: its pieces, as Redis tells of its nodes.
void write_list(std::string& text, const Call& call, const value::List& list) {
  constexpr std::size_t frame = 7;  // head and end of a listpack
  const std::size_t pieces = list.pieces();
  fmt::format_to(std::back_inserter(text),
                 " ql_nodes:{} ql_avg_node:{:.2f} ql_listpack_max:{} ql_compressed:0 "
                 "ql_uncompressed_size:{}",
                 pieces, static_cast<double>(list.size()) / static_cast<double>(pieces),
                 call.settings().list_max_listpack_size, list.encoded_bytes() + pieces * frame);
}

void object(Call& call) {
  // FAST, which looks at less, came later.
  if (call.size() == 4 && !call.speaks(instance::CompatVersion::v7_2)) return refuse(call);
  const store::Entry* entry = call.keys.find(call.hashed(call.arg(2)), store::Look::quiet);
  if (entry == nullptr) return call.no_such_key();
  const store::AccessClock& clock = call.instance.keyspace().access_clock();
  const std::int64_t idle = clock.counts_uses() ? 0 : clock.idle_s(*entry, call.now_ms());
  std::string text = fmt::format(
      "Value at:{} refcount:{} encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}",
      fmt::ptr(entry), reference_count(call, *entry), value::name_of(entry->encoding()),
      serialized_length(call, *entry), entry->access() & 0xffffff, idle);
  if (entry->encoding() == value::Encoding::quicklist) {
    write_list(text, call, static_cast<const value::List&>(entry->object()));
  }
  call.reply.simple(text);
}

void set_skip_checksum_validation(Call& call) {
  call.instance.checks_dumps = std::atoi(std::string(call.arg(2)).c_str()) == 0;
  call.reply.ok();
}

void change_repl_id(Call& call) {
  call.instance.change_replication_id();
  call.reply.ok();
}

void set_active_expire(Call& call) {
  call.instance.active_expire = std::atoi(std::string(call.arg(2)).c_str()) != 0;
  call.instance.host().rearm();
  call.reply.ok();
}

void digest(Call& call) { call.reply.simple(dataset_digest(call.locks)); }

void digest_value(Call& call) {
  call.reply.array(call.size() - 2);
  for (std::size_t index = 2; index < call.size(); ++index) {
    const store::Entry* entry = call.keys.find(call.hashed(call.arg(index)), store::Look::quiet);
    call.reply.simple(value_digest(entry));
  }
}

void populate(Call& call) {
  const auto count = resp::parse_integer(call.arg(2));
  if (!count || *count < 0) return call.error("ERR value is out of range, must be positive");
  const std::string prefix = call.size() > 3 ? call.quoted(3) : "key";  // a text of C
  std::int64_t size = 0;
  if (call.size() > 4) {
    const auto given = resp::parse_integer(call.arg(4));
    if (!given || *given < 0) return call.error("ERR value is out of range, must be positive");
    size = *given;
  }
  for (std::int64_t index = 0; index < *count; ++index) {
    const std::string key = fmt::format("{}:{}", prefix, index);
    const store::Hashed hashed = call.hashed(key);
    if (call.keys.find(hashed, store::Look::quiet) != nullptr) continue;
    std::string text = fmt::format("value:{}", index);
    if (size > 0) text.resize(static_cast<std::size_t>(size), '\0');
    call.keys.put(store::Entry::make(hashed, text), populated);
    const std::string_view as_set[] = {"SET", key, text};
    call.step.record_as(as_set);
  }
  call.reply.ok();
}

struct ReloadOptions {
  bool merge = false;
  bool flush = true;
};

// Nothing where an error was written: for what takes a dump that there is not, and for what would
// end the real server (loading keys that are there already).
std::optional<ReloadOptions> read_reload_options(Call& call) {
  ReloadOptions options;
  for (std::size_t index = 2; index < call.size(); ++index) {
    if (call.is_word(index, "MERGE")) {
      options.merge = true;
    } else if (call.is_word(index, "NOFLUSH")) {
      options.flush = false;
    } else if (call.is_word(index, "NOSAVE")) {
      call.error("ERR redouble keeps no dump that DEBUG RELOAD NOSAVE could load");
      return std::nullopt;
    } else {
      call.error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      return std::nullopt;
    }
  }
  if (!options.flush && !options.merge) {
    call.error("ERR redouble's DEBUG RELOAD takes NOFLUSH only with MERGE");
    return std::nullopt;
  }
  return options;
}

// The entry as it were after a save and a load.
store::EntryPtr reloaded(const Call& call, const store::Hashed& key, const store::Entry& entry) {
  if (entry.type() == value::Type::string) {
    value::StringRef::Room unpacked;
    return store::Entry::make(key, entry.string().view(unpacked), entry.deadline());
  }
  std::string bytes;
  const value::rdb::Writer::Options options = dump_options(call);
  value::rdb::Writer writer(bytes, options);
  writer.kind(value::rdb::kind_of(entry.object(), options));
  write_entry(writer, entry);
  value::rdb::Reader reader(bytes, bytes.max_size());
  std::string room;
  auto value = value::rdb::read_value(reader, dump_limits(call), room);
  return value ? store::Entry::make(key, std::move(value->object), entry.deadline())
               : store::EntryPtr();
}

// What a save and a load would do: keys past their deadline go, values get the encodings that a
// load gives them. There is no disk between.
void reload(Call& call) {
  const auto options = read_reload_options(call);
  if (!options) return;
  for (int number = 0; number < call.instance.keyspace().database_count(); ++number) {
    store::Keys keys = call.locks.database(number);
    std::vector<store::EntryPtr> fresh;
    keys.for_each([&](const store::Entry& entry) {
      fresh.push_back(reloaded(call, keys.hashed(entry), entry));
    });
    for (store::EntryPtr& entry : fresh) {
      if (entry) keys.restore(std::move(entry));
    }
  }
  if (options->flush) call.instance.tracking().flushed();
  call.reply.ok();
}

void protocol(Call& call) {
  resp::ReplyWriter& reply = call.reply;
  if (call.is_word(2, "STRING")) {
    reply.bulk("Hello World");
  } else if (call.is_word(2, "INTEGER")) {
    reply.integer(12345);
  } else if (call.is_word(2, "DOUBLE")) {
    reply.real(3.141);
  } else if (call.is_word(2, "NULL")) {
    reply.null();
  } else if (call.is_word(2, "ARRAY")) {
    reply.array(3);
    for (int item = 0; item < 3; ++item) reply.integer(item);
  } else if (call.is_word(2, "SET")) {
    reply.set(3);
    for (int item = 0; item < 3; ++item) reply.integer(item);
  } else if (call.is_word(2, "MAP")) {
    reply.map(3);
    for (int item = 0; item < 3; ++item) {
      reply.integer(item);
      reply.boolean(item == 1);
    }
  } else if (call.is_word(2, "ATTRIB")) {
    if (reply.protocol() >= 3) {
      reply.attribute(1);
      reply.bulk("key-popularity");
      reply.array(2);
      reply.bulk("key:123");
      reply.integer(90);
    }
    reply.bulk("Some real reply following the attribute");
  } else if (call.is_word(2, "PUSH")) {
    if (reply.protocol() < 3) return call.error("ERR RESP2 is not supported by this command");
    reply.push(2);
    reply.bulk("server-cpu-usage");
    reply.integer(42);
    reply.bulk("Some real reply following the push reply");
  } else if (call.is_word(2, "VERBATIM")) {
    reply.verbatim("txt", "This is a verbatim\nstring");
  } else if (call.is_word(2, "BIGNUM")) {
    reply.big_number("1234567999999999999999999999999999999");
  } else if (call.is_word(2, "TRUE")) {
    reply.boolean(true);
  } else if (call.is_word(2, "FALSE")) {
    reply.boolean(false);
  } else {
    call.error(
        "ERR Wrong protocol type name. Please use one of the following: "
        "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
  }
}

// It is what the caller asked for, so it is not counted as an error.
// Its line ends become blanks, also where the reply would lose them.
void raise_error(Call& call) {
  std::string text(call.arg(2));
  std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  call.reply.error(text);
}

void help(Call& call);

struct Subcommand {
  std::string_view name;
  std::size_t least;  // arguments, DEBUG and the name counted
  std::size_t most;
  void (*run)(Call&);
  std::string_view usage;
  std::string_view summary;
};

constexpr std::size_t any = static_cast<std::size_t>(-1);

constexpr Subcommand subcommands[] = {
    {"CHANGE-REPL-ID", 2, 2, change_repl_id, "CHANGE-REPL-ID",
     "Draws another master_replid for INFO."},
    {"DIGEST", 2, 2, digest, "DIGEST", "One digest of all keys, as redis-server computes it."},
    {"DIGEST-VALUE", 2, any, digest_value, "DIGEST-VALUE <key> [<key> ...]",
     "A digest of each key's value."},
    {"ERROR", 3, 3, raise_error, "ERROR <text>", "Answers with this error."},
    {"OBJECT", 3, 4, object, "OBJECT <key>", "How a key's value is kept."},
    {"POPULATE", 3, 5, populate, "POPULATE <count> [<prefix>] [<size>]",
     "Makes string keys named <prefix>:<number>."},
    {"PROTOCOL", 3, 3, protocol, "PROTOCOL <type>", "Answers with a sample of a reply type."},
    {"RELOAD", 2, any, reload, "RELOAD [MERGE] [NOFLUSH]",
     "What saving and loading everything would do to it."},
    {"SET-ACTIVE-EXPIRE", 3, 3, set_active_expire, "SET-ACTIVE-EXPIRE <0|1>",
     "Whether keys past their deadline go by themselves."},
    {"SET-SKIP-CHECKSUM-VALIDATION", 3, 3, set_skip_checksum_validation,
     "SET-SKIP-CHECKSUM-VALIDATION <0|1>", "Whether RESTORE takes a dump with any checksum."},
    {"SLEEP", 3, 3, sleep, "SLEEP <seconds>", "Keeps the whole server busy so long."},
    {"HELP", 2, 2, help, "HELP", "Shows this."},
};

// What redis-server 7.0 has beside these, and why not here.
struct Refused {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view no_crash = "it does not end itself in any way but SHUTDOWN";
constexpr std::string_view no_disk = "nothing is kept on disk";
constexpr std::string_view no_cluster = "there is no cluster";
constexpr std::string_view other_insides = "it tells of structures that are others here";
constexpr std::string_view no_replication = "nothing is replicated";
constexpr std::string_view no_ticks = "nothing here is done at fixed intervals";
constexpr std::string_view no_switch = "what it switches is not there";

constexpr Refused refused_subcommands[] = {
    {"AOF-FLUSH-SLEEP", no_disk},
    {"ASSERT", no_crash},
    {"CLIENT-ENFORCE-REPLY-LIST", no_switch},
    {"CLIENT-EVICTION", "clients are not evicted for the memory they use"},
    {"CLUSTERLINK", no_cluster},
    {"CONFIG-REWRITE-FORCE-ALL", "CONFIG REWRITE writes what differs from the defaults"},
    {"CRASH-AND-RECOVER", no_crash},
    {"DROP-CLUSTER-PACKET-FILTER", no_cluster},
    {"HTSTATS", other_insides},
    {"HTSTATS-KEY", other_insides},
    {"LEAK", "no memory is lost on purpose"},
    {"LISTPACK", other_insides},
    {"LOADAOF", no_disk},
    {"LOG", "there is no log file"},
    {"MALLCTL", "the allocator is the C library's"},
    {"MALLCTL-STR", "the allocator is the C library's"},
    {"OOM", no_crash},
    {"PANIC", no_crash},
    {"PAUSE-CRON", no_ticks},
    {"QUICKLIST", other_insides},
    {"QUICKLIST-PACKED-THRESHOLD", "elements of any size are kept in the same way"},
    {"REPLICATE", no_replication},
    {"REPLYBUFFER", "buffers belong to threads, not to clients"},
    {"RESTART", no_crash},
    {"SDSLEN", other_insides},
    {"SEGFAULT", no_crash},
    {"SET-DISABLE-DENY-SCRIPTS", no_switch},
    {"STRINGMATCH-TEST", "the glob matcher is fuzzed and tested beside the server"},
    {"STRUCTSIZE", other_insides},
    {"ZIPLIST", other_insides},
};

void help(Call& call) {
  call.reply.array(std::size(subcommands) * 2 + 1);
  call.reply.simple(help_heading("debug"));
  for (const Subcommand& subcommand : subcommands) {
    call.reply.simple(subcommand.usage);
    call.reply.simple("    " + std::string(subcommand.summary));
  }
}

}  // namespace

void debug(Call& call) {
  for (const Subcommand& subcommand : subcommands) {
    if (!call.is_word(1, subcommand.name)) continue;
    if (call.size() < subcommand.least || call.size() > subcommand.most) break;
    return subcommand.run(call);
  }
  for (const Refused& refused : refused_subcommands) {
    if (!call.is_word(1, refused.name)) continue;
    return call.error(fmt::format("ERR redouble has no DEBUG {}: {}", refused.name, refused.why));
  }
  refuse(call);
}

}  // namespace redouble::command::server_group
