// Folder: a folder of a test's own among the system's temporary ones, gone with it.
//
//   const Folder folder;
//   const std::string path = folder.write("a.conf", "hz 5\n");
//
// Thread safety: a constant after its making. Errors: std::system_error where none can be made.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace redouble::testing {

class Folder {
 public:
  Folder() {
    // mkdtemp() puts letters of its own in the place of the last six.
    std::string path = (std::filesystem::temp_directory_path() / "redouble-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), path);
    }
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // What is called `name` in it; the folder's own path and a slash where that is empty.
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  // Makes a file of these bytes; gives its path.
  std::string write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace redouble::testing
