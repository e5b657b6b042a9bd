// CopyOnWrite: a counted value behind one pointer; copies share it until one of them is changed.
//
// For interiors whose own copy is cheap: own() copies the T where others hold it too.
// Thread safety: none; but copies may be read, changed and dropped on different threads at once.
// A moved-from one may only be assigned or destroyed. Errors: std::bad_alloc, from own().
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace redouble::value {

template <class T>
class CopyOnWrite {
  struct Box {
    std::atomic<std::uint32_t> references{1};
    T value;
    explicit Box(T held) : value(std::move(held)) {}
  };

 public:
  // Heap of the box alone, with the T in it.
  static constexpr std::size_t box_bytes = sizeof(Box);

  explicit CopyOnWrite(T value) : box_(new Box(std::move(value))) {}
  CopyOnWrite(const CopyOnWrite& other) noexcept : box_(other.box_) {
    box_->references.fetch_add(1, std::memory_order_relaxed);
  }
  CopyOnWrite(CopyOnWrite&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  CopyOnWrite& operator=(CopyOnWrite other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~CopyOnWrite() {
    if (box_ == nullptr) return;
    if (box_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box_;
  }

  const T& operator*() const { return box_->value; }
  const T* operator->() const { return &box_->value; }
  // The T, shared with nobody.
  T& own() {
    if (box_->references.load(std::memory_order_acquire) != 1) *this = CopyOnWrite(box_->value);
    return box_->value;
  }

 private:
  Box* box_;
};

}  // namespace redouble::value
