// Reading and replacing a configuration file.
//
// Errors are the system's own words for them ("No such file or directory"). A file is replaced by
// renaming a complete new one over it: whoever reads it at any time, also after a crash, finds the
// old or the new content whole.
// Thread safety: any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace redouble::instance {

inline constexpr std::size_t max_config_bytes = 16U << 20;

std::expected<std::string, std::string> read_config_file(const std::string& path);
bool config_file_missing(const std::string& path);
// All that is left in an open file, which stays open.
std::expected<std::string, std::string> read_config(int fd);
// Keeps the permissions of the file where there is one.
std::expected<void, std::string> replace_config_file(const std::string& path,
                                                     std::string_view text);

}  // namespace redouble::instance
