#include "instance/instance.hpp"

#include <algorithm>

namespace redouble::instance {
namespace {

std::string hexadecimal_id(std::uint64_t seed) {
  constexpr std::size_t length = 40;
  constexpr char digits[] = "0123456789abcdef";
  store::Random random(seed);
  std::string id(length, '0');
  for (char& digit : id) digit = digits[random.below(16)];
  return id;
}

// Mixes one value into a hash of a sequence.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  return store::Random(hash ^ (value * 0xff51afd7ed558ccdu)).next();
}

// What a value consists of, as one number; the order of parts counts where it counts for Redis.
class Contents final : public value::PartVisitor {
 public:
  explicit Contents(const store::KeyHash& hash) : hash_(hash) {}

  void in_order(std::string_view part) override { chain_ = mixed(chain_, hash_(part).hash); }
  void any_order(std::span<const std::string_view> parts, std::int64_t deadline_ms) override {
    auto one = static_cast<std::uint64_t>(deadline_ms);
    for (const std::string_view part : parts) one = mixed(one, hash_(part).hash);
    sum_ += mixed(one, parts.size());
  }
  void beside(std::span<const std::string_view> parts) override {
    any_order(parts, value::Deadline::never);
  }
  std::uint64_t hash() const { return mixed(chain_, sum_); }

 private:
  const store::KeyHash& hash_;
  std::uint64_t chain_ = 0;
  std::uint64_t sum_ = 0;
};

std::uint64_t hash_of_value(const store::Entry& entry, const store::KeyHash& hash) {
  if (entry.type() == value::Type::string) {
    value::StringRef::Room room;
    return hash(entry.string().view(room)).hash;
  }
  Contents contents(hash);
  entry.object().for_each_part(contents);
  return contents.hash();
}

}  // namespace

Instance::Instance(Options options)
    : sync_(options.scheduler),
      clock_(options.clock, options.start_us),
      config_(std::move(options.config)),
      seed_(options.seed),
      run_id_(hexadecimal_id(options.seed)),
      replication_id_(hexadecimal_id(mixed(options.seed, 0))),
      started_ms_(clock_.now_ms()),
      keyspace_({.databases = static_cast<int>(config_.settings().databases),
                 .stripes = options.stripes,
                 .seed = options.seed},
                sync_, clock_),
      clients_(sync_),
      tracking_(clients_, sync_),
      alarms_(sync_),
      waiters_(sync_),
      stats_(options.command_rows, sync_) {
  hot_.compat = options.compat;
  config_changed();
}

Instance::~Instance() = default;

void Instance::change_replication_id() {
  replication_id_ = hexadecimal_id(mixed(seed_, ++replication_ids_));
}

void Instance::config_changed() {
  hot_.max_bulk = settings().proto_max_bulk_len;
  hot_.query_buffer_limit = settings().client_query_buffer_limit;
  hot_.maxmemory = settings().maxmemory;
  hot_.maxclients = settings().maxclients;
  hot_.timeout_s = settings().timeout;
  hot_.protected_mode = settings().protected_mode && settings().requirepass.empty();
  hot_.shutdown_timeout_s = settings().shutdown_timeout;
  const OutputBufferLimit& output = settings().output_buffer_limit(ClientClass::normal);
  hot_.output_hard = output.hard;
  hot_.output_pause = output.hard == 0 ? usual_output_pause : output.hard + uncounted_output;
  hot_.output_soft = output.soft;
  hot_.output_soft_s = output.soft_seconds;
  stats_.tracks_latencies = settings().latency_tracking;
  const bool counts_uses = settings().maxmemory_policy == MaxmemoryPolicy::allkeys_lfu ||
                           settings().maxmemory_policy == MaxmemoryPolicy::volatile_lfu;
  keyspace_.access_clock().configure(counts_uses, settings().lfu_log_factor,
                                     settings().lfu_decay_time);
  note_exceeded();
}

void Instance::set_host(Host* host) { host_ = host == nullptr ? &no_host_ : host; }

bool Instance::run_due(unsigned slot, std::size_t most) {
  alarms_.run_due(clock_.now_ms());
  waiters_.time_out_due(clock_.now_ms());
  if (!expires_by_itself(clock_.now_ms())) return false;
  Step step(*this, nullptr, slot, recording());
  const std::int64_t begun_us = clock_.now_us();
  const bool more = keyspace_.sweep(slot, step, most, [&step](store::LockSet& locks) {
    step.serve_waiters(locks);
    step.settle();
  });
  stats_.swept(clock_.now_us() - begun_us, more);
  return more;
}

void Instance::keep_within(unsigned slot, std::uint64_t limit) {
  if (used_memory() > limit) {
    evict(slot, limit);
    note_exceeded();
  } else if (stats_.is_exceeded()) {
    stats_.note_exceeded(false, clock_.now_us());
  }
}

void Instance::note_exceeded() {
  const std::uint64_t limit = hot_.maxmemory.load(std::memory_order_relaxed);
  const bool exceeded = limit != 0 && used_memory() > limit;
  if (exceeded != stats_.is_exceeded()) stats_.note_exceeded(exceeded, clock_.now_us());
}

void Instance::advance_us(unsigned slot, std::int64_t microseconds) {
  clock_.advance_us(microseconds);
  constexpr auto no_limit = static_cast<std::size_t>(-1);
  step({.all = true, .slot = slot}, nullptr,
       [this](store::LockSet& locks, Step&) { sweep_in_order(locks, no_limit); });
  alarms_.run_due(clock_.now_ms());
  waiters_.time_out_due(clock_.now_ms());
  host_->rearm();
}

void Instance::note_memory() { stats_.note_memory(used_memory()); }

std::int64_t Instance::earliest_deadline_ms() const {
  const std::int64_t keys = active_expire.load(std::memory_order_relaxed)
                                ? std::max(keyspace_.earliest_deadline_ms(), pause_.until_ms())
                                : store::never_ms;
  return std::min({keys, alarms_.earliest_ms(), waiters_.earliest_ms()});
}

std::uint64_t Instance::digest(store::LockSet& locks) {
  const store::KeyHash hash(0);  // the same in every instance
  std::uint64_t sum = 0;
  for (int database = 0; database < keyspace_.database_count(); ++database) {
    locks.database(database).for_each([&](const store::Entry& entry) {
      std::uint64_t one = mixed(static_cast<std::uint64_t>(database), hash(entry.key()).hash);
      one = mixed(one, static_cast<std::uint64_t>(entry.type()));
      one = mixed(one, hash_of_value(entry, hash));
      sum += mixed(one, static_cast<std::uint64_t>(entry.deadline().at_ms));
    });
  }
  return sum;
}

void Instance::record(std::span<Record> records) {
  const store::LeafLock lock(journal_mutex_, sync_, store::Point::journal);
  ++ticket_;
  for (Record& record : records) {
    record.ticket = ticket_;
    recorder_->record(record);
  }
}

}  // namespace redouble::instance
