// PatchedString: a long string whose bytes somebody shares (a snapshot, a copy, a reply under way),
// with the pages of it that were written since.
//
// - What was shared is the base, a block that nobody changes while others hold it. A page that was
//   written stands in a directory of two levels and hides its place in the base; behind the base
//   what no page holds is zero bytes. So the first write after a snapshot copies a page and 2 KiB
//   of directory, whatever the length is.
// - Copies: O(1); they share the base, the directory and the pages.
// - When nobody else holds the base any more, fold() takes the pages back into it, some at each
//   write; then the string is one block again, and this is given up.
// - Reads go by runs: of a long string of which few pages were written nearly all is one.
// - Who owns one changes it: unique(). A page in the base and one in the directory are alike to the
//   caller of writable().
// Thread safety: as Object. Units: bytes. Errors: std::bad_alloc.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "resp/block.hpp"
#include "value/copy_on_write.hpp"
#include "value/object.hpp"

namespace redouble::value {

class PatchedString final : public Object {
 public:
  static constexpr std::size_t page_bytes = 4096;
  // Shorter strings are copied whole: that costs as much as a page and what leads to it.
  static constexpr std::size_t least_bytes = 2 * page_bytes;

  explicit PatchedString(resp::BlockRef base) : base_(std::move(base)), size_(base_->size()) {}

  std::size_t size() const { return size_; }
  const resp::BlockRef& base() const { return base_; }
  // A part of the string that lies in one piece.
  struct Run {
    std::string_view bytes;
    std::optional<std::size_t> in_base;  // its offset there, if it does
  };
  // The longest one that begins at `from`. REQUIRES: from < size().
  Run run_at(std::size_t from) const;
  // Copies the bytes from `from` on, as many as there is room for. REQUIRES: there are so many.
  void copy_out(std::size_t from, std::span<char> to) const;

  // Makes it longer, with zero bytes.
  void grow(std::size_t size) { size_ = std::max(size_, size); }
  // The bytes from `from` to the end of its page or of the string, to be changed until the next
  // call of any member. REQUIRES: from < size().
  std::span<char> writable(std::size_t from);
  // Takes at most `most` pages back where nobody shares the base any more. True where none is left
  // and the base is the whole string.
  bool fold(std::size_t most);

  Type type() const override { return Type::string; }
  Encoding encoding() const override { return Encoding::raw; }
  std::size_t bytes() const override;
  bool empty() const override { return false; }
  ObjectRef copy() const override { return make_object<PatchedString>(*this, Copy()); }
  void for_each_part(PartVisitor& visitor) const override;

  struct Copy {};
  PatchedString(const PatchedString& other, Copy)
      : base_(other.base_),
        size_(other.size_),
        directory_(other.directory_),
        pages_(other.pages_) {}

 private:
  static constexpr std::size_t fan_out = 256;
  using Pages = std::array<resp::BlockRef, fan_out>;
  using SharedPages = std::optional<CopyOnWrite<Pages>>;
  static constexpr std::size_t span_bytes = fan_out * page_bytes;  // what one of them covers

  // nullptr where the page was not written.
  const resp::Block* page(std::size_t number) const;
  // Where the first written page from a number on begins, at most size_.
  std::size_t next_page(std::size_t number) const;
  resp::BlockRef& own_page(std::size_t number);

  resp::BlockRef base_;
  std::size_t size_;
  CopyOnWrite<std::vector<SharedPages>> directory_{std::vector<SharedPages>()};
  std::size_t pages_ = 0;
  std::size_t folded_ = 0;  // no page before this one is in the directory while nobody shares it
};

}  // namespace redouble::value
