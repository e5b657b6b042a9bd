// The digests of DEBUG DIGEST and DIGEST-VALUE: equal to redis-server's for equal contents.
//
// A value's digest is a chain of SHA-1 over its type and its bytes, or the parts of which it
// consists (value/object.hpp): those whose order does not count are joined by XOR. The whole is the
// XOR over all keys. 40 hexadecimal digits.
// Thread safety: parts of a step. Source: the construction was found by comparing with
// redis-server 7.0.15, and is held against it by a test.
#pragma once

#include <string>

#include "store/keys.hpp"
#include "store/lock_set.hpp"

namespace redouble::command {

// REQUIRES: locks.whole().
std::string dataset_digest(store::LockSet& locks);
// 40 zeros where there is no entry.
std::string value_digest(const store::Entry* entry);

}  // namespace redouble::command
