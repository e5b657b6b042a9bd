// History: what several clients asked at once and what each was answered, to be judged afterwards.
//
// An operation is one call: its request, its reply, and the interval in which it took place. Time
// is a ticket from one sequentially consistent counter, not a clock: a ticket is taken before the
// request leaves and after its reply is there, so an operation that returned before another was
// called has the smaller tickets, on every thread.
//
// Intervals are closed: of two operations, one that returns at ticket 5 and one that is called at
// ticket 5, each may come first. Why: with tickets of a counter equal times do not occur, but who
// records with a clock gets them, and then the order of the two is not known. Taking the interval
// as open would demand an order that nobody saw: let one client's SET return at 5 and another's GET
// be called at 5 and give the old value; both calls may well have overlapped within that unit of
// time, and the open reading would call a right server wrong.
//
// A call whose connection died may have happened, at any later time, or not at all: it has no reply
// (reply is empty), and returns at `never`.
//
// Thread safety: History is a value. Recorder::record may be called from any thread, but by one
// thread at a time for each client; history() when all of them are done.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redouble::check {

using Ticket = std::uint64_t;
constexpr Ticket never = std::numeric_limits<Ticket>::max();

using Request = std::vector<std::string>;

struct Operation {
  std::uint32_t client = 0;
  Request request;
  std::optional<std::string> reply;  // RESP bytes; empty: not known
  Ticket called = 0;
  Ticket returned = never;

  bool operator==(const Operation&) const = default;
};

using History = std::vector<Operation>;

// One line for an operation: `c1 [3 7] SET k "v w" => +OK`; `c2 [4 never] INCR n => ?` where the
// reply is not known. The notation of replies is that of reply_text.hpp.
std::string to_line(const Operation& operation);

// A history as text, an operation a line, in the order of their calls; `#` begins a comment line.
std::string write_history(const History& history);

// Reads such a text back. An error is one sentence that names the line: "line 3: ...".
std::expected<History, std::string> read_history(std::string_view text);

class Recorder {
 public:
  explicit Recorder(std::size_t clients) : logs_(clients) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Runs `execute(request)`, which gives the reply's bytes, or nothing where the connection died,
  // and notes when it was called and when it returned. Returns the reply.
  template <typename Execute>
  std::optional<std::string> record(std::uint32_t client, Request request, Execute&& execute) {
    const Ticket called = next_.fetch_add(1, std::memory_order_seq_cst);
    std::optional<std::string> reply = execute(std::as_const(request));
    const Ticket returned = reply ? next_.fetch_add(1, std::memory_order_seq_cst) : never;
    logs_.at(client).operations.push_back({client, std::move(request), reply, called, returned});
    return reply;
  }

  // All operations so far, in the order of their calls.
  History history() const;

 private:
  // A line of cache for each, so that recording does not order the threads that it watches.
  struct alignas(64) Log {
    History operations;
  };

  std::atomic<Ticket> next_{1};
  std::vector<Log> logs_;
};

}  // namespace redouble::check
