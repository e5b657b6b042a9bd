#include "instance/step.hpp"

#include "instance/instance.hpp"

namespace redouble::instance {

void Step::effect(const store::Effect& effect) {
  if (effect.event.counts) ++changes_;
  instance_.tracking().changed(effect.key.key, client_);
  if (!recording_) return;
  using store::EventKind;
  const bool by_itself =
      effect.event.kind == EventKind::expired || effect.event.kind == EventKind::evicted;
  if (by_itself) {
    const std::string_view command[] = {"DEL", effect.key.key};
    push_record(effect.database, command);
  } else {
    request_changed_ = true;
  }
}

void Step::whole_database_effect(Whole what) {
  ++changes_;
  request_changed_ = true;
  if (what == Whole::emptied) instance_.tracking().flushed();
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
  instance_.stats().changes.fetch_add(changes_, std::memory_order_relaxed);
  if (recording_ && request_changed_ && !rewritten_ && !request_.empty()) {
    push_record(database_, request_);
  }
  if (records_ != nullptr) instance_.record(*records_);
  records_.reset();
  changes_ = 0;
}

}  // namespace redouble::instance
