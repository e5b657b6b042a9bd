// FileDescriptor: the owner of an open file descriptor; closes it when it goes.
//
// An int that is a descriptor looks owned to the compiler and is not; this is. Thread safety: a
// value, one thread at a time; may change its thread.
#pragma once

#include <unistd.h>

#include <utility>

#include "runtime/owned.hpp"

namespace redouble::runtime {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) noexcept : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }

  explicit operator bool() const noexcept { return number_ >= 0; }
  int get() const noexcept { return number_; }
  // Hands the number over to a caller who will close it.
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

template <>
inline constexpr bool declare_owned<FileDescriptor> = true;

}  // namespace redouble::runtime
