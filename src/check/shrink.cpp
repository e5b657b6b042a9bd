#include "check/shrink.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace redouble::check {
namespace {

class Shrinker {
 public:
  Shrinker(Sequence sequence, const std::function<bool(const Sequence&)>& fails, std::size_t budget)
      : best_(std::move(sequence)), fails_(fails), budget_(budget) {}

  Sequence run() {
    bool smaller = true;
    while (smaller && budget_ > 0) {
      smaller = drop_commands();
      smaller = drop_arguments() || smaller;
      smaller = shorten_arguments() || smaller;
    }
    return std::move(best_);
  }

 private:
  bool take(Sequence candidate) {
    if (budget_ == 0) return false;
    --budget_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  bool drop_commands() {
    bool any = false;
    for (std::size_t size = std::max<std::size_t>(best_.size() / 2, 1);; size /= 2) {
      // From the end: what comes last has the least that depends on it.
      std::size_t end = best_.size();
      while (end > 0 && budget_ > 0 && best_.size() > 1) {
        const std::size_t begin = end > size ? end - size : 0;
        Sequence candidate = best_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(begin),
                        candidate.begin() + static_cast<std::ptrdiff_t>(end));
        if (!candidate.empty() && take(std::move(candidate))) any = true;
        end = begin;
      }
      if (size <= 1) return any;
    }
  }

  bool drop_arguments() {
    bool any = false;
    for (std::size_t index = 0; index < best_.size(); ++index) {
      for (std::size_t word = best_[index].size(); word-- > 1;) {
        Sequence candidate = best_;
        candidate[index].erase(candidate[index].begin() + static_cast<std::ptrdiff_t>(word));
        any = take(std::move(candidate)) || any;
      }
    }
    return any;
  }

  bool shorten_arguments() {
    bool any = false;
    for (std::size_t index = 0; index < best_.size(); ++index) {
      for (std::size_t word = 1; word < best_[index].size(); ++word) {
        while (shorten(index, word)) any = true;
      }
    }
    return any;
  }

  // One step shorter, if that fails too.
  bool shorten(std::size_t index, std::size_t word) {
    const std::string now = best_[index][word];
    const auto with = [&](std::string text) {
      Sequence candidate = best_;
      candidate[index][word] = std::move(text);
      return take(std::move(candidate));
    };
    if (now.size() > 1) {
      if (with(now.substr(0, 1)) || with(now.substr(0, now.size() / 2)) ||
          with(now.substr(now.size() / 2)) || with(now.substr(0, now.size() - 1))) {
        return true;
      }
    }
    return false;
  }

  Sequence best_;
  const std::function<bool(const Sequence&)>& fails_;
  std::size_t budget_;
};

}  // namespace

Sequence shortest(Sequence sequence, const std::function<bool(const Sequence&)>& fails,
                  std::size_t budget) {
  return Shrinker(std::move(sequence), fails, budget).run();
}

}  // namespace redouble::check
