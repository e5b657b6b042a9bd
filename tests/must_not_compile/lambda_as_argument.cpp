// says: this type does not say that it does
#include "runtime/spawn.hpp"

using namespace redouble::runtime;

void start(Executor executor, int number) {
#ifdef BAD
  auto step = [&number] { return number; };
#else
  auto step = static_cast<int (*)(int)>([](int given) { return given; });
#endif
  using Step = decltype(step);
  spawn(executor, [](Step) -> task<> { co_return; }, step).detach();
  (void)number;
}
