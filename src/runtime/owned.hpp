// is_owned<T>: does a value of type T own everything that it uses?
//
// A spawned task outlives the scope that spawned it and may run on another thread. So what it is
// given must hold no reference into that scope and must not be tied to the thread. ownership_of<T>
// answers per type, through and through: scalars, standard containers with the standard
// allocator, pairs, tuples, variants, optionals, expecteds, chrono types and smart pointers are as
// good as their parts. A type of one's own is undeclared until its author says that it owns what
// it uses, beside the type:
//
//   template <> inline constexpr bool redouble::runtime::declare_owned<Mine> = true;
//
// A type that must stay on its thread derives from thread_bound; it cannot be declared owned.
//
// What the type system cannot see, and the author or reviewer must:
//   - whether a declared type keeps the promise of its declaration;
//   - a pointer or reference that a task makes itself, to something that dies before it;
//   - globals and thread_local variables, and `this` of an object that a task was not given;
//   - a shared_ptr's deleter, and what a function called through a function pointer touches;
//   - an integer that is a handle (a file descriptor): give it an owner type instead;
//   - two owners of one mutable object (shared_ptr): owning is not locking;
//   - `throw` of a pointer or a view: an exception crosses to the joiner unexamined.
// Thread safety: compile time only. Includes no Asio.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <expected>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace redouble::runtime {

// The author's word that a type of their own owns what it uses, and may change its thread.
template <class T>
inline constexpr bool declare_owned = false;

// Base of what is tied to the thread that made it.
struct thread_bound {};

enum class Ownership {
  owned,
  borrowed,      // a reference, a pointer, a view: it looks into something that others own
  undeclared,    // a type that nobody has declared owned
  thread_bound,  // a lock guard, or derived from thread_bound
};

namespace detail {

template <class T>
struct Owns;

template <class T>
inline constexpr Ownership ownership = Owns<T>::value;

// The first part that is not owned decides for the whole.
template <class... Parts>
constexpr Ownership worst() {
  Ownership found = Ownership::owned;
  ((found = found == Ownership::owned ? ownership<Parts> : found), ...);
  return found;
}

template <class T>
constexpr Ownership of_plain() {
  if (std::is_base_of_v<thread_bound, T>) return Ownership::thread_bound;
  if (declare_owned<T>) return Ownership::owned;
  return Ownership::undeclared;
}

// A comparator or a hasher without state has nothing to own.
template <class T>
constexpr Ownership of_policy() {
  if constexpr (std::is_empty_v<T>) return Ownership::owned;
  return ownership<T>;
}

template <class T>
constexpr Ownership of_scalar_or_plain() {
  if constexpr (std::is_reference_v<T>) {
    return Ownership::borrowed;
  } else if constexpr (std::is_pointer_v<T>) {
    using Target = std::remove_pointer_t<T>;
    return std::is_function_v<Target> ? Ownership::owned : Ownership::borrowed;
  } else if constexpr (std::is_scalar_v<T> || std::is_void_v<T>) {
    return std::is_void_v<T> ? Ownership::undeclared : Ownership::owned;
  } else if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
    return of_plain<T>();
  } else {
    return Ownership::undeclared;
  }
}

template <class T>
struct Owns {
  static constexpr Ownership value = of_scalar_or_plain<T>();
};
template <class T>
struct Owns<const T> : Owns<T> {};

template <Ownership found>
struct Is {
  static constexpr Ownership value = found;
};
template <class... Parts>
struct All {
  static constexpr Ownership value = worst<Parts...>();
};

// Views, and what holds a lock of the thread that took it.
template <class C, class Traits>
struct Owns<std::basic_string_view<C, Traits>> : Is<Ownership::borrowed> {};
template <class T, std::size_t N>
struct Owns<std::span<T, N>> : Is<Ownership::borrowed> {};
template <class T>
struct Owns<std::reference_wrapper<T>> : Is<Ownership::borrowed> {};
template <class Mutex>
struct Owns<std::lock_guard<Mutex>> : Is<Ownership::thread_bound> {};
template <class Mutex>
struct Owns<std::unique_lock<Mutex>> : Is<Ownership::thread_bound> {};
template <class Mutex>
struct Owns<std::shared_lock<Mutex>> : Is<Ownership::thread_bound> {};
template <class... Mutexes>
struct Owns<std::scoped_lock<Mutexes...>> : Is<Ownership::thread_bound> {};

// The standard's own. Only std::allocator: others (pmr) point at a resource that somebody owns.
template <class C, class Traits>
struct Owns<std::basic_string<C, Traits, std::allocator<C>>> : Is<Ownership::owned> {};
template <>
struct Owns<std::monostate> : Is<Ownership::owned> {};
template <>
struct Owns<std::nullopt_t> : Is<Ownership::owned> {};
template <>
struct Owns<std::exception_ptr> : Is<Ownership::owned> {};
template <>
struct Owns<std::error_code> : Is<Ownership::owned> {};
template <class Count, class Period>
struct Owns<std::chrono::duration<Count, Period>> : All<Count> {};
template <class Clock, class Duration>
struct Owns<std::chrono::time_point<Clock, Duration>> : All<Duration> {};

template <class T>
struct Owns<std::atomic<T>> : All<T> {};
template <class T, std::size_t N>
struct Owns<std::array<T, N>> : All<T> {};
template <class T>
struct Owns<std::vector<T>> : All<T> {};
template <class T>
struct Owns<std::deque<T>> : All<T> {};
template <class T>
struct Owns<std::list<T>> : All<T> {};
template <class K, class Less>
struct Owns<std::set<K, Less>>
    : Is<worst<K>() != Ownership::owned ? worst<K>() : of_policy<Less>()> {};
template <class K, class Less>
struct Owns<std::multiset<K, Less>> : Owns<std::set<K, Less>> {};
template <class K, class V, class Less>
struct Owns<std::map<K, V, Less>>
    : Is<worst<K, V>() != Ownership::owned ? worst<K, V>() : of_policy<Less>()> {};
template <class K, class V, class Less>
struct Owns<std::multimap<K, V, Less>> : Owns<std::map<K, V, Less>> {};
template <class K, class Hash, class Equal>
struct Owns<std::unordered_set<K, Hash, Equal>>
    : Is<of_policy<Hash>() != Ownership::owned ? of_policy<Hash>()
                                               : Owns<std::set<K, Equal>>::value> {};
template <class K, class Hash, class Equal>
struct Owns<std::unordered_multiset<K, Hash, Equal>> : Owns<std::unordered_set<K, Hash, Equal>> {};
template <class K, class V, class Hash, class Equal>
struct Owns<std::unordered_map<K, V, Hash, Equal>>
    : Is<of_policy<Hash>() != Ownership::owned ? of_policy<Hash>()
                                               : Owns<std::map<K, V, Equal>>::value> {};
template <class K, class V, class Hash, class Equal>
struct Owns<std::unordered_multimap<K, V, Hash, Equal>>
    : Owns<std::unordered_map<K, V, Hash, Equal>> {};

template <class A, class B>
struct Owns<std::pair<A, B>> : All<A, B> {};
template <class... Parts>
struct Owns<std::tuple<Parts...>> : All<Parts...> {};
template <class... Parts>
struct Owns<std::variant<Parts...>> : All<Parts...> {};
template <class T>
struct Owns<std::optional<T>> : All<T> {};
template <class T, class E>
struct Owns<std::expected<T, E>> : All<T, E> {};
template <class E>
struct Owns<std::expected<void, E>> : All<E> {};

template <class T>
struct Owns<std::unique_ptr<T>> : All<std::remove_extent_t<T>> {};
template <class T>
struct Owns<std::shared_ptr<T>> : All<std::remove_extent_t<T>> {};
template <class T>
struct Owns<std::weak_ptr<T>> : All<std::remove_extent_t<T>> {};

}  // namespace detail

template <class T>
inline constexpr Ownership ownership_of = detail::ownership<T>;

template <class T>
inline constexpr bool is_owned = ownership_of<T> == Ownership::owned;

// Does not compile, and says why and what to do, unless T is owned.
template <class T>
consteval bool require_owned() {
  constexpr Ownership found = ownership_of<T>;
  static_assert(found != Ownership::borrowed,
                "redouble: a spawned task must own what it uses, and this parameter only looks at "
                "it (a reference, a pointer or a view). Take it by value: std::string instead of "
                "std::string_view, a copy instead of a reference, std::unique_ptr or "
                "std::shared_ptr instead of a pointer.");
  static_assert(found != Ownership::undeclared,
                "redouble: a spawned task must own what it uses, and this type does not say that "
                "it does. If it holds no reference, pointer or view and may change its thread, "
                "declare it beside the type: template <> inline constexpr bool "
                "redouble::runtime::declare_owned<Type> = true;");
  static_assert(found != Ownership::thread_bound,
                "redouble: this parameter is tied to its thread (a lock guard, or a type derived "
                "from thread_bound), and a spawned task may run on another. Make it inside the "
                "task.");
  return found == Ownership::owned;
}

}  // namespace redouble::runtime
