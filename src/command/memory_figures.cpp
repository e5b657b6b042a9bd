#include "command/memory_figures.hpp"

#include "command/client_info.hpp"

namespace redouble::command {

MemoryFigures memory_figures(const Call& call) {
  instance::Instance& instance = call.instance;
  instance.note_memory();
  const store::Totals totals = instance.keyspace().totals(call.locks);
  MemoryFigures figures{.used = instance.used_memory(),
                        .peak = instance.stats().peak_memory,
                        .startup = instance::Instance::startup_bytes,
                        .overhead = instance::Instance::startup_bytes + totals.table_bytes,
                        .dataset = totals.entry_bytes,
                        .resident = instance.host().resident_bytes()};
  for (int number = 0; number < instance.keyspace().database_count(); ++number) {
    figures.keys += call.locks.database(number).size();
  }
  instance.clients().for_each(
      [&](const instance::Client& client) { figures.clients += client_bytes(client, call); });
  return figures;
}

}  // namespace redouble::command
