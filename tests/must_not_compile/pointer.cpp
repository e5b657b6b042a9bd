// says: std::shared_ptr instead of a pointer
#include <memory>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
using Counter = int*;
#else
using Counter = std::shared_ptr<int>;
#endif

task<> count(Counter counter) {
  ++*counter;
  co_return;
}

void start(Executor executor, Counter counter) { spawn(executor, count, counter).detach(); }
