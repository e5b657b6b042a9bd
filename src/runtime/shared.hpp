// Shared and Ref: an intrusive reference count for what a queued wake-up and its owner both hold.
//
// Smaller than std::shared_ptr (four bytes of count, no second block), which is what a task and a
// connection pay for. Thread safety: references may be taken and dropped from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace redouble::runtime {

class Shared {
 public:
  Shared() = default;
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

 protected:
  virtual ~Shared() = default;

 private:
  template <class T>
  friend class Ref;
  std::atomic<std::uint32_t> references_{0};
};

// A counted reference to a T derived from Shared; may be empty.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) noexcept : object_(object) {
    if (object_ != nullptr) count().fetch_add(1, std::memory_order_relaxed);
  }
  Ref(const Ref& other) noexcept : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class Derived>
    requires(!std::is_same_v<Derived, T> && std::is_convertible_v<Derived*, T*>)
  Ref(Ref<Derived> other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ == nullptr) return;
    if (count().fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<Shared*>(object_);
  }

  T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  // Gives up the reference without dropping it; takes such a one back.
  T* release() noexcept { return std::exchange(object_, nullptr); }
  static Ref adopt(T* object) noexcept {
    Ref adopted;
    adopted.object_ = object;
    return adopted;
  }

 private:
  std::atomic<std::uint32_t>& count() const noexcept {
    return static_cast<Shared*>(object_)->references_;
  }
  T* object_ = nullptr;
};

}  // namespace redouble::runtime
