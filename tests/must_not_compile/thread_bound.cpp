// says: tied to its thread
#include <memory>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
struct Cursor : private thread_bound {};
#else
struct Cursor {};
#endif
// The author's word does not help what is bound to its thread.
template <>
inline constexpr bool redouble::runtime::declare_owned<Cursor> = true;

void start(Executor executor) {
  spawn(
      executor, [](std::unique_ptr<Cursor>) -> task<> { co_return; }, std::make_unique<Cursor>())
      .detach();
}
