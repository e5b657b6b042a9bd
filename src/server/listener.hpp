// accept_clients: the task of one listening socket: accepts, and spawns a task for each client.
//
// Each client goes to the place that has the fewest, so that every thread has as many; it stays on
// its thread. When the process is out of descriptors the listener waits a little instead of
// spinning; what is accepted then is answered later, not lost.
// Thread safety: the task runs on the executor it was spawned on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/file_descriptor.hpp"
#include "runtime/task.hpp"
#include "server/place.hpp"

namespace redouble::server {

runtime::task<void> accept_clients(runtime::FileDescriptor socket, runtime::Executor executor,
                                   std::vector<std::shared_ptr<Place>> places);

}  // namespace redouble::server
