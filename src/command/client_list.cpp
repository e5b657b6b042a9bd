// CLIENT LIST and CLIENT KILL: the clients of the instance, by what they are.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/call.hpp"
#include "command/client_info.hpp"
#include "command/handlers_connection.hpp"

namespace redouble::command::connection_group {
namespace {

// Every client here is of the first kind; the others stand for what a lone server never has, and
// for subscribers.
enum class Kind : std::uint8_t { normal, master, replica, pubsub };

std::optional<Kind> read_kind(Call& call, std::size_t index) {
  if (call.is_word(index, "NORMAL")) return Kind::normal;
  if (call.is_word(index, "MASTER")) return Kind::master;
  if (call.is_word(index, "REPLICA") || call.is_word(index, "SLAVE")) return Kind::replica;
  if (call.is_word(index, "PUBSUB")) return Kind::pubsub;
  call.error("ERR Unknown client type '" + call.quoted(index) + "'");
  return std::nullopt;
}

struct Filter {
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<std::uint64_t> id;
  std::optional<Kind> kind;
  std::optional<std::string_view> user;
  std::int64_t created_until_ms = std::numeric_limits<std::int64_t>::max();
  bool skip_me = true;

  bool matches(const instance::Client& client, const instance::Client& me) const {
    if (client.created_ms > created_until_ms) return false;
    if (address && client.address != *address) return false;
    if (local_address && client.local_address != *local_address) return false;
    if (id && client.id != *id) return false;
    if (kind && *kind != Kind::normal) return false;
    if (user && client.user != *user) return false;
    return !(skip_me && &client == &me);
  }
};

bool has_maxage(const Call& call) { return call.speaks(instance::CompatVersion::v7_4); }

// Clients that have been there for so many seconds at least.
bool read_maxage(Call& call, std::size_t index, Filter& filter) {
  const auto age_s = resp::parse_integer(call.arg(index));
  if (!age_s) {
    call.error("ERR maxage is not an integer or out of range");
    return false;
  }
  if (*age_s <= 0) {
    call.error("ERR maxage should be greater than 0");
    return false;
  }
  const std::int64_t now_s = call.now_ms() / 1000;
  filter.created_until_ms = *age_s > now_s ? -1 : (now_s - *age_s) * 1000 + 999;
  return true;
}

// One option of CLIENT KILL and its value; false where an error was written.
bool read_option(Call& call, std::size_t index, Filter& filter) {
  const std::string_view value = call.arg(index + 1);
  if (call.is_word(index, "ID")) {
    const auto id = resp::parse_integer(value);
    if (!id || *id < 1) {
      call.error("ERR client-id should be greater than 0");
      return false;
    }
    filter.id = static_cast<std::uint64_t>(*id);
  } else if (call.is_word(index, "TYPE")) {
    filter.kind = read_kind(call, index + 1);
    return filter.kind.has_value();
  } else if (call.is_word(index, "ADDR")) {
    filter.address = value;
  } else if (call.is_word(index, "LADDR")) {
    filter.local_address = value;
  } else if (call.is_word(index, "USER")) {
    if (value != "default") {
      call.error("ERR No such user '" + call.quoted(index + 1) + "'");
      return false;
    }
    filter.user = value;
  } else if (call.is_word(index, "MAXAGE") && has_maxage(call)) {
    return read_maxage(call, index + 1, filter);
  } else if (call.is_word(index, "SKIPME") && call.is_word(index + 1, "YES")) {
    filter.skip_me = true;
  } else if (call.is_word(index, "SKIPME") && call.is_word(index + 1, "NO")) {
    filter.skip_me = false;
  } else {
    call.syntax_error();
    return false;
  }
  return true;
}

// A client that killed itself still gets its reply.
std::int64_t kill_matching(Call& call, const Filter& filter) {
  std::int64_t killed = 0;
  call.instance.clients().for_each([&](instance::Client& client) {
    if (client.killed || !filter.matches(client, call.client)) return;
    ++killed;
    if (&client == &call.client) {
      client.close_after_reply = true;
    } else {
      if (client.has_tracked) call.instance.tracking().forget(client);
      call.instance.waiters().forget(client.id);
      client.kill();
    }
  });
  return killed;
}

}  // namespace

void client_list(Call& call) {
  Filter filter;
  filter.skip_me = false;
  std::vector<std::uint64_t> ids;
  if (call.size() == 4 && call.is_word(2, "TYPE")) {
    filter.kind = read_kind(call, 3);
    if (!filter.kind) return;
  } else if (call.size() > 3 && call.is_word(2, "ID")) {
    for (std::size_t index = 3; index < call.size(); ++index) {
      const auto id = resp::parse_integer(call.arg(index));
      if (!id) return call.error("ERR Invalid client ID");
      ids.push_back(static_cast<std::uint64_t>(*id));
    }
  } else if (call.size() != 2) {
    return call.syntax_error();
  }
  std::string lines;
  if (ids.empty()) {
    call.instance.clients().for_each([&](const instance::Client& client) {
      if (filter.matches(client, call.client)) lines += client_line(client, call);
    });
  }
  for (const std::uint64_t id : ids) {
    const auto client = call.instance.clients().find(id);
    if (client != nullptr) lines += client_line(*client, call);
  }
  call.reply.verbatim("txt", lines);
}

void client_kill(Call& call) {
  Filter filter;
  if (call.size() == 3) {
    // The old form: one address, oneself not excepted.
    filter.address = call.arg(2);
    filter.skip_me = false;
    if (kill_matching(call, filter) == 0) return call.error("ERR No such client");
    return call.reply.ok();
  }
  for (std::size_t index = 2; index < call.size(); index += 2) {
    if (index + 1 == call.size()) return call.syntax_error();
    if (!read_option(call, index, filter)) return;
  }
  call.reply.integer(kill_matching(call, filter));
}

}  // namespace redouble::command::connection_group
