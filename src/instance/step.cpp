#include "instance/step.hpp"

#include <algorithm>

#include "instance/instance.hpp"
#include "runtime/mutant.hpp"

namespace redouble::instance {

void Step::effect(const store::Effect& effect) {
  if (effect.event.counts) ++changes_;
  if (effect.event.heard) instance_.tracking().changed(effect.key.key, client_);
  if (instance_.waiters().active() && wakes(effect)) [[unlikely]]
    note_ready(effect.database, effect.key.key);
  if (!recording_) return;
  using store::EventKind;
  const bool by_itself =
      effect.event.kind == EventKind::expired || effect.event.kind == EventKind::evicted;
  if (by_itself) {
    const std::string_view command[] = {"DEL", effect.key.key};
    push_record(effect.database, command);
  } else if (!effect.expired_parts.empty()) {
    std::vector<std::string_view> command{"HDEL", effect.key.key};
    command.insert(command.end(), effect.expired_parts.begin(), effect.expired_parts.end());
    push_record(effect.database, command);
  } else if (effect.event.counts) {
    request_changed_ = true;
  }
}

bool Step::wakes(const store::Effect& effect) const {
  using Wakes = store::Effect::Wakes;
  if (effect.wakes == Wakes::nobody) return mutant("any-change-wakes");
  return effect.wakes == Wakes::all || instance_.waiters().any_for_streams();
}

void Step::whole_database_effect(Whole what) {
  ++changes_;
  request_changed_ = true;
  if (what == Whole::emptied) instance_.tracking().flushed();
  if (!instance_.waiters().active()) return;
  for (const auto& [database, key] : instance_.waiters().keys()) note_ready(database, key);
}

void Step::note_ready(int database, std::string_view key) {
  if (!instance_.waiters().any_on(database, key)) return;
  if (mutant("served-move-wakes-nobody") && ready_ != nullptr) return;
  if (ready_ == nullptr) ready_ = std::make_unique<std::deque<std::pair<int, std::string>>>();
  std::pair<int, std::string> ready(database, key);
  if (std::ranges::find(*ready_, ready) == ready_->end()) ready_->push_back(std::move(ready));
}

void Step::serve_ready(store::LockSet& locks) {
  end_request();
  while (!ready_->empty()) {
    const auto [database, name] = std::move(ready_->front());
    ready_->pop_front();
    store::Keys keys = locks.database(database);
    const store::Hashed key = locks.keyspace().hash()(name);
    std::vector<std::shared_ptr<Waiter>> waiting = instance_.waiters().on(database, name);
    if (mutant("sorted-set-waiter-overtakes")) {
      const store::Entry* entry = keys.find(key, store::Look::quiet);
      if (entry != nullptr && entry->type() == value::Type::zset) std::ranges::reverse(waiting);
    }
    for (const auto& waiter : waiting) {
      const bool is_late = waiter->deadline_ms() <= locks.now_ms() && !mutant("late-waiter-served");
      if (!is_late && !waiter->is_ready(key, keys.find(key, store::Look::quiet))) continue;
      if (!instance_.waiters().claim(*waiter)) continue;
      if (is_late) {
        waiter->time_out();
        continue;
      }
      Client* const before = act_for(&waiter->client());
      waiter->serve(locks, *this, key);
      end_request();
      act_for(before);
    }
  }
  ready_.reset();
}

void Step::end_request() {
  if (recording_ && request_changed_ && !rewritten_ && !request_.empty()) {
    push_record(database_, request_);
  }
  request_ = {};
}

void Step::record_as(std::initializer_list<std::string_view> command) {
  record_as(std::span<const std::string_view>(command.begin(), command.size()));
}

void Step::record_as(std::span<const std::string_view> command) {
  rewritten_ = true;
  if (recording_) push_record(database_, command);
}

void Step::push_record(int database, std::span<const std::string_view> command) {
  if (records_ == nullptr) records_ = std::make_unique<std::vector<Record>>();
  records_->push_back(
      {.ticket = 0, .database = database, .command = {command.begin(), command.end()}});
}

void Step::settle_changes() {
  if (instance_.stats().changed(slot_, changes_)) [[unlikely]]
    instance_.note_memory();
  if (recording_) [[unlikely]]
    hand_records_over();
  request_ = {};
  changes_ = 0;
}

void Step::hand_records_over() {
  end_request();
  if (records_ == nullptr) return;
  instance_.record(*records_);
  records_.reset();
}

}  // namespace redouble::instance
