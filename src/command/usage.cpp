#include "command/usage.hpp"

namespace redouble::command {
namespace {

std::string usage_of(const Argument& argument);

std::string joined(const std::vector<Argument>& arguments, std::string_view between) {
  std::string text;
  for (const Argument& argument : arguments) {
    if (!text.empty()) text += between;
    text += usage_of(argument);
  }
  return text;
}

bool only_words(const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments) {
    if (argument.type != ArgumentType::token) return false;
  }
  return true;
}

// The argument once, without what makes it optional or repeats it.
std::string once(const Argument& argument) {
  switch (argument.type) {
    case ArgumentType::token:
      return *argument.token;
    case ArgumentType::one_of: {
      const std::string choices = joined(argument.children, "|");
      if (argument.optional && !argument.token) return choices;
      return only_words(argument.children) ? "<" + choices + ">" : "(" + choices + ")";
    }
    case ArgumentType::block:
      return joined(argument.children, " ");
    default:
      return "<" + argument.name + ">";
  }
}

std::string usage_of(const Argument& argument) {
  std::string text;
  if (argument.token && argument.type != ArgumentType::token) text = *argument.token + " ";
  text += once(argument);
  if (argument.multiple) text += " [...]";
  return argument.optional ? "[" + text + "]" : text;
}

}  // namespace

std::string usage(const std::vector<Argument>& arguments) { return joined(arguments, " "); }

}  // namespace redouble::command
