// says: without auto parameters
#include "runtime/spawn.hpp"

using namespace redouble::runtime;

void start(Executor executor, int& number) {
#ifdef BAD
  spawn(
      executor,
      [](auto& seen) -> task<> {
        ++seen;
        co_return;
      },
      number)
      .detach();
#else
  spawn(
      executor,
      [](int seen) -> task<> {
        ++seen;
        co_return;
      },
      number)
      .detach();
#endif
}
