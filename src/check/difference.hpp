// Difference: where this server may answer otherwise than the real one, and why.
//
// One table, one row a command. A row either says how its replies are compared (`same`), or leaves
// the command out of random runs; both with the reason. What has no row is compared byte for byte.
// Thread safety: constants and pure functions.
#pragma once

#include <span>
#include <string_view>

#include "check/history.hpp"
#include "resp/reply.hpp"

namespace redouble::check {

struct Difference {
  using Same = bool (*)(const Request&, const resp::Reply& ours, const resp::Reply& reference);

  std::string_view command;  // full name, as the command table gives it
  Same same = nullptr;       // nullptr: not sent in random runs
  std::string_view reason = {};
};

std::span<const Difference> differences();
// nullptr where there is none.
const Difference* find_difference(std::string_view full_name);
bool is_left_out(std::string_view full_name);
// Refused by both servers whatever the arguments are, as random runs set them up.
bool is_always_refused(std::string_view full_name);

// Is our reply to the request as good as the reference's?
bool same_reply(const Request& request, const resp::Reply& ours, const resp::Reply& reference);

// Pushes that come when the server finds time, not at a place among the replies.
bool has_late_pushes(const Request& request);

// A few requests on a connection of their own, for what random runs leave out or cannot reach:
// sent whole, then the sending side is closed; the bytes that come back must be equal.
struct Script {
  std::string_view about;  // the rows, by full name, with blanks between
  std::string_view bytes;
};
std::span<const Script> scripts();

}  // namespace redouble::check
