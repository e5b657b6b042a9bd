#include "runtime/owned.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory_resource>

#include "runtime/descriptor.hpp"
#include "runtime/join_handle.hpp"
#include "runtime/signal.hpp"

namespace redouble::runtime {
namespace {

struct Undeclared {
  int number;
};
struct Declared {
  std::string text;
};
struct Bound : private thread_bound {};
enum class Colour { red };

}  // namespace

template <>
inline constexpr bool declare_owned<Declared> = true;
template <>
inline constexpr bool declare_owned<Bound> = true;  // in vain

namespace {

template <class... Ts>
constexpr bool all_owned = (is_owned<Ts> && ...);
template <class... Ts>
constexpr bool none_owned = (!is_owned<Ts> && ...);

TEST(Owned, ScalarsEnumsAndStringsAre) {
  static_assert(all_owned<int, const int, bool, double, Colour, std::nullptr_t, char, std::byte>);
  static_assert(all_owned<std::string, std::u8string, const std::string>);
  static_assert(all_owned<int (*)(int), int Undeclared::*>);
}

TEST(Owned, ReferencesPointersAndViewsAreBorrowed) {
  static_assert(ownership_of<int&> == Ownership::borrowed);
  static_assert(ownership_of<const std::string&> == Ownership::borrowed);
  static_assert(ownership_of<std::string&&> == Ownership::borrowed);
  static_assert(ownership_of<int*> == Ownership::borrowed);
  static_assert(ownership_of<const char* const> == Ownership::borrowed);
  static_assert(ownership_of<std::string_view> == Ownership::borrowed);
  static_assert(ownership_of<std::span<const char>> == Ownership::borrowed);
  static_assert(ownership_of<std::reference_wrapper<int>> == Ownership::borrowed);
  static_assert(none_owned<std::vector<int>::iterator, std::map<int, int>::iterator>);
}

TEST(Owned, ContainersAreAsGoodAsTheirParts) {
  static_assert(all_owned<std::vector<std::string>, std::array<int, 3>, std::deque<bool>,
                          std::list<std::vector<int>>, std::set<std::string>,
                          std::set<std::string, std::less<>>, std::map<std::string, Declared>,
                          std::unordered_map<std::string, int>, std::unordered_set<int>,
                          std::multimap<int, int>, std::unordered_multiset<int>>);
  static_assert(ownership_of<std::vector<std::string_view>> == Ownership::borrowed);
  static_assert(ownership_of<std::map<std::string, int*>> == Ownership::borrowed);
  static_assert(ownership_of<std::map<std::string_view, int>> == Ownership::borrowed);
  static_assert(ownership_of<std::unordered_map<int, std::span<int>>> == Ownership::borrowed);
  static_assert(ownership_of<std::vector<Undeclared>> == Ownership::undeclared);
  static_assert(none_owned<std::pmr::string, std::pmr::vector<int>>);
  static_assert(none_owned<std::set<int, std::function<bool(int, int)>>>);
}

TEST(Owned, SumsAndProductsAreAsGoodAsTheirParts) {
  static_assert(all_owned<std::pair<int, std::string>, std::tuple<>, std::tuple<int, Declared>,
                          std::variant<std::monostate, int>, std::optional<std::string>,
                          std::expected<int, std::string>, std::expected<void, int>>);
  static_assert(none_owned<std::pair<int, int*>, std::tuple<int&>, std::variant<int, Undeclared>,
                           std::optional<std::string_view>, std::expected<std::string_view, int>,
                           std::expected<int, const char*>>);
  static_assert(all_owned<std::chrono::milliseconds, std::chrono::steady_clock::time_point>);
}

TEST(Owned, SmartPointersAreAsGoodAsWhatTheyPointTo) {
  static_assert(all_owned<std::unique_ptr<int>, std::unique_ptr<int[]>, std::shared_ptr<Declared>,
                          std::shared_ptr<const std::string>, std::weak_ptr<int>,
                          std::unique_ptr<std::vector<std::unique_ptr<std::string>>>>);
  static_assert(ownership_of<std::unique_ptr<Undeclared>> == Ownership::undeclared);
  static_assert(ownership_of<std::shared_ptr<std::string_view>> == Ownership::borrowed);
  static_assert(none_owned<std::shared_ptr<void>, std::unique_ptr<int, void (*)(int*)>>);
}

TEST(Owned, OnesOwnTypesAreWhenTheirAuthorSaysSo) {
  static_assert(ownership_of<Undeclared> == Ownership::undeclared);
  static_assert(ownership_of<Declared> == Ownership::owned);
}

TEST(Owned, WhatIsTiedToItsThreadIsNotWhateverItsAuthorSays) {
  static_assert(ownership_of<Bound> == Ownership::thread_bound);
  static_assert(ownership_of<Descriptor> == Ownership::thread_bound);
  static_assert(ownership_of<std::unique_lock<std::mutex>> == Ownership::thread_bound);
  static_assert(ownership_of<std::lock_guard<std::mutex>> == Ownership::thread_bound);
  static_assert(ownership_of<std::shared_lock<std::shared_mutex>> == Ownership::thread_bound);
  static_assert(ownership_of<std::scoped_lock<std::mutex>> == Ownership::thread_bound);
  static_assert(ownership_of<std::optional<std::unique_lock<std::mutex>>> ==
                Ownership::thread_bound);
}

TEST(Owned, LambdasAreNotNorIsWhatHidesAType) {
  int local = 0;
  auto capturing = [&local] { return local; };
  static_assert(!is_owned<decltype(capturing)>);
  static_assert(none_owned<std::function<void()>, std::move_only_function<void()>>);
  EXPECT_EQ(capturing(), 0);
}

TEST(Owned, TheRuntimesHandlesAre) {
  static_assert(
      all_owned<JoinHandle<int>, JoinHandle<void>, Notifier, Signal, FileDescriptor, JoinError>);
}

}  // namespace
}  // namespace redouble::runtime
