// The version of Redis that an instance says it is, by its compat-version.
#pragma once

#include <string_view>

#include "instance/settings.hpp"

namespace redouble::instance {

// The release of each version that the replies are held against.
constexpr std::string_view version_text(CompatVersion version) {
  switch (version) {
    case CompatVersion::v7_0:
      return "7.0.15";
    case CompatVersion::v7_2:
      return "7.2.7";
    case CompatVersion::v7_4:
      return "7.4.2";
    case CompatVersion::v8_0:
      return "8.0.0";
  }
  return "";
}

}  // namespace redouble::instance
