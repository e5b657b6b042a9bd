// The group connection, without CLIENT: who speaks, in which protocol, to which database.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "command/call.hpp"
#include "command/client_info.hpp"
#include "command/handlers_connection.hpp"
#include "instance/version.hpp"

namespace redouble::command::connection_group {
namespace {

enum class Login : std::uint8_t { ok, refused };

// The one user there is has the name "default", and requirepass for its password; without one any
// password of that user is right.
Login log_in(Call& call, std::string_view user, std::string_view password) {
  const std::string& required = call.settings().requirepass;
  if (user != "default" || (!required.empty() && password != required)) {
    call.error("WRONGPASS invalid username-password pair or user is disabled.");
    return Login::refused;
  }
  call.client.authenticated = true;
  return Login::ok;
}

void write_hello(Call& call) {
  resp::ReplyWriter& reply = call.reply;
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(instance::version_text(call.settings().compat_version));
  reply.bulk("proto");
  reply.integer(call.client.protocol);
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.client.id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

// Does what the options say, one after the other: what stands before a wrong one is done. False
// where an error was written.
bool obey_hello_options(Call& call) {
  for (std::size_t index = 2; index < call.size(); ++index) {
    const std::size_t behind = call.size() - index - 1;
    if (call.is_word(index, "AUTH") && behind >= 2) {
      if (log_in(call, call.arg(index + 1), call.arg(index + 2)) == Login::refused) return false;
      index += 2;
    } else if (call.is_word(index, "SETNAME") && behind >= 1) {
      const std::string_view name = call.arg(++index);
      if (!is_client_name(name)) {
        refuse_client_name(call);
        return false;
      }
      call.client.name = name;
    } else {
      call.error("ERR Syntax error in HELLO option '" + call.quoted(index) + "'");
      return false;
    }
  }
  return true;
}

}  // namespace

void auth(Call& call) {
  if (call.size() > 3) return call.syntax_error();
  if (call.size() == 2 && call.settings().requirepass.empty()) {
    return call.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  const std::string_view user = call.size() == 2 ? "default" : call.arg(1);
  if (log_in(call, user, call.arg(call.size() - 1)) == Login::ok) call.reply.ok();
}

void echo(Call& call) { call.reply.bulk(call.arg(1)); }

void hello(Call& call) {
  std::optional<std::int64_t> protocol;
  if (call.size() > 1) {
    protocol = resp::parse_integer(call.arg(1));
    if (!protocol) return call.error("ERR Protocol version is not an integer or out of range");
    if (*protocol < 2 || *protocol > 3) {
      return call.error("NOPROTO unsupported protocol version");
    }
  }
  if (!obey_hello_options(call)) return;
  if (!call.client.authenticated) {
    const std::string_view protocol_word =
        call.speaks(instance::CompatVersion::v7_2) ? "<proto> " : "";
    return call.error(
        fmt::format("NOAUTH HELLO must be called with the client already authenticated, otherwise "
                    "the HELLO {}AUTH <user> <pass> option can be used to authenticate the client "
                    "and select the RESP protocol version at the same time",
                    protocol_word));
  }
  if (protocol) {
    call.client.protocol = static_cast<std::uint8_t>(*protocol);
    call.reply.set_protocol(call.client.protocol);
  }
  write_hello(call);
}

void ping(Call& call) {
  if (call.size() > 2) return call.wrong_arity();
  if (call.size() == 2) return call.reply.bulk(call.arg(1));
  call.reply.simple("PONG");
}

void quit(Call& call) {
  call.client.close_after_reply = true;
  call.reply.ok();
}

void reset(Call& call) {
  instance::Client& client = call.client;
  call.instance.tracking().disable(client);
  client.protocol = 2;
  // As in Redis, RESET is answered after OFF, but not when SKIP has left it out.
  if (client.reply_mode == instance::ReplyMode::off) {
    client.reply_mode = instance::ReplyMode::on;
  }
  client.database = 0;
  client.name.clear();
  // Redis 7.0 forgets to. The library behind the connection stays the same.
  if (call.speaks(instance::CompatVersion::v7_2)) {
    client.no_evict = client.no_touch = false;
  }
  client.authenticated = call.settings().requirepass.empty();
  call.reply.set_protocol(2);
  call.reply.simple("RESET");
}

void select(Call& call) {
  const auto number = call.integer(1);
  if (!number) return;
  if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max()) {
    return call.error("ERR value is out of range, value must between -2147483648 and 2147483647");
  }
  if (*number < 0 || *number >= call.instance.keyspace().database_count()) {
    return call.error("ERR DB index is out of range");
  }
  call.client.database = static_cast<int>(*number);
  call.reply.ok();
}

}  // namespace redouble::command::connection_group
