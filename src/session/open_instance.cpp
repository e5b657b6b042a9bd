#include "session/open_instance.hpp"

#include <utility>

#include "command/table.hpp"

namespace redouble::session {

std::unique_ptr<instance::Instance> open_instance(instance::Instance::Options options) {
  options.command_rows = command::CommandTable::standard().size();
  options.compat = command::compat_number(*options.config.get_one("compat-version"));
  return std::make_unique<instance::Instance>(std::move(options));
}

}  // namespace redouble::session
