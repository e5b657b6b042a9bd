#include "session/session.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"
#include "session/blocked_call.hpp"
#include "session/judge.hpp"

namespace redouble::session {
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
    if (client_->has_tracked) {
      instance_.tracking().disable(*client_);
      instance_.tracking().forget(*client_);
    }
    instance_.clients().remove(client_->id);
  });
}

bool Session::goes_on_in_bench() const {
  return pending_ != nullptr && pending_->is_short() && !waiting();
}

std::span<char> Session::prepare() {
  if (pending_ == nullptr) [[likely]]
    return bench_.input();
  if (!goes_on_in_bench()) return pending_->room();
  const std::string_view rest = pending_->input();
  std::memcpy(bench_.input().data(), rest.data(), rest.size());
  return bench_.input().subspan(rest.size());
}

Progress Session::received(std::size_t size) {
  instance_.stats().received(bench_.slot, size);
  if (client_->close_after_reply) return Progress::input;  // nobody listens, see run()
  if (goes_on_in_bench()) {
    bench_.received = pending_->size() + size;
    bench_.parser = std::move(pending_->parser());
    pending_.reset();
  } else if (pending_ != nullptr) {
    pending_->received(size);
  } else {
    bench_.received = size;
  }
  if (!waiting()) [[likely]] {
    const Progress progress = run();
    const bool had_it_all = progress != Progress::more;
    return had_it_all && exceeds_query_buffer() ? Progress::close : progress;
  }
  if (pending_ == nullptr) {
    keep_rest({bench_.input().data(), std::exchange(bench_.received, 0)}, 0);
  }
  client_->query_bytes.store(static_cast<std::uint32_t>(unread()), std::memory_order_relaxed);
  return exceeds_query_buffer() ? Progress::close : Progress::waiting;
}

// As in Redis the arguments that are whole do not count.
bool Session::exceeds_query_buffer() const {
  return pending_ != nullptr &&
         pending_->unparsed() > instance_.hot().query_buffer_limit.load(std::memory_order_relaxed);
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
  if (pending_ != nullptr && pending_->lacks()) {
    client_->query_bytes.store(static_cast<std::uint32_t>(unread()), std::memory_order_relaxed);
    return Progress::input;
  }
  // Taken at once: whatever happens, the next session of this bench finds none.
  const std::size_t size = std::exchange(bench_.received, 0);
  const std::string_view input =
      pending_ != nullptr ? pending_->input() : std::string_view(bench_.input().data(), size);
  resp::RequestParser& parser = pending_ != nullptr ? pending_->parser() : bench_.parser;
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
  if (bench_.timed_row != nullptr) end_timing(instance_.clock().now_us());
  return progress;
}

Progress Session::run_requests(std::string_view input, resp::RequestParser& parser,
                               std::size_t& used) {
  Ahead ahead;
  resp::RequestLimits limits;
  while (used < input.size()) {
    if (client_->killed.load(std::memory_order_acquire)) return Progress::close;
    limits.max_bulk = instance_.hot().max_bulk.load(std::memory_order_relaxed);
    limits.authenticated = client_->authenticated;
    const auto status = parser.parse(input.substr(used), limits);
    if (status == resp::RequestParser::Status::need_more) return Progress::input;
    if (status == resp::RequestParser::Status::error) {
      refuse_protocol(parser.error());
      return Progress::close;
    }
    if (!parser.args().empty()) {
      client_->query_bytes.store(static_cast<std::uint32_t>(input.size() - used),
                                 std::memory_order_relaxed);
      if (bench_.foresees) {
        ahead.bytes = input.substr(used);
        ahead.request_size = parser.consumed();
      }
      const Ran ran = execute(parser.args(), ahead);
      if (ran == Ran::paused) {
        parser.again();
        return Progress::waiting;
      }
      if (ran == Ran::must_close) {
        bench_.output.clear();  // as in Redis: with the replies of the same batch
        return Progress::close;
      }
    }
    used += parser.consumed();
    parser.reset();
    if (pending_ != nullptr) pending_->drop_blocks();
    if (waiter_ != nullptr) [[unlikely]]
      return Progress::waiting;
    if (client_->close_after_reply) return Progress::close;
    if (used < input.size() && bench_.output.size() > instance::Instance::uncounted_output)
        [[unlikely]] {
      const std::uint64_t most = instance_.hot().output_pause.load(std::memory_order_relaxed);
      if (bench_.output.size() > most) return Progress::more;
    }
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
    pending_ = std::make_unique<Pending>(std::exchange(bench_.parser, resp::RequestParser()));
  }
  pending_->keep(rest);
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

// Judges and runs one request under its locks. `usual`: a row that is plain, the right number of
// arguments and one key, which is locked; then much is known beforehand.
template <bool usual>
inline Session::Ran Session::run_step(const command::Row* row,
                                      std::span<const std::string_view> args,
                                      std::span<const store::Hashed> named, store::LockSet& locks,
                                      instance::Step& step) {
  instance::Client& client = *client_;
  // What has a key looks at no statistics: a run of the same command is accounted once.
  const bool same = usual && row == bench_.timed_row;
  if (!same && bench_.timed_row != nullptr) end_timing(locks.now_us());
  if (!mutant("mail-taken-before-locks") && !mutant("mail-behind-reply")) drain_mail();
  const command::CommandTable& table = bench_.table;
  static constexpr command::Row unknown{};
  const bool known = usual || row != nullptr;
  resp::ReplyWriter reply(bench_.output, client.protocol);
  command::Call call(known ? *row : unknown, known ? table.full_name(*row) : std::string_view(),
                     args, named, instance_, client, step, locks, client.database, reply,
                     bench_.slot);
  if (pending_ != nullptr) call.blocks = pending_->blocks();
  // No command with a key changes the mode.
  const bool replies = usual && client.reply_mode == instance::ReplyMode::on;
  const auto mark = replies ? resp::Output::Mark() : bench_.output.mark();
  client.active_ms = locks.now_ms();
  client.last_command = known ? call.name : "NULL";
  step.begin_request(client.database, args);
  switch (usual && unhindered(call) ? Verdict::run : judge(call, table, row)) {
    case Verdict::wait:
      wait_for_pause();
      return Ran::paused;
    case Verdict::refused:
      // An unknown subcommand is nobody's: as in Redis its container is not charged.
      if (known && (!command::has_subcommands(*row) || args.size() < 2)) {
        instance_.stats().rejected(bench_.slot, table.index_of(*row));
      }
      break;
    case Verdict::run:
      row->handler(call);
      if (call.failed) [[unlikely]]
        instance_.stats().failed(bench_.slot, table.index_of(*row));
      if (!same) {
        bench_.timed_row = row;
        bench_.timed_since_us = locks.now_us();
      }
      ++bench_.timed_calls;
      if (client.tracking.on) [[unlikely]]
        remember_reads(call);
      if (call.wait) [[unlikely]]
        block(call);
      break;
  }
  // Whatever becomes of a command, CLIENT CACHING was about that one; only CLIENT's do not count.
  if (client.tracking.caching && !call.name.starts_with("client|") &&
      !mutant("caching-outlives-its-command")) [[unlikely]] {
    client.tracking.caching = false;
  }
  if (!replies) obey_reply_mode(mark);
  if (mutant("mail-behind-reply")) drain_mail();
  return Ran::done;
}

// The hash of a key, by the guess about it where there was one; and a guess about the next one,
// which is that it stands where this one does. Then its stripe is on its way from the thread that
// had it last while this request runs.
inline store::Hashed Session::hashed(std::string_view key, Ahead& ahead) const {
  const store::KeyHash& hash = instance_.keyspace().hash();
  if (!bench_.foresees) return hash(key);
  const bool is_guess = ahead.guess.key.data() == key.data() &&
                        (ahead.guess.key.size() == key.size() || mutant("guess-taken-for-key"));
  const store::Hashed hashed = is_guess ? ahead.guess : hash(key);
  constexpr std::size_t compared = 4;  // the end of the line with the key's length
  const std::size_t place = reinterpret_cast<std::uintptr_t>(key.data()) -
                            reinterpret_cast<std::uintptr_t>(ahead.bytes.data());
  const bool is_inside = place >= compared && place < ahead.request_size;  // in no block or copy
  const std::size_t next = ahead.request_size + place;
  if (is_inside && next + key.size() <= ahead.bytes.size() &&
      std::memcmp(key.data() - compared, ahead.bytes.data() + next - compared, compared) == 0) {
    ahead.guess = hash(ahead.bytes.substr(next, key.size()));
    instance_.keyspace().expect(ahead.guess.hash);
  }
  return hashed;
}

// The usual request: one key, nothing that it would serve.
Session::Ran Session::execute_on_key(const command::Row& row,
                                     std::span<const std::string_view> args, Ahead& ahead) {
  const std::size_t place = bench_.table.only_key(row);
  if (place >= args.size()) [[unlikely]]
    return Ran::lacks_locks;
  const store::Hashed key = hashed(args[place], ahead);
  if (mutant("mail-taken-before-locks")) drain_mail();
  make_room(instance_, row, bench_.slot);
  const store::Plan plan{.keys = {&key, 1}, .slot = bench_.slot};
  return instance_.step(plan, client_.get(), [&](store::LockSet& locks, instance::Step& step) {
    if (instance_.waiters().active()) [[unlikely]]
      return Ran::lacks_locks;
    const Ran ran = run_step<true>(&row, args, plan.keys, locks, step);
    note_deadline(locks.earliest_set_ms());
    return ran;
  });
}

Session::Ran Session::execute(std::span<const std::string_view> args, Ahead& ahead) {
  const command::Row* row = bench_.memo.resolve(bench_.table, args);
  // What came after the compat-version asked for is not there.
  while (row != nullptr && !bench_.table.visible(*row, instance_.hot().compat)) [[unlikely]] {
    row = bench_.table.parent(*row);
  }
  if (row != nullptr && bench_.table.plain(*row) && bench_.table.only_key(*row) != 0 &&
      command::arity_fits(*row, args.size(), instance_.hot().compat) &&
      !instance_.waiters().active()) [[likely]] {
    const Ran ran = execute_on_key(*row, args, ahead);
    if (ran != Ran::lacks_locks) [[likely]]
      return ran;
  }
  return execute_any(row, args);
}

Session::Ran Session::execute_any(const command::Row* row, std::span<const std::string_view> args) {
  if (row == nullptr && is_http(args.front())) return Ran::must_close;
  store::Plan plan{.slot = bench_.slot};
  if (mutant("mail-taken-before-locks")) drain_mail();
  if (row != nullptr) [[likely]] {
    plan.all = row->locks == command::Locks::all;
    if (command::arity_fits(*row, args.size(), instance_.hot().compat)) {
      plan.keys = keys_of(*row, args);
    }
    make_room(instance_, *row, bench_.slot);
  }
  const std::span<const store::Hashed> named = plan.keys;
  const bool may_serve = row != nullptr && (row->flags & command::write) != 0;
  for (int tries = 0;; ++tries) {
    if (may_serve && instance_.waiters().active()) [[unlikely]] {
      reach_waiters(named, plan, tries);
    }
    const Ran ran =
        instance_.step(plan, client_.get(), [&](store::LockSet& locks, instance::Step& step) {
          if (may_serve && !can_serve(locks, named)) [[unlikely]]
            return Ran::lacks_locks;
          const Ran done = run_step<false>(row, args, named, locks, step);
          note_deadline(locks.earliest_set_ms());
          return done;
        });
    if (ran != Ran::lacks_locks) [[likely]]
      return ran;
  }
}

// Who waits for the keys of a request may write to further ones when it is served.
void Session::reach_waiters(std::span<const store::Hashed> named, store::Plan& plan, int tries) {
  constexpr int most_tries = 3;
  if (tries >= most_tries) plan.all = true;
  bench_.reached.assign(named.begin(), named.end());
  if (!plan.all) instance_.waiters().reach(bench_.reached);
  plan.keys = bench_.reached;
}

bool Session::can_serve_closely(const store::LockSet& locks,
                                std::span<const store::Hashed> named) const {
  if (locks.whole() || mutant("late-waiter-not-reached")) return true;
  std::vector<store::Hashed> needed(named.begin(), named.end());
  instance_.waiters().reach(needed);
  return std::ranges::all_of(needed,
                             [&](const store::Hashed& key) { return locks.holds(key.hash); });
}

// The keys of a request; good until the next one.
std::span<const store::Hashed> Session::keys_of(const command::Row& row,
                                                std::span<const std::string_view> args) {
  const store::KeyHash& hash = instance_.keyspace().hash();
  command::find_keys_to_lock(row, args, bench_.key_list);
  bench_.keys.clear();
  for (const command::KeyPosition& key : bench_.key_list) {
    bench_.keys.push_back(hash(args[key.position]));
  }
  return bench_.keys;
}

// Client-side caching: what a reading command has read, unless CLIENT CACHING says otherwise.
void Session::remember_reads(const command::Call& call) {
  const instance::TrackingMode& mode = client_->tracking;
  const bool wanted = mode.optin ? mode.caching : !(mode.optout && mode.caching);
  if ((call.row.flags & command::readonly) != 0 && !mode.broadcast && wanted) {
    const auto most = static_cast<std::uint64_t>(call.settings().tracking_table_max_keys);
    for (const store::Hashed& key : call.found_keys) {
      instance_.tracking().read(*client_, key.key, most);
    }
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
  client_->blocked.store(true, std::memory_order_relaxed);
  alarm_ = instance_.alarms().add(instance_.pause().until_ms(), client_);
  note_deadline(alarm_.first);
}

void Session::block(const command::Call& call) {
  using instance::ReplyMode;
  const bool replies =
      client_->reply_mode == ReplyMode::on || client_->reply_mode == ReplyMode::skip_next;
  // What waits is no usual command, so the time that runs is of this call alone.
  const std::int64_t took_us = instance_.clock().now_us() - bench_.timed_since_us;
  instance_.stats().blocked(bench_.slot, bench_.table.index_of(call.row),
                            static_cast<std::uint64_t>(took_us));
  bench_.timed_calls = 0;
  bench_.timed_row = nullptr;
  waiter_ = std::make_shared<BlockedCall>(call, client_, replies, took_us);
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
  client_->blocked.store(false, std::memory_order_relaxed);
}

void Session::take_mail() {
  for (const std::string& letter : client_->mailbox.take()) bench_.output.append(letter);
}

// REQUIRES: a command's time runs.
void Session::end_timing(std::int64_t now_us) {
  const std::size_t index = bench_.table.index_of(*bench_.timed_row);
  instance_.stats().called(bench_.slot, index, std::exchange(bench_.timed_calls, 0),
                           static_cast<std::uint64_t>(now_us - bench_.timed_since_us));
  bench_.timed_row = nullptr;
  instance_.stats().tick(now_us);
}

}  // namespace redouble::session
