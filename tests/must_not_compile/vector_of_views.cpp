// says: std::string instead of std::string_view
#include <string>
#include <string_view>
#include <vector>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
using Words = std::vector<std::string_view>;
#else
using Words = std::vector<std::string>;
#endif

task<> say(Words) { co_return; }

void start(Executor executor) { spawn(executor, say, Words{"hello", "world"}).detach(); }
