#include "instance/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace redouble::instance {
namespace {

using Failure = std::unexpected<std::string>;

Failure system_error() { return Failure(std::strerror(errno)); }

// Closes what it was given, unless close_now() did.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close_now(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool close_now() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }
  void take(int fd) {
    close_now();
    fd_ = fd;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A name of its own beside `path`: what an interrupted rewriting left behind, and whoever else is
// rewriting the same file, are left alone.
std::expected<std::string, std::string> create_beside(const std::string& path, mode_t mode,
                                                      Descriptor& file) {
  constexpr int max_names = 1000;
  for (int number = 0; number < max_names; ++number) {
    std::string name = fmt::format("{}.rewriting-{}", path, number);
    file.take(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() >= 0) return name;
    if (errno != EEXIST) break;
  }
  return system_error();
}

}  // namespace

std::expected<std::string, std::string> read_config(int fd) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t received = ::read(fd, buffer.data(), buffer.size());
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return system_error();
    if (received == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(received));
    if (text.size() > max_config_bytes)
      return Failure(fmt::format("it is larger than {} bytes", max_config_bytes));
  }
}

std::expected<std::string, std::string> read_config_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error();
  return read_config(file.get());
}

bool config_file_missing(const std::string& path) {
  return ::access(path.c_str(), F_OK) != 0 && errno == ENOENT;
}

std::expected<void, std::string> replace_config_file(const std::string& path,
                                                     std::string_view text) {
  struct stat status{};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  const mode_t mode = exists ? status.st_mode & 07777U : 0644U;
  Descriptor file;
  const auto fresh = create_beside(path, mode, file);
  if (!fresh) return Failure(fresh.error());
  // The disk may be full as late as at the close: until all has gone well nothing is renamed.
  const bool complete = ::fchmod(file.get(), mode) == 0 && write_all(file.get(), text) &&
                        ::fsync(file.get()) == 0 && file.close_now() &&
                        ::rename(fresh->c_str(), path.c_str()) == 0;
  if (complete) return {};
  auto failure = system_error();
  ::unlink(fresh->c_str());
  return failure;
}

}  // namespace redouble::instance
