// ByName: values that bear names, each name once, in the order of the names' bytes; in it a stream
// keeps its consumer groups, and a group its consumers.
//
// - A T gives name(), a view of bytes that live unmoved as long as the T or a copy of it; bytes(),
//   the heap that it answers for beside itself; for_each_block(); and it copies in O(1).
// - Work: find, insert, change and erase O(log n); bytes() O(1).
// - Copies: O(1). The first change afterwards copies two leaves of at most 1 KiB and the nodes
//   above, and the T that is changed, which shares its own interior in turn.
// - What find() gives is valid until the next change.
// - Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// - Units: bytes. Errors: out of memory ends the program.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "runtime/assert.hpp"
#include "value/copy_on_write.hpp"
#include "value/slot_tree.hpp"

namespace redouble::value {

template <class T>
class ByName {
  struct Slot {
    CopyOnWrite<T> value;
    std::string_view key() const { return value->name(); }
  };
  using Slots = SlotTree<Slot>;

 public:
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  std::size_t bytes() const { return slots_.bytes() + value_bytes_; }

  // nullptr where there is none.
  const T* find(std::string_view name) const {
    const auto at = place_of(name);
    return bears(at, name) ? &*at->value : nullptr;
  }
  // False, and nothing is done, where the name is taken.
  bool insert(T value) {
    const auto at = place_of(value.name());
    if (bears(at, value.name())) return false;
    value_bytes_ += bytes_of(value);
    slots_.insert(at, {CopyOnWrite<T>(std::move(value))});
    return true;
  }
  // `function(T&)`, which leaves the name as it is. REQUIRES: there is one of this name.
  template <class Function>
  void change(std::string_view name, Function&& function) {
    const auto at = place_of(name);
    REDOUBLE_ASSERT(bears(at, name));
    value_bytes_ -= bytes_of(*at->value);
    slots_.change(at, [&](Slot& slot) {
      T& value = slot.value.own();
      function(value);
      value_bytes_ += bytes_of(value);
    });
  }
  // False where there was none.
  bool erase(std::string_view name) {
    const auto at = place_of(name);
    if (!bears(at, name)) return false;
    value_bytes_ -= bytes_of(*at->value);
    slots_.erase(at);
    return true;
  }

  // `function(const T&)`, in order.
  template <class Function>
  void for_each(Function&& function) const {
    slots_.for_each([&](const Slot& slot) { function(*slot.value); });
  }
  template <class Function>
  void for_each_block(Function&& function) const {
    slots_.for_each_block(function);
    for_each([&](const T& value) {
      function(static_cast<const void*>(&value), CopyOnWrite<T>::box_bytes);
      value.for_each_block(function);
    });
  }
  // Asserts the invariants, in O(size) and of each value. For tests.
  void check() const {
    slots_.check();
    std::size_t bytes = 0;
    const T* before = nullptr;
    for_each([&](const T& value) {
      REDOUBLE_ASSERT(before == nullptr || before->name() < value.name());
      before = &value;
      bytes += bytes_of(value);
      value.check();
    });
    REDOUBLE_ASSERT(bytes == value_bytes_);
  }

 private:
  typename Slots::Cursor place_of(std::string_view name) const {
    return slots_.lower_bound([name](std::string_view other) { return other < name; });
  }
  static bool bears(const typename Slots::Cursor& at, std::string_view name) {
    return at.valid() && at->key() == name;
  }
  static std::size_t bytes_of(const T& value) { return CopyOnWrite<T>::box_bytes + value.bytes(); }

  Slots slots_;
  std::size_t value_bytes_ = 0;
};

}  // namespace redouble::value
