// The limits of a set's encodings, as the configuration has them.
#pragma once

#include "command/call.hpp"
#include "command/objects.hpp"
#include "value/set.hpp"

namespace redouble::command {

inline value::Set::Limits set_limits(const Call& call) {
  const instance::Settings& settings = call.settings();
  const bool has_listpacks = call.speaks(instance::CompatVersion::v7_2);
  return {static_cast<std::size_t>(settings.set_max_intset_entries),
          has_listpacks ? static_cast<std::size_t>(settings.set_max_listpack_entries) : 0,
          static_cast<std::size_t>(settings.set_max_listpack_value), table_seed(call)};
}

}  // namespace redouble::command
