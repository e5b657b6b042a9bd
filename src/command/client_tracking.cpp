// CLIENT TRACKING and its relatives: client-side caching.
#include <string>
#include <string_view>
#include <vector>

#include "command/call.hpp"
#include "command/handlers_connection.hpp"

namespace redouble::command::connection_group {
namespace {

struct Wish {
  bool broadcast = false;
  bool optin = false;
  bool optout = false;
  bool noloop = false;
  std::uint64_t redirect = 0;
  std::vector<std::string> prefixes;
};

bool read_redirect(Call& call, std::size_t index, Wish& wish) {
  if (wish.redirect != 0) {
    call.error("ERR A client can only redirect to a single other client");
    return false;
  }
  const auto id = call.integer(index);
  if (!id) return false;
  // The client must be there now; if it goes later, the tracking one is told.
  if (call.instance.clients().find(static_cast<std::uint64_t>(*id)) == nullptr) {
    call.error("ERR The client ID you want redirect to does not exist");
    return false;
  }
  wish.redirect = static_cast<std::uint64_t>(*id);
  return true;
}

bool read_wish(Call& call, Wish& wish) {
  for (std::size_t index = 3; index < call.size(); ++index) {
    const bool more = index + 1 < call.size();
    if (call.is_word(index, "REDIRECT") && more) {
      if (!read_redirect(call, ++index, wish)) return false;
    } else if (call.is_word(index, "BCAST")) {
      wish.broadcast = true;
    } else if (call.is_word(index, "OPTIN")) {
      wish.optin = true;
    } else if (call.is_word(index, "OPTOUT")) {
      wish.optout = true;
    } else if (call.is_word(index, "NOLOOP")) {
      wish.noloop = true;
    } else if (call.is_word(index, "PREFIX") && more) {
      wish.prefixes.emplace_back(call.arg(++index));
    } else {
      call.syntax_error();
      return false;
    }
  }
  return true;
}

// Switching between modes takes an OFF in between; what contradicts itself is refused.
bool may_switch(Call& call, const Wish& wish) {
  const instance::TrackingMode& now = call.client.tracking;
  if (!wish.prefixes.empty() && !wish.broadcast) {
    call.error("ERR PREFIX option requires BCAST mode to be enabled");
    return false;
  }
  if (now.on && now.broadcast != wish.broadcast) {
    call.error(
        "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and "
        "then "
        "re-enabling it with a different mode.");
    return false;
  }
  if (wish.broadcast && (wish.optin || wish.optout)) {
    call.error("ERR OPTIN and OPTOUT are not compatible with BCAST");
    return false;
  }
  if (wish.optin && wish.optout) {
    call.error("ERR You can't specify both OPTIN mode and OPTOUT mode");
    return false;
  }
  if ((wish.optin && now.optout) || (wish.optout && now.optin)) {
    call.error(
        "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and "
        "then "
        "re-enabling it with a different mode.");
    return false;
  }
  return true;
}

bool prefixes_apart(Call& call, const std::vector<std::string>& prefixes) {
  const auto overlap = [](std::string_view one, std::string_view other) {
    return one.starts_with(other) || other.starts_with(one);
  };
  for (std::size_t index = 0; index < prefixes.size(); ++index) {
    for (const std::string& held : call.instance.tracking().prefixes(call.client)) {
      if (overlap(prefixes[index], held)) {
        call.error("ERR Prefix '" + prefixes[index] + "' overlaps with an existing prefix '" +
                   held + "'. Prefixes for a single client must not overlap.");
        return false;
      }
    }
    for (std::size_t later = index + 1; later < prefixes.size(); ++later) {
      if (overlap(prefixes[index], prefixes[later])) {
        call.error("ERR Prefix '" + prefixes[index] + "' overlaps with another provided prefix '" +
                   prefixes[later] + "'. Prefixes for a single client must not overlap.");
        return false;
      }
    }
  }
  return true;
}

}  // namespace

void client_caching(Call& call) {
  instance::TrackingMode& mode = call.client.tracking;
  if (!mode.on) {
    return call.error(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
        "OPTOUT mode enabled");
  }
  if (call.is_word(2, "YES")) {
    if (!mode.optin) {
      return call.error(
          "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
    }
    mode.caching = true;
  } else if (call.is_word(2, "NO")) {
    if (!mode.optout) {
      return call.error(
          "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
    }
    mode.caching = true;
  } else {
    return call.syntax_error();
  }
  call.reply.ok();
}

void client_getredir(Call& call) {
  const bool on = call.client.tracking.on;
  call.reply.integer(on ? static_cast<std::int64_t>(call.client.tracking_redirect) : -1);
}

void client_tracking(Call& call) {
  Wish wish;
  if (!read_wish(call, wish)) return;
  if (call.is_word(2, "OFF")) {
    call.instance.tracking().disable(call.client);
    return call.reply.ok();
  }
  if (!call.is_word(2, "ON")) return call.syntax_error();
  if (!may_switch(call, wish) || !prefixes_apart(call, wish.prefixes)) return;
  instance::TrackingMode& mode = call.client.tracking;
  mode.broadcast = wish.broadcast;
  mode.optin = wish.optin;
  mode.optout = wish.optout;
  mode.noloop = wish.noloop;
  call.client.tracking_redirect = wish.redirect;
  if (wish.broadcast && wish.prefixes.empty()) wish.prefixes.emplace_back();
  call.instance.tracking().enable(call.client, std::move(wish.prefixes));
  call.reply.ok();
}

void client_trackinginfo(Call& call) {
  const instance::TrackingMode& mode = call.client.tracking;
  std::vector<std::string_view> flags = {mode.on ? "on" : "off"};
  if (mode.broadcast) flags.push_back("bcast");
  if (mode.optin) flags.push_back("optin");
  if (mode.optin && mode.caching) flags.push_back("caching-yes");
  if (mode.optout) flags.push_back("optout");
  if (mode.optout && mode.caching) flags.push_back("caching-no");
  if (mode.noloop) flags.push_back("noloop");
  if (call.instance.tracking().redirect_broken(call.client)) flags.push_back("broken_redirect");
  call.reply.map(3);
  call.reply.bulk("flags");
  call.reply.set(flags.size());
  for (const std::string_view flag : flags) call.reply.bulk(flag);
  call.reply.bulk("redirect");
  client_getredir(call);
  call.reply.bulk("prefixes");
  const std::vector<std::string> prefixes = call.instance.tracking().prefixes(call.client);
  call.reply.array(prefixes.size());
  for (const std::string& prefix : prefixes) call.reply.bulk(prefix);
}

}  // namespace redouble::command::connection_group
