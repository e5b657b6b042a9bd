// ask: one request of a SessionRun and its one reply, which must be well formed.
//
// Thread safety: as the SessionRun's.
#pragma once

#include <string>
#include <utility>

#include "resp/reply.hpp"
#include "resp/reply_reader.hpp"
#include "runtime/assert.hpp"
#include "session_run.hpp"

namespace redouble::fuzz {

inline resp::Reply ask(SessionRun& run, const Request& request) {
  resp::ReplyReader reader({.protocol = 2});
  reader.feed(run.ask(request));
  resp::Reply reply;
  REDOUBLE_ASSERT(reader.next(reply) == resp::ReplyReader::Status::reply);
  REDOUBLE_ASSERT(reader.at_boundary());
  return reply;
}

// The rows of which `wanted(name)` is true.
template <class Wanted>
std::vector<Form> forms_of(Wanted&& wanted) {
  std::vector<Form> chosen;
  for (const Form& form : all_forms()) {
    if (form.words.size() == 1 && wanted(form.words[0])) chosen.push_back(form);
  }
  return chosen;
}

}  // namespace redouble::fuzz
