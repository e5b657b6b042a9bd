// says: coroutine that returns task<T>
#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
void nothing() {}
#else
task<> nothing() { co_return; }
#endif

void start(Executor executor) { spawn(executor, nothing).detach(); }
