// RandomSetting: a directive that a random run may change, and values for it.
//
// A value of each is legal or not on both servers alike, and changes no more of the replies to
// other commands than both do. Thread safety: constants.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "check/history.hpp"

namespace redouble::check {

struct RandomSetting {
  std::string_view name;
  std::string_view standard;  // what a server starts with
  std::array<std::string_view, 5> values;
};

std::span<const RandomSetting> random_settings();

// The requests that put all of them back.
std::vector<Request> restoring_requests();

}  // namespace redouble::check
