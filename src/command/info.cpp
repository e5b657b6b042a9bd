// INFO: what the instance says of itself, by sections.
#include <set>
#include <string>
#include <string_view>

#include "command/handlers_server.hpp"
#include "command/info_sections.hpp"

namespace redouble::command::server_group {
namespace {

void nothing(Call&, info::Fields&) {}

struct Section {
  std::string_view name;
  std::string_view heading;
  bool by_default;
  void (*write)(Call&, info::Fields&);
};

constexpr Section sections[] = {
    {"server", "Server", true, info::server},
    {"clients", "Clients", true, info::clients},
    {"memory", "Memory", true, info::memory},
    {"persistence", "Persistence", true, info::persistence},
    {"stats", "Stats", true, info::stats},
    {"replication", "Replication", true, info::replication},
    {"cpu", "CPU", true, info::cpu},
    {"modules", "Modules", true, nothing},
    {"commandstats", "Commandstats", false, info::commandstats},
    {"errorstats", "Errorstats", true, info::errorstats},
    {"latencystats", "Latencystats", false, info::latencystats},
    {"cluster", "Cluster", true, info::cluster},
    {"keyspace", "Keyspace", true, info::keyspace},
};

}  // namespace

void info(Call& call) {
  bool defaults = call.size() == 1;
  bool all = false;
  std::set<std::string_view> wanted;
  for (std::size_t index = 1; index < call.size(); ++index) {
    if (call.is_word(index, "DEFAULT")) defaults = true;
    if (call.is_word(index, "ALL") || call.is_word(index, "EVERYTHING")) all = true;
    for (const Section& section : sections) {
      if (equal_words(call.arg(index), section.name)) wanted.insert(section.name);
    }
  }
  std::string text;
  info::Fields fields(text);
  for (const Section& section : sections) {
    if (!all && !(defaults && section.by_default) && !wanted.contains(section.name)) continue;
    if (!text.empty()) text += "\r\n";
    fields.line("# {}\r\n", section.heading);
    section.write(call, fields);
  }
  call.reply.verbatim("txt", text);
}

}  // namespace redouble::command::server_group
