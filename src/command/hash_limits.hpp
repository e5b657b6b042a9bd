// The limits of a hash's encodings, as the configuration has them.
#pragma once

#include "command/call.hpp"
#include "command/objects.hpp"
#include "value/hash.hpp"

namespace redouble::command {

inline value::Hash::Limits hash_limits(const Call& call) {
  const instance::Settings& settings = call.settings();
  return {static_cast<std::size_t>(settings.hash_max_listpack_entries),
          static_cast<std::size_t>(settings.hash_max_listpack_value), table_seed(call)};
}

}  // namespace redouble::command
