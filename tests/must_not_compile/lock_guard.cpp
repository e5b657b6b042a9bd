// says: tied to its thread
#include <mutex>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

void start(Executor executor, std::mutex& mutex) {
#ifdef BAD
  spawn(
      executor, [](std::unique_lock<std::mutex>) -> task<> { co_return; },
      std::unique_lock<std::mutex>(mutex))
      .detach();
#else
  {
    const std::unique_lock<std::mutex> lock(mutex);
  }
  spawn(executor, []() -> task<> { co_return; }).detach();
#endif
}
