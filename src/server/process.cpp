#include "server/process.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string_view>
#include <system_error>

namespace redouble::server {
namespace {

using runtime::FileDescriptor;

std::unexpected<std::string> failed(const char* what) {
  return std::unexpected(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct Ticks {
  unsigned long user = 0;
  unsigned long system = 0;
};

// Fields 14 and 15 of proc(5)'s stat; the name in the second may hold anything, a ')' too.
Ticks main_thread_ticks() {
  std::FILE* file = std::fopen(fmt::format("/proc/self/task/{}/stat", ::getpid()).c_str(), "re");
  if (file == nullptr) return {};
  std::array<char, 1024> text;
  const std::string_view line(text.data(), std::fread(text.data(), 1, text.size() - 1, file));
  std::fclose(file);
  text[line.size()] = '\0';
  const std::size_t name_end = line.rfind(')');
  Ticks ticks;
  if (name_end == std::string_view::npos ||
      std::sscanf(text.data() + name_end + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ticks.user,
                  &ticks.system) != 2) {
    return {};
  }
  return ticks;
}

}  // namespace

std::expected<FileDescriptor, std::string> watch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);  // as in Redis: its terminal may go
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) return failed("cannot block signals");
  FileDescriptor descriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!descriptor) return failed("cannot watch signals");
  return descriptor;
}

int take_signals(int descriptor) {
  int taken = 0;
  signalfd_siginfo info;
  while (::read(descriptor, &info, sizeof(info)) == sizeof(info)) ++taken;
  return taken;
}

std::expected<FileDescriptor, std::string> watch_parent() {
  const pid_t parent = ::getppid();
  FileDescriptor descriptor(static_cast<int>(::syscall(SYS_pidfd_open, parent, 0)));
  if (!descriptor) return failed("cannot watch the parent process");
  // Between the two calls it may have ended, and its number have gone to another.
  if (::getppid() != parent) return std::unexpected("the parent process has ended");
  return descriptor;
}

std::int64_t raise_file_limit(std::int64_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto target = std::min<rlim_t>(static_cast<rlim_t>(wanted), limit.rlim_max);
  if (limit.rlim_cur < target) {
    limit.rlim_cur = target;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return static_cast<std::int64_t>(limit.rlim_cur);
}

std::string executable_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

std::string working_directory() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

std::string system_name() {
  utsname name{};
  if (::uname(&name) != 0) return "";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::int64_t process_id() { return ::getpid(); }

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t machine_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  return pages < 0 ? 0
                   : static_cast<std::uint64_t>(pages) *
                         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

instance::Host::CpuSeconds cpu_seconds() {
  const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const Ticks main_thread = main_thread_ticks();
  rusage own{};
  rusage children{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &children);
  return {.user = seconds_of(own.ru_utime),
          .system = seconds_of(own.ru_stime),
          .user_children = seconds_of(children.ru_utime),
          .system_children = seconds_of(children.ru_stime),
          .user_main_thread = static_cast<double>(main_thread.user) / ticks_a_second,
          .system_main_thread = static_cast<double>(main_thread.system) / ticks_a_second};
}

void purge_allocator() { ::malloc_trim(0); }

std::string allocator_report() {
  const struct mallinfo2 info = ::mallinfo2();
  return fmt::format(
      "arena bytes: {}\nbytes in use: {}\nfree bytes: {}\nmapped bytes: {}\nbytes that a purge "
      "gives "
      "back: {}\n",
      info.arena, info.uordblks, info.fordblks, info.hblkhd, info.keepcost);
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace redouble::server
