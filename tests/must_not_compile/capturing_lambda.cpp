// says: this lambda captures
#include "runtime/spawn.hpp"

using namespace redouble::runtime;

void start(Executor executor, int number) {
#ifdef BAD
  spawn(executor, [&number]() -> task<int> { co_return number; }).detach();
#else
  spawn(executor, [](int owned) -> task<int> { co_return owned; }, number).detach();
#endif
}
