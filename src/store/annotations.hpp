// Names for clang's thread-safety attributes; nothing under other compilers.
//
// The analysis runs in every clang build (-Wthread-safety, an error). It follows leaf mutexes by
// GUARDED_BY, and the set of stripes that a step holds by one phantom capability (see
// store/lock_set.hpp), because a set chosen at run time is beyond it.
// Source: "Thread Safety Analysis" in the Clang documentation.
#pragma once

#if defined(__clang__)
#define REDOUBLE_ATTRIBUTE(x) __attribute__((x))
#else
#define REDOUBLE_ATTRIBUTE(x)
#endif

#define CAPABILITY(name) REDOUBLE_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY REDOUBLE_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) REDOUBLE_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) REDOUBLE_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) REDOUBLE_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
#define ACQUIRE(...) REDOUBLE_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) REDOUBLE_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) REDOUBLE_ATTRIBUTE(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) REDOUBLE_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define EXCLUDES(...) REDOUBLE_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ASSERT_CAPABILITY(x) REDOUBLE_ATTRIBUTE(assert_capability(x))
#define RETURN_CAPABILITY(x) REDOUBLE_ATTRIBUTE(lock_returned(x))
#define NO_THREAD_SAFETY_ANALYSIS REDOUBLE_ATTRIBUTE(no_thread_safety_analysis)
