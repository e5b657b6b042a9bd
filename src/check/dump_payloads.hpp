// Dumps for random RESTOREs: of every type and encoding, as redis-server 7.0.15 and older ones make
// them, and some that every server refuses.
//
// What a server without `sanitize-dump-payload` would take unseen is not among them: the judge must
// stay alive. Thread safety: any thread.
#pragma once

#include <span>
#include <string>

namespace redouble::check {

std::span<const std::string> dump_payloads();

}  // namespace redouble::check
