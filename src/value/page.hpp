// Page: one piece of a Table's directory; maps the next bits of a hash to segments or further
// pages.
//
// - A page of `bits` has 2^bits entries for the bits of the hash after its first `base`. A
//   segment of depth d stands in 2^(base + bits - d) entries side by side; a further page in one
//   entry, and only of a page of max_bits; a null entry is a range without elements, and costs
//   nothing.
// - Ownership: a page owns one reference to each segment or page in it, not one for each entry.
// - Thread safety: none, but for the count of references. Units: base, bits and depth in bits.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "runtime/assert.hpp"

namespace redouble::value {

template <class Leaf, class Meter>
class alignas(8) Page {
 public:
  static constexpr unsigned max_bits = 8;

  // Null, a segment or a page, in the size of a pointer.
  class Child {
   public:
    Child() = default;
    explicit Child(Leaf* leaf) : word_(reinterpret_cast<std::uintptr_t>(leaf)) {}
    explicit Child(Page* page) : word_(reinterpret_cast<std::uintptr_t>(page) | 1) {}
    bool is_null() const { return word_ == 0; }
    bool is_page() const { return (word_ & 1) != 0; }
    bool is_leaf() const { return !is_null() && !is_page(); }
    Leaf* leaf() const { return reinterpret_cast<Leaf*>(word_); }
    Page* page() const { return reinterpret_cast<Page*>(word_ & ~std::uintptr_t{1}); }
    void share() const {
      if (is_page()) {
        page()->references_.fetch_add(1, std::memory_order_relaxed);
      } else if (!is_null()) {
        leaf()->share();
      }
    }
    void drop() const {
      if (is_page()) {
        Page::drop(page());
      } else if (!is_null()) {
        Leaf::drop(leaf());
      }
    }
    friend bool operator==(Child, Child) = default;

   private:
    std::uintptr_t word_ = 0;
  };

  static constexpr std::size_t bytes_of(unsigned bits) {
    return sizeof(Page) + (sizeof(Child) << bits);
  }
  static Page* make(unsigned base, unsigned bits) noexcept {
    Meter::bytes(bytes_of(bits));
    auto* made = new (::operator new(bytes_of(bits))) Page(base, bits);
    std::uninitialized_value_construct_n(made->entries(), made->count());
    return made;
  }
  // Frees the memory alone: what stood in it has gone elsewhere.
  static void free_shell(Page* page) { ::operator delete(page); }
  static void drop(Page* page) {
    if (page->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    page->for_each([](Child child, std::uint32_t, unsigned) { child.drop(); });
    free_shell(page);
  }
  bool shared() const { return references_.load(std::memory_order_acquire) != 1; }
  // A copy that shares every child.
  Page* copy() const {
    Page* made = make(base_, bits_);
    Meter::entries(count());
    std::copy_n(entries(), count(), made->entries());
    for_each([](Child child, std::uint32_t, unsigned) { child.share(); });
    return made;
  }

  unsigned base() const { return base_; }
  unsigned bits() const { return bits_; }
  unsigned depth() const { return base_ + bits_; }
  bool can_double() const { return bits_ < max_bits; }
  std::uint32_t count() const { return 1u << bits_; }
  std::size_t bytes() const { return bytes_of(bits_); }
  Child* entries() { return reinterpret_cast<Child*>(this + 1); }
  const Child* entries() const { return reinterpret_cast<const Child*>(this + 1); }
  std::uint32_t index(std::uint64_t hash) const {
    return static_cast<std::uint32_t>((hash << base_) >> 1 >> (63 - bits_));
  }
  Child at(std::uint64_t hash) const { return entries()[index(hash)]; }

  // How many entries a segment of this depth has, and the first of those around `index`.
  std::uint32_t width(unsigned depth_of_leaf) const { return 1u << (depth() - depth_of_leaf); }
  std::uint32_t first(std::uint32_t index, unsigned depth_of_leaf) const {
    return index & ~(width(depth_of_leaf) - 1);
  }
  void fill(std::uint32_t index, unsigned depth_of_leaf, Child child) {
    Meter::entries(width(depth_of_leaf));
    std::fill_n(entries() + first(index, depth_of_leaf), width(depth_of_leaf), child);
  }
  bool is_null(std::uint32_t index, unsigned depth_of_leaf) const {
    const Child* begin = entries() + first(index, depth_of_leaf);
    return std::all_of(begin, begin + width(depth_of_leaf), [](Child c) { return c.is_null(); });
  }

  // The same page with twice or half as many entries; this one is then a shell.
  Page* doubled() const {
    Page* made = make(base_, bits_ + 1u);
    Meter::entries(made->count());
    for (std::uint32_t i = 0; i < made->count(); ++i) made->entries()[i] = entries()[i / 2];
    return made;
  }
  bool can_halve() const {
    if (bits_ == 0) return false;
    for (std::uint32_t i = 0; i < count(); i += 2) {
      if (entries()[i] != entries()[i + 1]) return false;
    }
    return true;
  }
  Page* halved() const {
    Page* made = make(base_, bits_ - 1u);
    Meter::entries(made->count());
    for (std::uint32_t i = 0; i < made->count(); ++i) made->entries()[i] = entries()[i * 2];
    return made;
  }

  // Each child once, in order: `function(child, its first entry, its depth)`; a null for each
  // entry.
  template <class Function>
  void for_each(Function&& function) const {
    for (std::uint32_t i = 0; i < count();) {
      const Child child = entries()[i];
      const unsigned child_depth = child.is_leaf() ? child.leaf()->depth() : depth();
      function(child, i, child_depth);
      i += width(child_depth);
    }
  }

 private:
  Page(unsigned base, unsigned bits)
      : base_(static_cast<std::uint8_t>(base)), bits_(static_cast<std::uint8_t>(bits)) {}

  std::atomic<std::uint32_t> references_{1};
  std::uint8_t base_;
  std::uint8_t bits_;
};

}  // namespace redouble::value
