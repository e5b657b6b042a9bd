// Whole sessions, each through a fresh instance (see session_input.hpp for what an input is). What
// must hold:
// - every request is answered with one reply, unless it or one before it asked for none; a broken
// one
//   with an error, and the connection closes;
// - every reply is well formed, and of the protocol that was asked for;
// - the same bytes whole, and cut in any pieces, give the same replies and the same state;
// - replies and state are those of the model, where it knows the commands;
// - the records of the run, run on an empty instance, give the same state;
// - memory is bounded by the input and by what was asked for.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check/string_model.hpp"
#include "memory_watch.hpp"
#include "resp/reply_reader.hpp"
#include "resp/request_parser.hpp"
#include "runtime/assert.hpp"
#include "session_input.hpp"
#include "session_run.hpp"

namespace {

using namespace redouble;
using fuzz::Request;
using fuzz::SessionInput;
using fuzz::SessionRun;
using instance::ReplyMode;
using resp::Reply;

// What a piece of memory may take beside the input and the replies: a string of the budget,
// buffers.
constexpr std::size_t max_piece = 512 * 1024;

bool is_word(const Request& request, std::size_t index, std::string_view lower) {
  return index < request.size() && command::equals_lower(request[index], lower);
}

bool is_number_above(const Request& request, std::size_t index, long long most) {
  return index < request.size() && std::strtoll(request[index].c_str(), nullptr, 10) > most;
}

// What only takes time or memory: nothing is learnt from it.
class Budget {
 public:
  bool refuses(const Request& request) {
    constexpr int most_requests = 200;
    constexpr int most_long_replies = 4;
    if (++requests_ > most_requests) return true;
    const bool is_debug = is_word(request, 0, "debug");
    if (is_debug && is_word(request, 1, "sleep")) return true;
    if (is_debug && is_word(request, 1, "populate")) {
      return is_number_above(request, 2, 100) || is_number_above(request, 4, 1000);
    }
    if (is_word(request, 0, "setrange")) {
      return is_number_above(request, 2, 40'000) && !is_number_above(request, 2, fuzz::max_bulk);
    }
    if (is_word(request, 0, "config")) {
      for (std::size_t index = 2; index < request.size(); ++index) {
        if (is_word(request, index, "proto-max-bulk-len")) return is_word(request, 1, "set");
      }
    }
    return is_word(request, 0, "command") && ++long_replies_ > most_long_replies;
  }

 private:
  int requests_ = 0;
  int long_replies_ = 0;
};

class Records final : public instance::Recorder {
 public:
  void record(const instance::Record& record) override { all.push_back(record); }
  std::vector<instance::Record> all;
};

// One request after another, each judged by itself.
class Judged {
 public:
  explicit Judged(const SessionInput& input, instance::Recorder* recorder)
      : run_(input, recorder),
        model_(fuzz::start_s * 1000),
        with_model_(input.form == SessionInput::Form::model) {}

  // False where the input is not worth it.
  bool run(const SessionInput& input) {
    for (const fuzz::Segment& segment : input.segments) {
      // A request may begin in one segment and end in the next.
      rest_ += segment.bytes;
      if (!run_requests()) return false;
      run_.advance(segment.advance_ms);
    }
    if (with_model_) check_state();
    const std::size_t before = run_.output().size();
    run_.deliver();
    read_replies(before, run_.client().protocol);
    return true;
  }

  SessionRun& session() { return run_; }
  // Some replies tell what differs with the pieces or the addresses.
  bool varies() const { return varies_; }

 private:
  bool run_requests() {
    while (!rest_.empty() && !run_.closed() && !run_.deaf()) {
      resp::RequestParser parser;
      resp::RequestLimits limits;
      limits.max_bulk = fuzz::max_bulk;
      limits.authenticated = run_.client().authenticated;
      const auto status = parser.parse(rest_, limits);
      if (status == resp::RequestParser::Status::need_more) {
        // Nothing is answered before it is whole; what comes later is added to it.
        return true;
      }
      if (status == resp::RequestParser::Status::error) {
        judge_broken();
        continue;
      }
      const Request request(parser.args().begin(), parser.args().end());
      if (budget_.refuses(request)) return false;
      const std::string bytes = rest_.substr(0, parser.consumed());
      rest_.erase(0, parser.consumed());
      judge(request, bytes);
    }
    return true;
  }

  void judge_broken() {
    const ReplyMode mode = run_.client().reply_mode;
    const bool killed = run_.client().killed;
    const std::size_t before = run_.output().size();
    run_.feed(rest_);
    REDOUBLE_ASSERT(run_.closed() || (mode != ReplyMode::on && run_.deaf()));
    const auto replies = read_replies(before, run_.client().protocol);
    if (killed || mode != ReplyMode::on) {
      REDOUBLE_ASSERT(replies.empty());
    } else {
      REDOUBLE_ASSERT(replies.size() == 1 && replies[0].is_error());
      REDOUBLE_ASSERT(replies[0].text.starts_with("ERR Protocol error: "));
    }
  }

  void judge(const Request& request, std::string_view bytes) {
    const ReplyMode mode = run_.client().reply_mode;
    const int protocol = run_.client().protocol;
    const bool killed = run_.client().killed;
    const std::size_t before = run_.output().size();
    run_.feed(bytes);
    const auto replies = read_replies(before, std::max<int>(protocol, run_.client().protocol));
    std::size_t wanted = request.empty() || killed ? 0 : 1;
    if (mode != ReplyMode::on) wanted = wanted == 1 && turns_on(request, mode) ? 1 : 0;
    if (run_.client().reply_mode != ReplyMode::on) wanted = 0;
    const bool pushes = is_word(request, 0, "debug") && is_word(request, 1, "protocol") &&
                        is_word(request, 2, "push") && protocol == 3;
    if (pushes && replies.empty()) wanted = 0;
    REDOUBLE_ASSERT(replies.size() == wanted);
    if (killed) REDOUBLE_ASSERT(run_.closed());
    varies_ = varies_ || tells_of_pieces(request);
    if (with_model_ && wanted == 1) {
      REDOUBLE_ASSERT(std::string_view(run_.output()).substr(before) ==
                      model_.run(state_, request));
    }
  }

  // Only these are answered when nothing is.
  static bool turns_on(const Request& request, ReplyMode mode) {
    if (is_word(request, 0, "reset")) return request.size() == 1 && mode == ReplyMode::off;
    return request.size() == 3 && is_word(request, 0, "client") && is_word(request, 1, "reply") &&
           is_word(request, 2, "on");
  }

  static bool tells_of_pieces(const Request& request) {
    return is_word(request, 0, "info") || is_word(request, 0, "client") ||
           (is_word(request, 0, "memory") && is_word(request, 1, "stats")) ||
           (is_word(request, 0, "debug") && is_word(request, 1, "object"));
  }

  // The replies behind `begin`, without what was pushed.
  std::vector<Reply> read_replies(std::size_t begin, int protocol) {
    resp::ReplyReader reader({.protocol = protocol});
    reader.feed(std::string_view(run_.output()).substr(begin));
    std::vector<Reply> replies;
    Reply reply;
    resp::ReplyReader::Status status;
    while ((status = reader.next(reply)) == resp::ReplyReader::Status::reply) {
      if (reply.type != Reply::Type::push) replies.push_back(std::move(reply));
    }
    REDOUBLE_ASSERT(status == resp::ReplyReader::Status::need_more && reader.at_boundary());
    return replies;
  }

  void check_state() {
    REDOUBLE_ASSERT(run_.ask({"DBSIZE"}) == ":" + std::to_string(state_.size()) + "\r\n");
    const check::StringModel::State expected = state_;
    for (const auto& [key, value] : expected) {
      for (const std::string_view name : {"GET", "PTTL"}) {
        const Request request = {std::string(name), key};
        REDOUBLE_ASSERT(run_.ask(request) == model_.run(state_, request));
      }
    }
  }

  SessionRun run_;
  check::StringModel model_;
  check::StringModel::State state_;
  bool with_model_;
  bool varies_ = false;
  std::string rest_;
  Budget budget_;
};

// All replies, without the texts that tell of addresses and of the pieces in which bytes came.
std::vector<Reply> without_what_varies(std::string_view output) {
  resp::ReplyReader reader;
  reader.feed(output);
  std::vector<Reply> replies;
  Reply reply;
  while (reader.next(reply) == resp::ReplyReader::Status::reply) {
    for (const std::string_view sign : {"Value at:", " qbuf=", "total_net_input_bytes:",
                                        "mem_clients_normal:", "client_recent_max_input_buffer:"}) {
      if (reply.text.find(sign) != std::string::npos) reply.text = sign;
    }
    for (std::size_t index = 1; index < reply.elements.size(); ++index) {
      if (reply.elements[index - 1].text == "clients.normal") reply.elements[index] = {};
    }
    replies.push_back(std::move(reply));
  }
  return replies;
}

// The same bytes in other pieces; `cut` 0 cuts nothing.
void check_pieces(const SessionInput& input, std::uint8_t cut, Judged& judged) {
  SessionRun run(input);
  std::size_t state = cut;
  for (const fuzz::Segment& segment : input.segments) {
    std::string_view rest = segment.bytes;
    while (cut != 0 && !rest.empty()) {
      state = state * 29 + 17;
      const std::size_t size = std::min(rest.size(), 1 + (state >> 3) % 23);
      run.feed(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    run.feed(rest);
    run.advance(segment.advance_ms);
  }
  run.deliver();
  SessionRun& other = judged.session();
  if (judged.varies()) {
    REDOUBLE_ASSERT(without_what_varies(run.output()) == without_what_varies(other.output()));
  } else {
    REDOUBLE_ASSERT(run.output() == other.output());
  }
  REDOUBLE_ASSERT(run.digest() == other.digest());
}

void check_records(const std::vector<instance::Record>& records, std::uint64_t digest) {
  SessionInput input;
  input.debug = true;
  SessionRun run(input);
  for (const instance::Record& record : records) {
    run.feed(fuzz::wire_of({"SELECT", std::to_string(record.database)}));
    const std::size_t before = run.output().size();
    run.feed(fuzz::wire_of(record.command));
    REDOUBLE_ASSERT(run.output().size() > before && run.output()[before] != '-');
  }
  REDOUBLE_ASSERT(run.digest() == digest);
}

}  // namespace

// Each input makes and frees whole instances: what is freed is kept back for a few inputs, not for
// hundreds, whose pages would all be new ones.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=16"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const SessionInput input = fuzz::read_input({reinterpret_cast<const char*>(data), size});
  Records records;
  std::uint64_t digest = 0;
  {
    Judged judged(input, &records);
    std::size_t sent = 0;
    for (const fuzz::Segment& segment : input.segments) sent += segment.bytes.size();
    const fuzz::MemoryWatch memory;
    if (!judged.run(input)) return -1;
    REDOUBLE_ASSERT(memory.largest() <=
                    64 * sent + 4 * judged.session().output().size() + max_piece);
    judged.session().instance().set_recorder(nullptr);
    digest = judged.session().digest();
    check_pieces(input, 0, judged);
    if (input.cut != 0) check_pieces(input, input.cut, judged);
  }
  check_records(records.all, digest);
  return 0;
}
