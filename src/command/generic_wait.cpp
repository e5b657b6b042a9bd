// WAIT, as a server answers it that has no replicas.
#include "command/call.hpp"
#include "command/handlers_generic.hpp"
#include "command/wait.hpp"

namespace redouble::command::generic_group {

void wait(Call& call) {
  constexpr std::int64_t replicas = 0;
  const auto wanted = call.integer(1);
  if (!wanted) return;
  const auto deadline_ms = deadline_of_milliseconds(call, 2);
  if (!deadline_ms) return;
  if (*wanted <= replicas) return call.reply.integer(replicas);
  wait_or_give_up(call, {.deadline_ms = *deadline_ms, .timeout_integer = replicas});
}

}  // namespace redouble::command::generic_group
