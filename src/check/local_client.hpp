// LocalClient: a client of an instance in the same process: a request's words in, a reply's bytes
// out. It enters the one road that sockets enter too.
//
// Thread safety: one thread at a time; clients of several threads have slots of their own.
// Errors: std::logic_error where a request waits for something (a pause): nobody here wakes it up.
#pragma once

#include <optional>
#include <string>

#include "check/history.hpp"
#include "instance/instance.hpp"
#include "session/session.hpp"
#include "session/workbench.hpp"

namespace redouble::check {

class LocalClient {
 public:
  // `slot`: of the thread, see store::Gate.
  LocalClient(instance::Instance& instance, unsigned slot);

  // Nothing where the session has closed.
  std::optional<std::string> execute(const Request& request);

 private:
  std::string take_output(session::Progress progress);

  session::Workbench bench_;
  session::Session session_;
  bool closed_ = false;
};

}  // namespace redouble::check
