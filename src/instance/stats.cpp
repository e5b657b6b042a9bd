#include "instance/stats.hpp"

#include <algorithm>

namespace redouble::instance {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
// Beyond so many different codes an error is not counted by its code any more, as in Redis.
constexpr std::size_t most_error_codes = 128;

}  // namespace

Stats::Stats(std::size_t rows, const store::Sync& sync) : rows_(rows), sync_(sync) {}

Stats::~Stats() {
  for (Slot& slot : slots_) {
    Row* rows = slot.rows.load(relaxed);
    if (rows == nullptr) continue;
    for (std::size_t index = 0; index < rows_; ++index) delete rows[index].latencies.load(relaxed);
    delete[] rows;
  }
}

Stats::Row* Stats::make_rows(unsigned slot) {
  std::atomic<Row*>& place = at(slot).rows;
  Row* made = new Row[rows_];
  Row* there = nullptr;
  if (place.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return made;
  delete[] made;
  return there;
}

LatencyHistogram& Stats::make_latencies(Row& row) {
  auto* made = new LatencyHistogram;
  LatencyHistogram* there = nullptr;
  if (row.latencies.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *there;
}

void Stats::blocked(unsigned slot, std::size_t index, std::uint64_t usec) {
  Row& counters = row(slot, index);
  counters.calls.fetch_add(1, relaxed);
  counters.usec.fetch_add(usec, relaxed);
}

void Stats::resumed(unsigned slot, std::size_t index, std::uint64_t more_usec, std::uint64_t usec) {
  Row& counters = row(slot, index);
  counters.usec.fetch_add(more_usec, relaxed);
  if (tracks_latencies.load(relaxed)) add_latencies(counters, 1, usec * 1000);
}

LatencyHistogram::Counts Stats::latencies(std::size_t index) const {
  LatencyHistogram::Counts counts;
  for (const Slot& slot : slots_) {
    const Row* rows = slot.rows.load(std::memory_order_acquire);
    if (rows == nullptr) continue;
    const LatencyHistogram* latencies = rows[index].latencies.load(std::memory_order_acquire);
    if (latencies != nullptr) latencies->add_to(counts);
  }
  const bool any = std::ranges::any_of(counts, [](std::uint64_t count) { return count != 0; });
  return any ? counts : LatencyHistogram::Counts();
}

void Stats::rejected(unsigned slot, std::size_t index) {
  row(slot, index).rejected.fetch_add(1, relaxed);
}

void Stats::failed(unsigned slot, std::size_t index) {
  row(slot, index).failed.fetch_add(1, relaxed);
}

void Stats::take_sample(std::int64_t now_us) {
  const Sums now = sums();
  const store::LeafLock lock(mutex_, sync_, store::Point::registry);
  if (rates_.sample(now_us, now)) {
    next_sample_us_.store(now_us + Rates::sample_interval_us, relaxed);
  }
}

PerSecond Stats::per_second(std::int64_t now_us) const {
  const Sums now = sums();
  const store::LeafLock lock(mutex_, sync_, store::Point::registry);
  return rates_.per_second(now_us, now);
}

void Stats::note_exceeded(bool exceeded, std::int64_t now_us) {
  std::int64_t since = exceeded_since_us_.load(relaxed);
  if (exceeded == (since != 0)) return;
  const std::int64_t next = exceeded ? std::max<std::int64_t>(now_us, 1) : 0;
  if (!exceeded_since_us_.compare_exchange_strong(since, next, relaxed)) return;
  if (!exceeded && now_us > since) {
    exceeded_us_.fetch_add(static_cast<std::uint64_t>(now_us - since), relaxed);
  }
}

Stats::Exceeded Stats::exceeded(std::int64_t now_us) const {
  const std::int64_t since = exceeded_since_us_.load(relaxed);
  // Another thread's clock may be further than the reader's step.
  const std::uint64_t current =
      since == 0 || now_us < since ? 0 : static_cast<std::uint64_t>(now_us - since);
  return {.total_us = exceeded_us_.load(relaxed) + current, .current_us = current};
}

void Stats::error(std::string_view text) {
  error_replies.fetch_add(1, relaxed);
  const std::string_view code = text.substr(0, text.find(' '));
  const store::LeafLock lock(mutex_, sync_, store::Point::registry);
  const auto found = errors_.find(code);
  if (found != errors_.end()) {
    ++found->second;
  } else if (errors_.size() < most_error_codes) {
    errors_.emplace(code, 1);
  }
}

CommandCounters Stats::command(std::size_t index) const {
  CommandCounters sum;
  for (const Slot& slot : slots_) {
    const Row* rows = slot.rows.load(std::memory_order_acquire);
    if (rows == nullptr) continue;
    sum.calls += rows[index].calls.load(relaxed);
    sum.usec += rows[index].usec.load(relaxed);
    sum.rejected += rows[index].rejected.load(relaxed);
    sum.failed += rows[index].failed.load(relaxed);
  }
  return sum;
}

std::uint64_t Stats::commands() const {
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) {
    const Row* rows = slot.rows.load(std::memory_order_acquire);
    if (rows == nullptr) continue;
    for (std::size_t index = 0; index < rows_; ++index) sum += rows[index].calls.load(relaxed);
  }
  return sum;
}

std::uint64_t Stats::sum_of(std::atomic<std::uint64_t> Slot::* counter) const {
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) sum += (slot.*counter).load(relaxed);
  return sum;
}

std::map<std::string, std::uint64_t> Stats::errors() const {
  const store::LeafLock lock(mutex_, sync_, store::Point::registry);
  return {errors_.begin(), errors_.end()};
}

void Stats::reset() {
  for (Slot& slot : slots_) {
    slot.input_bytes.store(0, relaxed);
    slot.output_bytes.store(0, relaxed);
    slot.reads.store(0, relaxed);
    slot.writes.store(0, relaxed);
    Row* rows = slot.rows.load(std::memory_order_acquire);
    if (rows == nullptr) continue;
    for (std::size_t index = 0; index < rows_; ++index) {
      rows[index].calls.store(0, relaxed);
      rows[index].usec.store(0, relaxed);
      rows[index].rejected.store(0, relaxed);
      rows[index].failed.store(0, relaxed);
      LatencyHistogram* latencies = rows[index].latencies.load(std::memory_order_acquire);
      if (latencies != nullptr) latencies->clear();
    }
  }
  for (auto* counter :
       {&connections, &rejected_connections, &evicted_keys, &freed_aside, &error_replies,
        &output_limit_closed, &sweep_us, &sweeps_cut, &exceeded_us_}) {
    counter->store(0, relaxed);
  }
  next_sample_us_.store(0, relaxed);
  const store::LeafLock lock(mutex_, sync_, store::Point::registry);
  errors_.clear();
  rates_.clear();
}

}  // namespace redouble::instance
