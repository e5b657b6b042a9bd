#include "session/judge.hpp"

#include <algorithm>
#include <string>

#include "command/table.hpp"

namespace redouble::session {
namespace {

using command::Call;
using command::Row;

constexpr std::size_t most_shown = 128;

void refuse_unknown_command(Call& call) {
  std::string text = "ERR unknown command '";
  text += call.quoted(0, most_shown);
  text += "', with args beginning with: ";
  std::size_t room = most_shown;
  for (std::size_t index = 1; index < call.size() && room > 0; ++index) {
    const std::string word = call.quoted(index, room);
    text += '\'';
    text += word;
    text += "' ";
    room -= std::min(room, word.size() + 3);
  }
  call.error(text);
}

void refuse_unknown_subcommand(Call& call) {
  std::string container(call.name);
  std::ranges::transform(container, container.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  call.error("ERR unknown subcommand '" + call.quoted(1, most_shown) + "'. Try " + container +
             " HELP.");
}

bool is_loopback(const instance::Client& client) {
  return client.unix_socket || client.address.starts_with("127.") ||
         client.address.starts_with("[::1]") || client.address.empty();
}

bool protected_action_allowed(const Call& call) {
  switch (call.settings().enable_debug_command) {
    case instance::Permission::no:
      return false;
    case instance::Permission::yes:
      return true;
    case instance::Permission::local:
      return is_loopback(call.client);
  }
  return false;
}

bool is_debug(const Call& call) { return call.name.substr(0, call.name.find('|')) == "debug"; }

// What of a row is decided before the client and the instance are looked at; false where it was
// refused.
bool row_answers(Call& call, const Row* row) {
  if (row == nullptr) {
    refuse_unknown_command(call);
    return false;
  }
  // A row with subcommands was found where none of them was; COMMAND alone also runs without one.
  if (command::has_subcommands(*row) && call.size() > 1) {
    refuse_unknown_subcommand(call);
    return false;
  }
  if (!command::arity_fits(*row, call.size(), call.instance.hot().compat) ||
      row->handler == nullptr) {
    call.wrong_arity();
    return false;
  }
  if (is_debug(call) && !protected_action_allowed(call)) {
    call.error(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", "
        "you can run it from a local connection, otherwise you need to set this option in the "
        "configuration file, and then restart the server.");
    return false;
  }
  return true;
}

}  // namespace

Verdict detail::judge_closely(Call& call, const Row* row) {
  if (!row_answers(call, row)) return Verdict::refused;
  if (!call.client.authenticated && (row->flags & command::no_auth) == 0) {
    call.error("NOAUTH Authentication required.");
    return Verdict::refused;
  }
  const std::uint64_t limit = call.settings().maxmemory;
  if (limit != 0 && (row->flags & command::denyoom) != 0 && call.instance.used_memory() > limit) {
    call.error("OOM command not allowed when used memory > 'maxmemory'.");
    return Verdict::refused;
  }
  const bool writes = (row->flags & (command::write | command::may_replicate)) != 0;
  if (call.instance.pause().holds(writes, call.now_ms())) [[unlikely]] {
    // What holds all holds CLIENT UNPAUSE too; but where time stands, no other request would end
    // it.
    const bool ends_it = call.name == "client|unpause" && call.instance.clock().frozen();
    if (!ends_it) return Verdict::wait;
  }
  if (call.instance.pause().active(call.now_ms())) call.locks.leave_due();
  if (call.client.no_touch && call.name != "touch") call.locks.leave_untouched();
  return Verdict::run;
}

}  // namespace redouble::session
