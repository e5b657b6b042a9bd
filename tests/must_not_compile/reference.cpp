// says: Take it by value
#include <string>

#include "runtime/spawn.hpp"

using namespace redouble::runtime;

#ifdef BAD
task<> greet(const std::string&) { co_return; }
#else
task<> greet(std::string) { co_return; }
#endif

void start(Executor executor, const std::string& name) { spawn(executor, greet, name).detach(); }
