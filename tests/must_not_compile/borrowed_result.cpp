// says: std::string instead of std::string_view
#include <string>
#include <string_view>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
using Result = std::string_view;
#else
using Result = std::string;
#endif

void start(Executor executor) {
  spawn(executor, [](std::string text) -> task<Result> { co_return text; }, "hello").detach();
}
