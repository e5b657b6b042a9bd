// open_instance: an Instance that knows this program's commands.
//
// The instance stands on a lower floor than the command table and is told what it must know of it;
// everyone makes instances here.
#pragma once

#include <memory>

#include "instance/instance.hpp"

namespace redouble::session {

std::unique_ptr<instance::Instance> open_instance(instance::Instance::Options options = {});

}  // namespace redouble::session
