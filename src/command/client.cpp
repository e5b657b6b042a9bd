// CLIENT, but for LIST, KILL and TRACKING: what a client says of itself, PAUSE and UNBLOCK.
#include <string>

#include "command/call.hpp"
#include "command/client_info.hpp"
#include "command/handlers_connection.hpp"

namespace redouble::command::connection_group {
namespace {

// The words for too many arguments; the row's arity knows no most.
void refuse_subcommand(Call& call) {
  call.error("ERR unknown subcommand or wrong number of arguments for '" + call.quoted(1, 128) +
             "'. Try CLIENT HELP.");
}

// ON or OFF.
void set_switch(Call& call, bool& is_on) {
  if (!call.is_word(2, "ON") && !call.is_word(2, "OFF")) return call.syntax_error();
  is_on = call.is_word(2, "ON");
  call.reply.ok();
}

}  // namespace

void client_getname(Call& call) {
  if (call.client.name.empty()) return call.reply.null();
  call.reply.bulk(call.client.name);
}

void client_id(Call& call) { call.reply.integer(static_cast<std::int64_t>(call.client.id)); }

void client_info(Call& call) { call.reply.verbatim("txt", client_line(call.client, call)); }

void client_no_evict(Call& call) { set_switch(call, call.client.no_evict); }

void client_no_touch(Call& call) { set_switch(call, call.client.no_touch); }

void client_pause(Call& call) {
  using Mode = instance::Pause::Mode;
  Mode mode = Mode::all;
  if (call.size() > 4) return refuse_subcommand(call);
  if (call.size() == 4) {
    if (call.is_word(3, "WRITE")) {
      mode = Mode::write;
    } else if (!call.is_word(3, "ALL")) {
      return call.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
    }
  }
  const auto timeout_ms = resp::parse_integer(call.arg(2));
  if (!timeout_ms) return call.error("ERR timeout is not an integer or out of range");
  if (*timeout_ms < 0) return call.error("ERR timeout is negative");
  // What would end after the end of time has ended already, as in Redis.
  const auto until = static_cast<std::int64_t>(static_cast<std::uint64_t>(*timeout_ms) +
                                               static_cast<std::uint64_t>(call.now_ms()));
  call.instance.pause().begin(mode, until, call.now_ms());
  call.reply.ok();
}

void client_unpause(Call& call) {
  call.instance.pause().end();
  call.instance.alarms().wake_all();
  call.reply.ok();
}

void client_reply(Call& call) {
  using instance::ReplyMode;
  if (call.is_word(2, "ON")) {
    call.client.reply_mode = ReplyMode::on;
    call.reply.ok();
  } else if (call.is_word(2, "OFF")) {
    call.client.reply_mode = ReplyMode::off;
  } else if (call.is_word(2, "SKIP")) {
    // OFF stays OFF.
    if (call.client.reply_mode != ReplyMode::off) call.client.reply_mode = ReplyMode::skip_next;
  } else {
    call.syntax_error();
  }
}

void client_setinfo(Call& call) {
  std::string* const attribute = call.is_word(2, "LIB-NAME")  ? &call.client.library_name
                                 : call.is_word(2, "LIB-VER") ? &call.client.library_version
                                                              : nullptr;
  if (attribute == nullptr) {
    return call.error("ERR Unrecognized option '" + call.quoted(2) + "'");
  }
  if (!is_client_name(call.arg(3))) {
    return call.error("ERR " + call.quoted(2) +
                      " cannot contain spaces, newlines or special characters.");
  }
  *attribute = call.arg(3);
  call.reply.ok();
}

void client_setname(Call& call) {
  if (!is_client_name(call.arg(2))) return refuse_client_name(call);
  call.client.name = call.arg(2);
  call.reply.ok();
}

// PAUSE's waiting is none that it ends, as in Redis.
void client_unblock(Call& call) {
  if (call.size() > 4) return refuse_subcommand(call);
  if (call.size() == 4 && !call.is_word(3, "TIMEOUT") && !call.is_word(3, "ERROR")) {
    return call.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const auto id = call.integer(2);
  if (!id) return;
  using instance::Unblock;
  const bool with_error = call.size() == 4 && call.is_word(3, "ERROR");
  const bool done = call.instance.waiters().unblock(static_cast<std::uint64_t>(*id),
                                                    with_error ? Unblock::error : Unblock::timeout);
  call.reply.integer(done ? 1 : 0);
}

}  // namespace redouble::command::connection_group
