// Socket addresses as text, the way CLIENT LIST shows them, and sockets made from text.
//
// Thread safety: any thread. Errors: std::unexpected with one line that says what was tried and why
// it failed.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "runtime/file_descriptor.hpp"

namespace redouble::server {

// "127.0.0.1:6379", "[::1]:6379", "PATH:0" of a Unix socket.
std::string peer_address(int socket);
std::string local_address(int socket);
bool is_unix_socket(int socket);
// Does this peer come from this machine?
bool is_loopback_peer(int socket);

// What listen_tcp() takes for a name of a host; an address, "*" and "::*" are their own. May wait
// for a name server.
std::expected<std::string, std::string> look_up(const std::string& host);
// A listening, non-blocking socket. `host` is a numeric address, "*" (any of IPv4) or "::*" (any of
// IPv6); port 0 takes a free one. Where it fails, errno tells why.
std::expected<runtime::FileDescriptor, std::string> listen_tcp(const std::string& host, int port,
                                                               int backlog);
// A stale socket file at `path` is replaced. `permissions` 0 leaves them as they are made.
std::expected<runtime::FileDescriptor, std::string> listen_unix(const std::string& path,
                                                                std::int64_t permissions,
                                                                int backlog);
// The port that a listening TCP socket has.
int port_of(int socket);

}  // namespace redouble::server
