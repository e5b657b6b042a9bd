"""What ci/lint --self-test plants: a clean tree, and one violation after the other laid over it."""

HEADER = "#pragma once\n"
CMAKE = "set(floors runtime store server)\n"
FLAGS = "-Wall -Werror -Wthread-safety\n"

# A coroutine type and a lock, small enough for clang-tidy to be quick.
COROUTINE = """#pragma once
#include <coroutine>
#include <mutex>

struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
"""
USES = '#include "runtime/task.hpp"\n\n'
GOOD_COROUTINE = USES + """task wait(int) { co_await std::suspend_never(); }
"""
HELD_LOCK = USES + """task wait(std::mutex* mutex) {
  const std::lock_guard guard(*mutex);
  co_await std::suspend_never();
}
"""
HELD_LOCK_SET = USES + """namespace redouble::store {
struct LockSet {
  ~LockSet() {}
};
}  // namespace redouble::store

task wait() {
  const redouble::store::LockSet held;
  co_await std::suspend_never();
}
"""
REFERENCE = USES + """task wait(const int& number) {
  (void)number;
  co_await std::suspend_never();
}
"""

CLEAN = {
    "CMakeLists.txt": FLAGS,
    "README.md": "A house.\n",
    "src/CMakeLists.txt": CMAKE,
    "src/main.cpp": '#include "server/listener.hpp"\n#include "store/table.hpp"\n',
    "src/runtime/task.hpp": COROUTINE,
    "src/store/table.hpp": HEADER + '\n#include "runtime/task.hpp"\n',
    "src/server/listener.hpp": HEADER + "\n#include <boost/asio/io_context.hpp>\n",
    "src/server/wait.cpp": GOOD_COROUTINE,
    "tests/store/table_test.cpp": '#include "store/table.hpp"\n',
    "fuzz/table_fuzz.cpp": '#include "store/table.hpp"\n',
    "fuzz/corpus/table/empty": "",
}

# (the rule that must report it, {path: text})
VIOLATIONS = [
    ("top_level", {"notes.txt": "Remember the milk.\n"}),
    ("floors", {"src/runtime/up.hpp": HEADER + '\n#include "store/table.hpp"\n'}),
    ("floors", {"src/redouble.hpp": HEADER, "src/store/up.hpp": HEADER + '\n#include "redouble.hpp"\n'}),
    ("floors", {"src/store/none.hpp": HEADER + '\n#include "store/nowhere.hpp"\n'}),
    ("floors", {"src/attic/box.hpp": HEADER}),
    ("asio", {"src/store/io.hpp": HEADER + "\n#include <boost/asio.hpp>\n"}),
    ("asio", {"tests/store/table_test.cpp": "#include <boost/asio/post.hpp>\n"}),
    ("ambient", {"src/store/now.cpp": "long now() { return time(nullptr); }\n"}),
    ("ambient", {"src/store/now.cpp": "auto now = std::chrono::system_clock::now();\n"}),
    ("ambient", {"src/store/home.cpp": 'const char* home() { return std::getenv("HOME"); }\n'}),
    ("mirror", {"tests/store/ghost_test.cpp": '#include "store/table.hpp"\n'}),
    ("mirror", {"fuzz/ghost_fuzz.cpp": '#include "store/table.hpp"\n'}),
    ("mirror", {"fuzz/corpus/ghost/seed": "seed"}),
    ("words", {"tests/store/table_test.cpp": "void wait() { std::this_thread::sleep_for(1s); }\n"}),
    ("words", {"integration/slow_test.cpp": "void wait() { usleep(1000); }\n"}),
    ("words", {"tests/store/table_test.cpp": "TEST(Table, DISABLED_holds) {}\n"}),
    ("words", {"src/store/later.hpp": HEADER + "// " + "TO" + "DO: finish.\n"}),
    ("length", {"src/store/long.cpp": "void f() {\n" + "  g();\n" * 71 + "}\n"}),
    ("format", {"src/store/ugly.hpp": HEADER + "int  ugly( ) ;\n"}),
    ("coroutines", {"src/server/wait.cpp": HELD_LOCK}),
    ("coroutines", {"src/server/wait.cpp": HELD_LOCK_SET}),
    ("coroutines", {"src/server/wait.cpp": REFERENCE}),
    ("coroutines", {"src/server/wait.hpp": HEADER + "\n" + HELD_LOCK,
                    "src/server/wait.cpp": GOOD_COROUTINE.replace("runtime/task", "server/wait")
                    .replace("wait(int)", "wait_too()")}),
    ("coroutines", {"src/server/alone.hpp": HEADER + "\n" + REFERENCE}),
    ("thread_safety", {"CMakeLists.txt": "-Wall -Werror\n"}),
    ("thread_safety", {"CMakeLists.txt": "-Wall -Werror=all -Wthread-safety\n"}),
]

COUNTER = """#include "store/sync.hpp"

using namespace redouble::store;

class Counter {
 public:
  void count(const Sync& sync) {
    %s
    ++count_;
  }

 private:
  Mutex mutex_;
  int count_ GUARDED_BY(mutex_) = 0;
};

int main() { Counter().count(Sync()); }
"""

# Compiled against the real src/: {file: (text, does the analysis accept it)}
THREAD_SAFETY = {
    "locked.cpp": (COUNTER % "const LeafLock lock(mutex_, sync, Point::stripe);", True),
    "unlocked.cpp": (COUNTER % "sync.point(Point::stripe);", False),
    "left_locked.cpp": (COUNTER % "mutex_.lock(sync, Point::stripe);", False),
}
