// Server: one process that serves one instance: listeners, connections, alarms, the end.
//
//   Server server(config);
//   if (auto opened = server.open(); !opened) ...  // one line that says what is wrong
//   return server.run();                           // until SIGTERM, SIGINT, SHUTDOWN or the parent
//
// With one thread everything happens on the caller's. The end: accepting stops, what clients had
// sent is answered, their tasks are joined; after shutdown-timeout seconds the rest is cut off. A
// second signal cuts it off at once.
// Thread safety: open() and run() from one thread; all else after open() from any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "instance/config.hpp"
#include "instance/host.hpp"
#include "instance/instance.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/runtime.hpp"
#include "runtime/task.hpp"
#include "server/listeners.hpp"
#include "server/place.hpp"

namespace redouble::server {

class Server;

// A server as its own tasks hold it: its runtime, and so every task, ends before it does.
struct ServerHandle {
  Server* server;
};

}  // namespace redouble::server

template <>
inline constexpr bool redouble::runtime::declare_owned<redouble::server::ServerHandle> = true;

namespace redouble::server {

class Server final : public instance::Host {
 public:
  explicit Server(instance::Config config);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::expected<void, std::string> open();
  // Gives the exit code.
  int run();

  instance::Instance& instance() { return *instance_; }
  std::size_t connections() const { return common_->connections.load(); }
  // Accepting gives each connection to the thread that has the fewest.
  std::size_t connections_on(unsigned thread) const { return places_[thread]->connections.load(); }

  // Host
  bool shutdown(instance::ShutdownMode mode) override;
  void rearm() override;
  std::string executable() const override;
  std::int64_t process_id() const override;
  bool has_sockets() const override { return true; }
  std::optional<int> listen(const instance::Settings& settings) override;
  int port() const override { return listeners_.port(); }
  int threads() const override { return static_cast<int>(runtime_->size()); }
  std::uint64_t resident_bytes() const override;
  std::uint64_t machine_bytes() const override;
  std::string system() const override;
  void purge_allocator() override;
  std::string allocator_report() const override;
  CpuSeconds cpu_seconds() const override;

 private:
  std::expected<void, std::string> watch_process();
  void make_places();
  void begin_shutdown();
  static runtime::task<void> supervise(ServerHandle handle);
  static runtime::task<void> end_connections(ServerHandle handle);
  static runtime::task<void> ring_alarms(ServerHandle handle);
  static runtime::task<void> await_parent(ServerHandle handle);

  std::unique_ptr<instance::Instance> instance_;
  std::unique_ptr<Common> common_;
  Listeners listeners_;
  std::atomic<bool> shutdown_wanted_{false};
  std::atomic<bool> shutdown_now_{false};
  std::vector<std::shared_ptr<Place>> places_;
  // Its end ends every task, which use all of the above.
  std::unique_ptr<runtime::Runtime> runtime_;
  // What its own tasks wait for; they go before the runtime.
  std::optional<runtime::Descriptor> signals_;
  std::optional<runtime::Descriptor> parent_;
  std::optional<runtime::Signal> alarm_;
};

}  // namespace redouble::server
