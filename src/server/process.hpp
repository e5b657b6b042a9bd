// What belongs to the process and to nobody in it: signals, its parent, limits, its own figures.
//
// The one place below main() that touches them. Thread safety: call before threads are started,
// but for the figures, which any thread may ask.
// Errors: std::unexpected with one line.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "instance/host.hpp"
#include "runtime/file_descriptor.hpp"

namespace redouble::server {

// SIGTERM and SIGINT are blocked in this thread and all that it starts, and come out of this
// descriptor; SIGPIPE and SIGHUP are ignored.
std::expected<runtime::FileDescriptor, std::string> watch_signals();
// Takes the signals that have come; their number.
int take_signals(int descriptor);

// A descriptor that becomes readable when this process's parent has ended.
std::expected<runtime::FileDescriptor, std::string> watch_parent();

// Raises the limit of open files as far as is allowed and needed for so many; what it is then.
std::int64_t raise_file_limit(std::int64_t wanted);

std::string executable_path();
// Absolute; empty where it is gone or cannot be read.
std::string working_directory();
std::string system_name();
std::int64_t process_id();
std::uint64_t resident_bytes();
std::uint64_t machine_bytes();
instance::Host::CpuSeconds cpu_seconds();
void purge_allocator();
std::string allocator_report();
// 64 bits from the system's random device.
std::uint64_t random_seed();

}  // namespace redouble::server
