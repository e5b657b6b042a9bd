// ConfigLoader: one load over a Config: files, their includes, text, and directives from the
// command line, in the order in which they come; later lines win.
//
// It works on a draft, so that a load that fails changes nothing: the draft is taken only after
// finish(). Errors are one line each: where, and what is wrong.
// Thread safety: none; a loader lives for one call. Only config.cpp's neighbours use it.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instance/command_line.hpp"
#include "instance/config.hpp"

namespace redouble::instance {

class ConfigLoader {
 public:
  using Loaded = Config::Loaded;

  explicit ConfigLoader(const Config& base) : draft_(base) {}

  // The main configuration file: the one that CONFIG REWRITE writes.
  Loaded main_file(const std::string& path);
  Loaded file(const std::string& path);
  Loaded descriptor(int fd, std::string_view origin);
  Loaded text(std::string_view text, std::string_view origin);
  Loaded option(const CommandLine::Option& option);
  // What can be judged only when every line is known. Then the draft is good.
  Loaded finish();
  Config&& draft() { return std::move(draft_); }

 private:
  // A directive that only later versions have, and where it stood.
  struct Later {
    std::size_t row;
    std::string place;
    std::string name;
  };

  Loaded line(std::string_view line, const std::string& place);
  Loaded words(std::vector<std::string> words, const std::string& place);
  Loaded include(const std::string& pattern, const std::string& place);

  Config draft_;
  std::vector<Later> later_;
  std::size_t depth_ = 0;
  bool save_seen_ = false;
};

}  // namespace redouble::instance
