// run_plain(): the commands of WaitingModel that never wait: what feeds those that do, what takes
// things away from them, and what looks.
//
//   RPUSH, LPUSH, LPOP key, RPOP key, LLEN, LRANGE key 0 -1
//   ZADD key score member ..., ZPOPMIN key, ZPOPMAX key, ZRANGE key 0 -1 WITHSCORES
//   XADD key MS-* field value ..., XRANGE key - +
//   XGROUP CREATE key group $ MKSTREAM, XGROUP DESTROY key group
//   DEL key
// Each has one key: key_of(). Gives the reply.
// Errors: std::invalid_argument for any other request. Thread safety: a pure function.
#pragma once

#include <string>

#include "check/history.hpp"
#include "check/waiting_values.hpp"

namespace redouble::check::waiting {

std::string run_plain(Values& values, const Request& request);
const std::string& key_of(const Request& request);

}  // namespace redouble::check::waiting
