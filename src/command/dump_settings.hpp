// How the configuration and the compat-version have values written into dumps, and read from them.
//
// Thread safety: as a Call's.
#pragma once

#include <algorithm>
#include <cstddef>

#include "command/call.hpp"
#include "command/hash_limits.hpp"
#include "command/list_access.hpp"
#include "command/set_limits.hpp"
#include "command/sorted_set_access.hpp"
#include "value/rdb_value.hpp"

namespace redouble::command {

inline int dump_version(const Call& call) {
  switch (call.settings().compat_version) {
    case instance::CompatVersion::v7_0:
      return value::rdb::version_of_7_0;
    case instance::CompatVersion::v7_2:
      return value::rdb::version_of_7_2;
    default:
      return value::rdb::version_of_7_4;
  }
}

inline value::rdb::Writer::Options dump_options(const Call& call) {
  return {.version = dump_version(call),
          .compresses = call.settings().rdb_compression,
          .list_max_listpack_size = call.settings().list_max_listpack_size};
}

inline value::rdb::Limits dump_limits(const Call& call) {
  return {.version = dump_version(call),
          .list = list_group::limits_of(call),
          .set = set_limits(call),
          .hash = hash_limits(call),
          .sorted_set = sorted_set_group::limits_of(call)};
}

inline void write_entry(value::rdb::Writer& writer, const store::Entry& entry) {
  if (entry.type() == value::Type::string) {
    write_body(writer, entry.string());
  } else {
    write_body(writer, entry.object());
  }
}

// The longest text that is read from a dump: the longest string, below what values are made for.
inline std::size_t longest_dump_text(const Call& call) {
  constexpr std::size_t most = std::size_t{1} << 31;
  return std::min<std::size_t>(call.settings().proto_max_bulk_len, most);
}

}  // namespace redouble::command
