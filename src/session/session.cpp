#include "session/session.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "session/blocked_call.hpp"
#include "session/judge.hpp"

namespace redouble::session {
namespace {

// A client's own buffer begins with this size, and is given back when it is larger than needed.
constexpr std::size_t smallest_buffer = 1024;
constexpr std::size_t kept_buffer = 32 * 1024;
// While a request is not whole there is always room for this much more.
constexpr std::size_t least_room = 16 * 1024;

}  // namespace

Session::Session(instance::Instance& instance, Workbench& bench, Peer peer)
    : instance_(instance),
      bench_(bench),
      client_(instance.clients().add(instance.clock().now_ms())) {
  instance.step({.slot = bench.slot}, nullptr, [&](store::LockSet&, instance::Step&) {
    client_->address = std::move(peer.address);
    client_->local_address = std::move(peer.local_address);
    client_->unix_socket = peer.unix_socket;
    client_->descriptor = peer.descriptor;
    client_->authenticated = instance.settings().requirepass.empty();
  });
  instance.stats().connections.fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() {
  client_->mailbox.set_waker(nullptr);
  stop_waiting();
  if (waiter_ != nullptr) instance_.waiters().claim(*waiter_);
  instance_.step({.slot = bench_.slot}, nullptr, [&](store::LockSet&, instance::Step&) {
    if (client_->tracking.on) instance_.tracking().disable(*client_);
    instance_.clients().remove(client_->id);
  });
}

void Session::Pending::reserve(std::size_t wanted) {
  if (wanted <= capacity) return;
  std::unique_ptr<char[]> larger(new char[wanted]);
  if (size != 0) std::memcpy(larger.get(), bytes.get(), size);
  bytes = std::move(larger);
  capacity = wanted;
}

std::span<char> Session::prepare() {
  if (pending_ == nullptr) return bench_.input();
  // A bulk that was announced gets its room in doubling steps: what a client only promises costs no
  // more than what it has sent.
  const std::size_t announced = pending_->parser.missing();
  const std::size_t room = std::clamp(announced, least_room, std::max(least_room, pending_->size));
  if (pending_->capacity - pending_->size < room / 2) pending_->reserve(pending_->size + room);
  return {pending_->bytes.get() + pending_->size, pending_->capacity - pending_->size};
}

Progress Session::received(std::size_t size) {
  instance_.stats().input_bytes.fetch_add(size, std::memory_order_relaxed);
  if (client_->close_after_reply) return Progress::input;  // nobody listens, see run()
  if (pending_ != nullptr) {
    pending_->size += size;
    REDOUBLE_ASSERT(pending_->size <= pending_->capacity);
    if (pending_->size > instance_.hot().query_buffer_limit.load(std::memory_order_relaxed)) {
      return Progress::close;
    }
  } else {
    bench_.received = size;
  }
  if (!waiting()) [[likely]]
    return run();
  if (pending_ == nullptr) {
    keep_rest({bench_.input().data(), std::exchange(bench_.received, 0)}, 0);
  }
  client_->query_bytes.store(static_cast<std::uint32_t>(unread()), std::memory_order_relaxed);
  return Progress::waiting;
}

Progress Session::resume() {
  stop_waiting();
  return run();
}

Progress Session::deliver() {
  if (client_->killed.load(std::memory_order_acquire)) return Progress::close;
  if (waiter_ != nullptr) {
    const bool settled = waiter_->settled();  // before the mail, which its reply is in, is taken
    drain_mail();
    if (!settled) return Progress::waiting;
    waiter_.reset();
    return run();
  }
  if (waiting()) return resume();
  if (client_->close_after_reply) {
    client_->mailbox.take();
  } else {
    drain_mail();
  }
  return Progress::input;
}

Progress Session::run() {
  // Taken at once: whatever happens, the next session of this bench finds none.
  const std::size_t size = std::exchange(bench_.received, 0);
  const std::string_view input = pending_ != nullptr
                                     ? std::string_view(pending_->bytes.get(), pending_->size)
                                     : std::string_view(bench_.input().data(), size);
  resp::RequestParser& parser = pending_ != nullptr ? pending_->parser : bench_.parser;
  std::size_t used = 0;
  Progress progress = run_requests(input, parser, used);
  // As in Redis it is the sending that closes: where CLIENT REPLY has left nothing to send, the
  // client stays, and is neither listened nor talked to any more.
  if (progress == Progress::close && client_->close_after_reply && bench_.output.empty() &&
      client_->unsent_bytes == 0) {
    progress = Progress::input;
    used = input.size();
    parser.reset();
  }
  keep_rest(input, used);
  client_->query_bytes.store(static_cast<std::uint32_t>(unread()), std::memory_order_relaxed);
  if (bench_.timed_row != nullptr) account_time(instance_.clock().now_us());
  return progress;
}

Progress Session::run_requests(std::string_view input, resp::RequestParser& parser,
                               std::size_t& used) {
  while (used < input.size()) {
    if (client_->killed.load(std::memory_order_acquire)) return Progress::close;
    const auto status = parser.parse(input.substr(used), limits());
    if (status == resp::RequestParser::Status::need_more) return Progress::input;
    if (status == resp::RequestParser::Status::error) {
      refuse_protocol(parser.error());
      return Progress::close;
    }
    if (!parser.args().empty()) {
      client_->query_bytes.store(static_cast<std::uint32_t>(input.size() - used),
                                 std::memory_order_relaxed);
      const Ran ran = execute(parser.args());
      if (ran == Ran::paused) {
        parser.reset();
        return Progress::waiting;
      }
      if (ran == Ran::must_close) {
        bench_.output.clear();  // as in Redis: with the replies of the same batch
        return Progress::close;
      }
    }
    used += parser.consumed();
    parser.reset();
    if (waiter_ != nullptr) [[unlikely]]
      return Progress::waiting;
    if (client_->close_after_reply) return Progress::close;
    if (used < input.size() && bench_.output.size() > most_output) return Progress::more;
  }
  return Progress::input;
}

void Session::keep_rest(std::string_view input, std::size_t used) {
  const std::string_view rest = input.substr(used);
  if (rest.empty()) {
    pending_.reset();
    return;
  }
  if (pending_ == nullptr) {
    pending_ = std::make_unique<Pending>();
    pending_->parser = std::exchange(bench_.parser, resp::RequestParser());
    pending_->reserve(std::max(rest.size(), smallest_buffer));
    std::memcpy(pending_->bytes.get(), rest.data(), rest.size());
  } else if (used != 0) {
    if (rest.size() < kept_buffer && pending_->capacity > kept_buffer) {
      const std::unique_ptr<char[]> old = std::move(pending_->bytes);
      pending_->size = pending_->capacity = 0;
      pending_->reserve(std::max(rest.size(), smallest_buffer));
      std::memcpy(pending_->bytes.get(), rest.data(), rest.size());
    } else {
      std::memmove(pending_->bytes.get(), rest.data(), rest.size());
    }
  }
  pending_->size = rest.size();
}

resp::RequestLimits Session::limits() const {
  resp::RequestLimits limits;
  limits.max_bulk = instance_.hot().max_bulk.load(std::memory_order_relaxed);
  limits.authenticated = client_->authenticated;
  return limits;
}

void Session::refuse_protocol(std::string_view text) {
  const std::string message = "ERR " + std::string(text);
  instance_.step({.slot = bench_.slot}, client_.get(), [&](store::LockSet&, instance::Step&) {
    drain_mail();
    client_->close_after_reply = true;
    const auto mark = bench_.output.mark();
    instance_.stats().error(message);
    resp::ReplyWriter(bench_.output, client_->protocol).error(message);
    obey_reply_mode(mark);
  });
}

namespace {

// The first words of HTTP requests. A web page made a browser send them, with commands for a server
// in their body: so nothing behind them is read, and nothing is answered.
bool is_http(std::string_view word) {
  return command::equals_lower(word, "post") || command::equals_lower(word, "host:");
}

}  // namespace

Session::Ran Session::execute(std::span<const std::string_view> args) {
  const command::Row* row = bench_.memo.resolve(bench_.table, args);
  // What came after the compat-version asked for is not there.
  while (row != nullptr && !bench_.table.visible(*row, instance_.hot().compat)) [[unlikely]] {
    row = bench_.table.parent(*row);
  }
  if (row == nullptr && is_http(args.front())) return Ran::must_close;
  store::Plan plan{.slot = bench_.slot};
  if (mutant("mail-taken-before-locks")) drain_mail();
  bench_.keys.clear();
  if (row != nullptr) [[likely]] {
    plan.all = row->locks == command::Locks::all;
    if (const std::size_t only = bench_.table.only_key(*row); only != 0) {
      if (only < args.size() && command::arity_fits(*row, args.size(), instance_.hot().compat)) {
        bench_.keys.push_back(instance_.keyspace().hash()(args[only]));
      }
      plan.keys = bench_.keys;
    } else if (command::arity_fits(*row, args.size(), instance_.hot().compat)) {
      command::find_keys_to_lock(*row, args, bench_.key_list);
      for (const command::KeyPosition& key : bench_.key_list) {
        bench_.keys.push_back(instance_.keyspace().hash()(args[key.position]));
      }
      plan.keys = bench_.keys;
    }
    make_room(instance_, *row, bench_.slot);
  }
  const std::size_t named_keys = bench_.keys.size();
  const bool may_serve = row != nullptr && (row->flags & command::write) != 0;
  for (int tries = 0;; ++tries) {
    if (may_serve && instance_.waiters().active()) [[unlikely]] {
      reach_waiters(named_keys, plan, tries);
    }
    const Ran ran =
        instance_.step(plan, client_.get(), [&](store::LockSet& locks, instance::Step& step) {
          if (may_serve && !can_serve(locks, named_keys)) [[unlikely]]
            return Ran::lacks_locks;
          const Ran done = run_step(row, args, named_keys, locks, step);
          note_deadline(locks.earliest_set_ms());
          return done;
        });
    if (ran != Ran::lacks_locks) [[likely]]
      return ran;
  }
}

// Who waits for the keys of a request may write to further ones when it is served.
void Session::reach_waiters(std::size_t named_keys, store::Plan& plan, int tries) {
  constexpr int most_tries = 3;
  bench_.keys.resize(named_keys);
  if (tries >= most_tries) plan.all = true;
  if (!plan.all) instance_.waiters().reach(bench_.keys);
  plan.keys = bench_.keys;
}

bool Session::can_serve(const store::LockSet& locks, std::size_t named_keys) const {
  if (!instance_.waiters().active() || locks.whole()) [[likely]]
    return true;
  const std::span<const store::Hashed> named = std::span(bench_.keys).first(named_keys);
  std::vector<store::Hashed> needed(named.begin(), named.end());
  instance_.waiters().reach(needed);
  return std::ranges::all_of(needed,
                             [&](const store::Hashed& key) { return locks.holds(key.hash); });
}

Session::Ran Session::run_step(const command::Row* row, std::span<const std::string_view> args,
                               std::size_t named_keys, store::LockSet& locks,
                               instance::Step& step) {
  instance::Client& client = *client_;
  account_time(locks.now_us());
  if (!mutant("mail-taken-before-locks") && !mutant("mail-behind-reply")) drain_mail();
  const command::CommandTable& table = bench_.table;
  static constexpr command::Row unknown{};
  resp::ReplyWriter reply(bench_.output, client.protocol);
  command::Call call{.row = row == nullptr ? unknown : *row,
                     .name = row == nullptr ? std::string_view() : table.full_name(*row),
                     .args = args,
                     .found_keys = std::span(bench_.keys).first(named_keys),
                     .instance = instance_,
                     .client = client,
                     .step = step,
                     .locks = locks,
                     .keys = locks.database(client.database),
                     .reply = reply,
                     .slot = bench_.slot};
  const auto mark = bench_.output.mark();
  client.active_ms = locks.now_ms();
  client.last_command = row == nullptr ? "NULL" : call.name;
  step.begin_request(client.database, args);
  switch (judge(call, table, row)) {
    case Verdict::wait:
      wait_for_pause();
      return Ran::paused;
    case Verdict::refused:
      // An unknown subcommand is nobody's: as in Redis its container is not charged.
      if (row != nullptr && (!command::has_subcommands(*row) || args.size() < 2)) {
        instance_.stats().rejected(bench_.slot, table.index_of(*row));
      }
      break;
    case Verdict::run:
      row->handler(call);
      if (call.failed) instance_.stats().failed(bench_.slot, table.index_of(*row));
      bench_.timed_row = row;
      bench_.timed_since_us = locks.now_us();
      if (client.tracking.on) remember_reads(call);
      if (call.wait) [[unlikely]]
        block(call);
      break;
  }
  // Whatever becomes of a command, CLIENT CACHING was about that one; only CLIENT's do not count.
  if (client.tracking.caching && !call.name.starts_with("client|") &&
      !mutant("caching-outlives-its-command")) {
    client.tracking.caching = false;
  }
  obey_reply_mode(mark);
  if (mutant("mail-behind-reply")) drain_mail();
  return Ran::done;
}

// Client-side caching: what a reading command has read, unless CLIENT CACHING says otherwise.
void Session::remember_reads(const command::Call& call) {
  const instance::TrackingMode& mode = client_->tracking;
  const bool wanted = mode.optin ? mode.caching : !(mode.optout && mode.caching);
  if ((call.row.flags & command::readonly) != 0 && !mode.broadcast && wanted) {
    for (const store::Hashed& key : call.found_keys) instance_.tracking().read(*client_, key.key);
  }
}

void Session::obey_reply_mode(const resp::Output::Mark& mark) {
  using instance::ReplyMode;
  if (client_->reply_mode == ReplyMode::on) [[likely]]
    return;
  ReplyMode& mode = client_->reply_mode;
  if (mode == ReplyMode::off || mode == ReplyMode::skip) bench_.output.truncate(mark);
  if (mode == ReplyMode::skip) mode = ReplyMode::on;
  if (mode == ReplyMode::skip_next) mode = ReplyMode::skip;
}

void Session::wait_for_pause() {
  alarm_ = instance_.alarms().add(instance_.pause().until_ms(), client_);
  note_deadline(alarm_.first);
}

void Session::block(const command::Call& call) {
  using instance::ReplyMode;
  const bool replies =
      client_->reply_mode == ReplyMode::on || client_->reply_mode == ReplyMode::skip_next;
  waiter_ = std::make_shared<BlockedCall>(call, client_, replies);
  instance_.waiters().add(waiter_);
  note_deadline(waiter_->deadline_ms());
}

void Session::note_deadline(std::int64_t at_ms) {
  bench_.earliest_deadline_ms = std::min(bench_.earliest_deadline_ms, at_ms);
}

void Session::stop_waiting() {
  if (!waiting()) return;
  instance_.alarms().cancel(alarm_);
  alarm_ = {};
}

void Session::drain_mail() {
  if (client_->mailbox.empty()) [[likely]]
    return;
  for (const std::string& letter : client_->mailbox.take()) bench_.output.append(letter);
}

void Session::account_time(std::int64_t now_us) {
  if (bench_.timed_row == nullptr) return;
  const std::size_t index = bench_.table.index_of(*bench_.timed_row);
  instance_.stats().called(bench_.slot, index,
                           static_cast<std::uint64_t>(now_us - bench_.timed_since_us));
  bench_.timed_row = nullptr;
}

}  // namespace redouble::session
