// Differential: the same requests to two servers; replies and state must be equal.
//
// A target is what a server looks like from here: a fresh connection, and bytes that are answered.
// Sockets are the caller's. Before each run both are emptied and set back. Replies are compared one
// by one (pushes at the place where they came), by check/difference.hpp; then, on fresh
// connections, what is left behind: for each database its keys with type, encoding, references,
// value, deadline and consumer groups, and the counters of commands and errors.
// Thread safety: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/shrink.hpp"
#include "command/row.hpp"
#include "resp/reply.hpp"

namespace redouble::check {

// The reply to the last request of every batch: what comes behind the others is seen before it.
inline constexpr std::string_view end_of_batch = "end of the batch";

struct Answers {
  std::vector<resp::Reply> replies;  // pushes among them
  bool closed = false;
  std::string trouble;  // what is wrong with the bytes, or that no answer came; empty: nothing
};

struct Target {
  // Closes the connection, waits until the server knows, and opens a fresh one.
  std::function<void()> renew;
  // Sends the bytes and waits for so many replies, pushes not counted; fewer where the server
  // closes, or where a reply of the text end_of_batch comes before.
  std::function<Answers(std::string_view bytes, std::size_t replies)> ask;
};

struct Mismatch {
  std::string where;  // "reply 3" or "state"
  Request request;    // the one that was answered otherwise
  std::string ours;
  std::string reference;
};

class Differential {
 public:
  // `protocol`: what each run begins with, 2 or 3. `databases`: how many the servers have.
  Differential(Target ours, Target reference, int protocol, int databases);

  std::optional<Mismatch> run(const Sequence& sequence);
  // `seen`: the mismatch that run() found. The shortest sequence that has one, and that; where it
  // does not come again, the whole sequence and what was seen.
  std::pair<Sequence, Mismatch> shrink(const Sequence& sequence, Mismatch seen);

  struct Tally {
    std::uint64_t answered = 0;
    std::uint64_t without_error = 0;
  };
  using Tallies = std::map<const command::Row*, Tally>;

  // Requests of sequences that both servers answered alike, those of shrinking not counted.
  std::uint64_t commands() const { return commands_; }
  // The same by the row that a request is of; those of no row are in none.
  const Tallies& tallies() const { return tallies_; }

 private:
  std::optional<Mismatch> compare(std::string_view where, std::span<const Request> requests,
                                  std::vector<resp::Reply>* replies = nullptr);
  std::optional<Mismatch> compare_state();
  void begin();
  void count(const Request& request, bool is_error);

  Target ours_;
  Target reference_;
  int protocol_;
  int databases_;
  std::uint64_t commands_ = 0;
  bool counting_ = true;
  Tallies tallies_;
};

// The wire form of requests.
std::string request_bytes(std::span<const Request> requests);
// The requests as a person types them into redis-cli, a line each.
std::string as_redis_cli(std::span<const Request> requests);
std::string describe(const Sequence& sequence, const Mismatch& mismatch);

}  // namespace redouble::check
