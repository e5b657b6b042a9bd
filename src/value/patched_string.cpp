#include "value/patched_string.hpp"

#include <cstring>
#include <string>

#include "runtime/assert.hpp"
#include "runtime/mutant.hpp"

namespace redouble::value {
namespace {

constexpr std::array<char, PatchedString::page_bytes> zeros{};

}  // namespace

const resp::Block* PatchedString::page(std::size_t number) const {
  const std::vector<SharedPages>& spans = *directory_;
  if (number / fan_out >= spans.size()) return nullptr;
  const SharedPages& span = spans[number / fan_out];
  if (!span) return nullptr;
  const resp::BlockRef& page = (**span)[number % fan_out];
  return page ? &*page : nullptr;
}

std::size_t PatchedString::next_page(std::size_t number) const {
  const std::vector<SharedPages>& spans = *directory_;
  while (number / fan_out < spans.size()) {
    if (!spans[number / fan_out]) {
      number = (number / fan_out + 1) * fan_out;
    } else if (page(number) == nullptr) {
      ++number;
    } else {
      return std::min(number * page_bytes, size_);
    }
  }
  return size_;
}

PatchedString::Run PatchedString::run_at(std::size_t from) const {
  REDOUBLE_ASSERT(from < size_);
  const std::size_t number = from / page_bytes;
  const std::size_t within = from % page_bytes;
  if (const resp::Block* written = page(number)) {
    const std::size_t length = std::min(page_bytes - within, size_ - from);
    return {written->view().substr(within, length), std::nullopt};
  }
  const std::size_t end = next_page(number);
  if (from >= base_->size()) return {{zeros.data(), std::min(end - from, zeros.size())}, {}};
  return {base_->view().substr(from, std::min(end, base_->size()) - from), from};
}

void PatchedString::copy_out(std::size_t from, std::span<char> to) const {
  while (!to.empty()) {
    const std::string_view run = run_at(from).bytes.substr(0, to.size());
    std::memcpy(to.data(), run.data(), run.size());
    to = to.subspan(run.size());
    from += run.size();
  }
}

resp::BlockRef& PatchedString::own_page(std::size_t number) {
  std::vector<SharedPages>& spans = directory_.own();
  if (number / fan_out >= spans.size()) spans.resize(number / fan_out + 1);
  SharedPages& span = spans[number / fan_out];
  if (!span) span.emplace(Pages());
  resp::BlockRef& page = span->own()[number % fan_out];
  if (page && (page.unique() || mutant("page-written-where-it-is-shared"))) return page;
  if (!page) {
    ++pages_;
    folded_ = 0;
  }
  resp::BlockRef made = resp::BlockRef::with_capacity(page_bytes);
  made.set_size(page_bytes);
  const std::size_t from = number * page_bytes;
  const std::size_t used = std::min(page_bytes, size_ - from);
  copy_out(from, {made.mutable_bytes(), used});
  // What the string grows into later.
  std::memset(made.mutable_bytes() + used, 0, page_bytes - used);
  page = std::move(made);
  return page;
}

std::span<char> PatchedString::writable(std::size_t from) {
  REDOUBLE_ASSERT(from < size_);
  const std::size_t number = from / page_bytes;
  const std::size_t end = std::min((number + 1) * page_bytes, size_);
  if (page(number) == nullptr && end <= base_->size() && base_.unique()) {
    return {base_.mutable_bytes() + from, end - from};
  }
  return {own_page(number).mutable_bytes() + from % page_bytes, end - from};
}

bool PatchedString::fold(std::size_t most) {
  if (!base_.unique()) return false;
  if (base_->size() < size_) {
    if (base_->capacity() < size_) base_.reserve(size_);
    base_.resize(size_);
  }
  std::vector<SharedPages>& spans = directory_.own();
  for (; pages_ > 0 && most > 0; ++folded_) {
    SharedPages& span = spans[folded_ / fan_out];
    if (!span) {
      folded_ |= fan_out - 1;
      continue;
    }
    resp::BlockRef& page = span->own()[folded_ % fan_out];
    if (page) {
      const std::size_t from = folded_ * page_bytes;
      std::memcpy(base_.mutable_bytes() + from, page->view().data(),
                  std::min(page_bytes, size_ - from));
      page = {};
      --pages_;
      --most;
    }
  }
  return pages_ == 0;
}

std::size_t PatchedString::bytes() const {
  constexpr std::size_t page = sizeof(resp::Block) + page_bytes;
  constexpr std::size_t span = CopyOnWrite<Pages>::box_bytes;
  std::size_t spans = 0;
  for (const SharedPages& pages : *directory_) spans += pages ? 1 : 0;
  return sizeof *this + sizeof(resp::Block) + base_->capacity() + pages_ * page + spans * span +
         CopyOnWrite<std::vector<SharedPages>>::box_bytes +
         directory_->capacity() * sizeof(SharedPages);
}

void PatchedString::for_each_part(PartVisitor& visitor) const {
  std::string whole(size_, '\0');
  copy_out(0, whole);
  visitor.in_order(whole);
}

}  // namespace redouble::value
