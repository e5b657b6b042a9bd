#include "command/help.hpp"

#include <string>

#include "command/call.hpp"
#include "command/table.hpp"
#include "command/usage.hpp"
#include "runtime/assert.hpp"

namespace redouble::command {
namespace {

std::string in_upper_case(std::string_view word) {
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return upper;
}

}  // namespace

std::string help_heading(std::string_view container) {
  return in_upper_case(container) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:";
}

void subcommands_help(Call& call) {
  const CommandTable& table = CommandTable::standard();
  const Row* container = table.parent(call.row);
  REDOUBLE_ASSERT(container != nullptr);
  const auto place = call.reply.begin();
  std::size_t lines = 0;
  const auto line = [&](const std::string& text) {
    call.reply.simple(text);
    ++lines;
  };
  const auto explain = [&](const Row& row) {
    std::string text = in_upper_case(row.name);
    if (auto grammar = parse_grammar(row.grammar); grammar) {
      leave_out_later(*grammar, call.instance.hot().compat);
      if (!grammar->empty()) text += " " + usage(*grammar);
    }
    line(text);
    line("    " + std::string(row.summary));
  };
  line(help_heading(container->name));
  if (!is_container(*container)) {
    line("(none)");
    line("    " + std::string(container->summary));
  }
  for (const Row& row : container->subcommands) {
    if (&row != &call.row && table.visible(row, call.instance.hot().compat)) explain(row);
  }
  explain(call.row);
  call.reply.end_array(place, lines);
}

}  // namespace redouble::command
