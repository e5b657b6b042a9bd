// ServerProcess: the built server as a child process on a port of its own, for tests in C++.
//
// The program is REDOUBLE_PROGRAM's. It is ended by its own process id, and dies with the test in
// any case. Thread safety: none needed.
// Errors: the constructor throws std::runtime_error where the server does not say that it is ready.
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace redouble::integration {

class ServerProcess {
 public:
  explicit ServerProcess(std::vector<std::string> arguments) {
    const char* program = std::getenv("REDOUBLE_PROGRAM");
    arguments.insert(arguments.begin(), {program != nullptr ? program : "", "--port", "0"});
    std::vector<char*> words;
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    std::FILE* output = ::fdopen(ends[0], "r");
    if (std::fscanf(output, "ready port=%d", &port_) != 1) port_ = 0;
    std::fclose(output);
    if (port_ == 0) {
      stop(SIGKILL);
      throw std::runtime_error("the server " + arguments.front() + " does not start");
    }
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() { stop(SIGKILL); }

  int port() const { return port_; }

  // Sends the signal and waits for the end: the exit code, or minus the signal that ended it.
  int stop(int signal) {
    const pid_t pid = std::exchange(pid_, -1);
    if (pid <= 0) return 0;
    ::kill(pid, signal);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace redouble::integration
