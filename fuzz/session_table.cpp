// session_table: holds the dictionary and the seeds of the session fuzzer to the command table.
//
//   session_table dictionary FILE        does the file hold what the table gives?
//   session_table write-dictionary FILE  writes it
//   session_table seeds FOLDER           runs the seeds; every command must be reached
//   session_table write-seeds FOLDER     writes one for each command, over what is there
// Exit code 0: yes; 1: no, with a line that tells how to mend it.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "check/random.hpp"
#include "session_grammar.hpp"
#include "session_input.hpp"
#include "session_run.hpp"

namespace {

using namespace redouble;
namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file);
}

void add_tokens(const std::vector<command::Argument>& arguments, std::set<std::string>& words) {
  for (const command::Argument& argument : arguments) {
    if (argument.token) words.insert(*argument.token);
    add_tokens(argument.children, words);
  }
}

std::string bulk(std::string_view word) {
  return "$" + std::to_string(word.size()) + "\\x0d\\x0a" + std::string(word) + "\\x0d\\x0a";
}

// Commands as the beginning of an array of their least arity, and every word alone.
std::string dictionary() {
  std::string text =
      "# Made from the command table by session_table write-dictionary; a test compares the two.\n";
  std::set<std::string> words;
  std::set<std::string> lines;
  const auto& table = command::CommandTable::standard();
  for (const command::Row& row : table.rows()) {
    words.insert(std::string(row.name));
    std::string start = "*" + std::to_string(row.arity < 0 ? -row.arity : row.arity) + "\\x0d\\x0a";
    if (const command::Row* parent = table.parent(row)) start += bulk(parent->name);
    lines.insert("\"" + start + bulk(row.name) + "\"\n");
  }
  for (const fuzz::Form& form : fuzz::all_forms()) add_tokens(form.arguments, words);
  for (const std::string_view word : fuzz::free_words) words.insert(std::string(word));
  for (const std::string& line : lines) text += line;
  for (const std::string& word : words) text += "\"" + word + "\"\n";
  return text;
}

int check_dictionary(const fs::path& path) {
  const std::string wanted = dictionary();
  const std::string found = contents(path);
  if (found == wanted) return 0;
  std::size_t missing = 0;
  std::string_view rest = wanted;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    if (found.find(line) != std::string::npos) continue;
    ++missing;
    std::printf("missing: %.*s", static_cast<int>(line.size()), line.data());
  }
  std::printf(
      "%s is not what the command table gives (%zu entries are missing); "
      "session_table write-dictionary writes it anew\n",
      path.c_str(), missing);
  return 1;
}

// The name of a row's seed: "config|get" is config_get.
std::string file_name(std::string_view full_name) {
  std::string name(full_name);
  for (char& c : name) c = c == '|' ? '_' : c;
  return name;
}

std::string seed_of(const fuzz::Form& form, check::Random& random) {
  constexpr int variants = 4;
  std::string text = "81";  // raw, DEBUG allowed, cut in pieces
  text += "SET k 10\r\nSET l hello EX 100\r\n";
  std::string decisions(512, '\0');
  for (char& c : decisions) c = static_cast<char>(random.next() & 0xff);
  fuzz::ByteSource source(decisions);
  fuzz::RequestMaker maker(source);
  for (int variant = 0; variant < variants; ++variant) text += fuzz::wire_of(maker.make(form));
  for (const std::string& word : form.words) text += word + " ";
  return text + "\r\n";
}

int write_seeds(const fs::path& folder) {
  fs::create_directories(folder);
  const auto& table = command::CommandTable::standard();
  check::Random random(1);
  for (const fuzz::Form& form : fuzz::all_forms()) {
    if (!write(folder / file_name(table.full_name(*form.row)), seed_of(form, random))) return 1;
  }
  for (const command::Row& row : table.rows()) {
    if (row.handler != nullptr) continue;
    const std::string name(row.name);
    if (!write(folder / file_name(name), "00" + name + "\r\n" + name + " nothing\r\n")) return 1;
  }
  return 0;
}

int check_seeds(const fs::path& folder) {
  const auto& table = command::CommandTable::standard();
  std::vector<std::uint64_t> reached(table.size(), 0);
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(folder, failed)) {
    const std::string bytes = contents(file.path());
    const fuzz::SessionInput input = fuzz::read_input(bytes);
    fuzz::SessionRun run(input);
    for (const fuzz::Segment& segment : input.segments) {
      run.feed(segment.bytes);
      run.advance(segment.advance_ms);
    }
    for (std::size_t index = 0; index < table.size(); ++index) {
      const auto counters = run.instance().stats().command(index);
      // What is only a container is never run.
      const bool container = table.at(index).handler == nullptr;
      reached[index] += container ? counters.rejected : counters.calls;
    }
  }
  int missing = 0;
  for (std::size_t index = 0; index < table.size(); ++index) {
    const std::string name(table.full_name(table.at(index)));
    std::printf("%8llu %s\n", static_cast<unsigned long long>(reached[index]), name.c_str());
    if (reached[index] == 0) ++missing;
  }
  if (missing == 0) return 0;
  std::printf(
      "%d commands are reached by no seed in %s; session_table write-seeds writes one each\n",
      missing, folder.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "dictionary") return check_dictionary(argv[2]);
  if (what == "write-dictionary") return write(argv[2], dictionary()) ? 0 : 1;
  if (what == "seeds") return check_seeds(argv[2]);
  if (what == "write-seeds") return write_seeds(argv[2]);
  std::fputs("session_table [write-]dictionary FILE | [write-]seeds FOLDER\n", stderr);
  return 1;
}
