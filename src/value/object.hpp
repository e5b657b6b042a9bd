// Object: a value of any type but string, counted, behind one pointer; what an Entry then holds.
//
// - A value type (a list, a hash, ...) derives from it. Who knows the type by type() may cast to
//   it; everybody else (COPY, MEMORY, DEBUG DIGEST, the accounting) gets by with what stands here.
// - An object is changed only by who owns it alone: store::Keys::own_object() gives such a one.
//   copy() costs O(1) whatever the size is: both sides share the interior from then on, and each
//   copies a bounded piece (4 KiB) of it when it writes.
// - counted_bytes() is what the memory accounting last heard; recount() tells it anew. So an object
//   that is being changed cannot put the sums of its stripe out of step. It is kept in steps of a
//   slab's blocks, rounded up; from 32 GiB on it says 32 GiB.
// - A small value is little more than this head, so two bits of it are lent to who derives.
// - Thread safety: references may be taken and dropped from any thread, also the last one of an
//   interior that another object shares; the rest is under the lock of the entry's stripe.
// - Units: bytes. Errors: out of memory ends the program.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "value/deadline_index.hpp"
#include "value/node.hpp"
#include "value/slab.hpp"
#include "value/type.hpp"

namespace redouble::value {

// Told what a value consists of, by who compares contents without knowing types. Two values of one
// type are equal where their sequences of in_order() are, and their multisets of any_order() and of
// beside().
class PartVisitor {
 public:
  // An element of a list; an entry of a stream as its id "ms.seq", then fields and values in turn.
  virtual void in_order(std::string_view part) = 0;
  // A member of a set alone; a field of a hash with its value; a member of a sorted set with its
  // score, written with 17 significant digits as "%.17g" does. A field may have a
  // deadline in Unix milliseconds; else that is Deadline::never.
  virtual void any_order(std::span<const std::string_view> parts, std::int64_t deadline_ms) = 0;
  // What belongs to the value beside its elements, each with its name first, in no order: of a
  // stream its IDs and counts, its groups with their consumers and pending entries. Redis's digests
  // leave it out. When a consumer was last seen is left out here too: no record tells it.
  virtual void beside(std::span<const std::string_view> parts) = 0;

 protected:
  ~PartVisitor() = default;
};

class Object;
using ObjectRef = Ref<Object>;

class Object {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  virtual Type type() const = 0;
  virtual Encoding encoding() const = 0;
  // Bytes of heap that it answers for, itself included; a shared interior in full. O(1).
  virtual std::size_t bytes() const = 0;
  // A key with an empty value is removed; only a stream's stays.
  virtual bool empty() const = 0;
  virtual ObjectRef copy() const = 0;
  virtual void for_each_part(PartVisitor& visitor) const = 0;

  // Parts that go at a time of their own, as fields of a hash do: when the first of them is due,
  // Deadline::never where none is; nothing for a value that has never had such. Once it has had, it
  // is of that kind for good.
  virtual std::optional<std::int64_t> parts_due_ms() const { return std::nullopt; }
  // Removes the parts that are due first, all at the same time, at most `most`; gives their names.
  virtual std::vector<std::string> take_due_parts([[maybe_unused]] std::size_t most) { return {}; }

  std::size_t counted_bytes() const { return std::size_t{counted_steps_} * Slab::step; }
  void recount() {
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    counted_steps_ =
        static_cast<std::uint32_t>(std::min((bytes() + Slab::step - 1) / Slab::step, most));
  }

  static void* operator new(std::size_t bytes) { return allocate_block(bytes); }
  static void operator delete(void* object, std::size_t bytes) { free_block(object, bytes); }

  bool unique() const { return references_.load(std::memory_order_acquire) < 2 * reference; }
  friend void retain(Object* object) {
    object->references_.fetch_add(reference, std::memory_order_relaxed);
  }
  friend void release(Object* object) {
    if (object->references_.fetch_sub(reference, std::memory_order_acq_rel) < 2 * reference)
      delete object;
  }

 protected:
  // Born with one reference, for ObjectRef::adopt().
  Object() = default;
  virtual ~Object() = default;

  // What derives may keep here: a number below 4, 0 at first. Set by who owns the object alone.
  unsigned lent_bits() const {
    return references_.load(std::memory_order_relaxed) & (reference - 1);
  }
  void set_lent_bits(unsigned number) {
    references_.fetch_add(number - lent_bits(), std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t reference = 4;  // one of them, above the lent bits

  std::uint32_t counted_steps_ = 0;
  std::atomic<std::uint32_t> references_{reference};
};

// A new object of type T, as what the store takes.
template <class T, class... Arguments>
ObjectRef make_object(Arguments&&... arguments) {
  return ObjectRef::adopt(new T(static_cast<Arguments&&>(arguments)...));
}

}  // namespace redouble::value
