// says: Take it by value
#include "runtime/spawn.hpp"

using namespace redouble::runtime;

void start(Executor executor) {
  spawn(executor, []() -> task<> { co_return; }).detach();
}
