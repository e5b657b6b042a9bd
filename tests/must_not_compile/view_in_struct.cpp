// says: this type does not say that it does
#include <string>
#include <string_view>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
struct Greeting {
  std::string_view text;
};
#else
struct Greeting {
  std::string text;
};
template <>
inline constexpr bool redouble::runtime::declare_owned<Greeting> = true;
#endif

task<> greet(Greeting) { co_return; }

void start(Executor executor) { spawn(executor, greet, Greeting{"hello"}).detach(); }
