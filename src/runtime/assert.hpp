// REDOUBLE_ASSERT(condition): an invariant of the program, not a check of input.
//
// On in every build: the assertions of this project are cheap, and a test double that goes on after
// a broken invariant answers wrongly. A failure prints the place and the expression, and aborts.
// Thread safety: any thread.
#pragma once

#include <cstdio>
#include <cstdlib>

#define REDOUBLE_ASSERT(condition)                                                           \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
