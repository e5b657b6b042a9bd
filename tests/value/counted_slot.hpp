// CountedSlot: the slot of the tree's tests: a key, and a reference to something that is counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "value/node.hpp"

namespace redouble::value {

class Living {
 public:
  static inline std::atomic<std::int64_t> live{0};
  Living() { ++live; }
  ~Living() { --live; }
  Living(const Living&) = delete;
  Living& operator=(const Living&) = delete;
  friend void retain(Living* one) { ++one->references_; }
  friend void release(Living* one) {
    if (--one->references_ == 0) delete one;
  }

 private:
  std::atomic<int> references_{1};
};

class CountedSlot {
 public:
  explicit CountedSlot(int key) : key_(key), counted_(Ref<Living>::adopt(new Living)) {}
  int key() const { return key_; }

 private:
  int key_;
  Ref<Living> counted_;
};

}  // namespace redouble::value
