#include "server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "runtime/spawn.hpp"
#include "runtime/yield.hpp"
#include "server/process.hpp"
#include "session/open_instance.hpp"

namespace redouble::server {
namespace {

using runtime::Wake;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Descriptors that are not clients.
constexpr std::int64_t other_descriptors = 64;

std::unique_ptr<instance::Instance> make_instance(instance::Config config) {
  instance::Instance::Options options;
  const instance::Settings& settings = config.settings();
  options.seed = settings.seed ? *settings.seed : random_seed();
  options.clock =
      settings.clock_frozen ? runtime::Clock::Mode::frozen : runtime::Clock::Mode::ticking;
  config.report("seed", std::to_string(options.seed));
  options.config = std::move(config);
  return session::open_instance(std::move(options));
}

unsigned thread_count(const instance::Settings& settings) {
  if (settings.threads > 0) return static_cast<unsigned>(settings.threads);
  return std::clamp(std::thread::hardware_concurrency(), 1u, runtime::Runtime::max_threads);
}

}  // namespace

Server::Server(instance::Config config)
    : instance_(make_instance(std::move(config))), common_(std::make_unique<Common>(*instance_)) {
  const instance::Settings& settings = instance_->settings();
  runtime_ = std::make_unique<runtime::Runtime>(thread_count(settings),
                                                std::chrono::microseconds(settings.busy_poll_us));
  instance_->set_host(this);
}

// What sleeps on a thing of the runtime goes before the runtime, which ends the tasks.
Server::~Server() {
  listeners_.stop();
  signals_.reset();
  parent_.reset();
  alarm_.reset();
  common_->all_closed = {};
  common_->alarm = {};
  runtime_.reset();
  instance_->set_host(nullptr);
}

std::expected<void, std::string> Server::open() {
  // What has been spawned on the runtime ends with it, so nothing is spawned before all is open.
  const instance::Settings& settings = instance_->settings();
  if (auto opened = listeners_.open(settings); !opened) return opened;
  if (!settings.bind.empty()) instance_->config().report("port", std::to_string(listeners_.port()));
  if (auto opened = watch_process(); !opened) return opened;
  const std::int64_t most = settings.maxclients;
  const std::int64_t files = raise_file_limit(most + other_descriptors);
  const std::int64_t ceiling = std::max<std::int64_t>(1, files - other_descriptors);
  instance_->config().limit_clients(ceiling);
  if (most > ceiling) {
    instance_->config().report("maxclients", std::to_string(ceiling));
    instance_->config_changed();
  }
  make_places();
  return {};
}

std::expected<void, std::string> Server::watch_process() {
  auto signals = watch_signals();
  if (!signals) return std::unexpected(signals.error());
  const runtime::Executor executor = runtime_->executor(0);
  signals_.emplace(executor, std::move(*signals));
  common_->all_closed = signals_->notifier();
  if (instance_->settings().exit_with_parent) {
    auto parent = watch_parent();
    if (!parent) return std::unexpected(parent.error());
    parent_.emplace(executor, std::move(*parent));
  }
  alarm_.emplace(executor);
  common_->alarm = alarm_->notifier();
  return {};
}

void Server::make_places() {
  for (unsigned thread = 0; thread < runtime_->size(); ++thread) {
    places_.push_back(std::make_shared<Place>(*common_, runtime_->executor(thread), thread));
    places_.back()->bench.foresees = runtime_->size() > 1;
  }
}

int Server::run() {
  const runtime::Executor executor = runtime_->executor(0);
  const ServerHandle self{this};
  runtime::spawn(executor, supervise, self).detach();
  runtime::spawn(executor, ring_alarms, self).detach();
  if (parent_) runtime::spawn(executor, await_parent, self).detach();
  listeners_.start(executor, places_);
  runtime_->run();
  runtime_->join();
  return 0;
}

runtime::task<void> Server::supervise(ServerHandle handle) {
  Server& server = *handle.server;
  while (!server.shutdown_wanted_) {
    co_await server.signals_->wait(Wake::readable | Wake::notified);
    if (take_signals(server.signals_->native()) > 0) server.shutdown_wanted_ = true;
  }
  co_await end_connections(handle);
  server.runtime_->stop();
}

// Accepting ends; every connection answers what it has and closes; what takes too long is left to
// the end of the runtime.
runtime::task<void> Server::end_connections(ServerHandle handle) {
  Server& server = *handle.server;
  for (auto& acceptor : server.listeners_.stop()) co_await acceptor;
  Common& common = *server.common_;
  common.stopping = true;
  server.instance_->clients().for_each([](instance::Client& client) { client.mailbox.wake(); });
  const auto deadline =
      steady_clock::now() + std::chrono::seconds(server.instance_->hot().shutdown_timeout_s.load());
  while (common.connections > 0 && !server.shutdown_now_) {
    const Wake wake = co_await server.signals_->wait(Wake::readable | Wake::notified, deadline);
    if (has(wake, Wake::deadline)) co_return;
    if (take_signals(server.signals_->native()) > 0) co_return;
  }
}

runtime::task<void> Server::ring_alarms(ServerHandle handle) {
  constexpr milliseconds longest = std::chrono::hours(1);
  Server& server = *handle.server;
  instance::Instance& instance = *server.instance_;
  for (;;) {
    if (instance.run_due(0)) {
      co_await runtime::yield_now();
      continue;
    }
    // From here on every earlier deadline is noted by the alarm's notifier.
    server.common_->alarm_ms = store::never_ms;
    const std::int64_t earliest_ms = instance.earliest_deadline_ms();
    server.common_->alarm_ms = earliest_ms;
    if (earliest_ms == store::never_ms || instance.clock().frozen()) {
      co_await server.alarm_->wait();
      continue;
    }
    // A key lives through the millisecond of its deadline.
    const std::int64_t left_ms = earliest_ms + 1 - instance.clock().now_ms();
    const auto delay = milliseconds(std::clamp<std::int64_t>(left_ms, 0, longest.count()));
    co_await server.alarm_->wait_until(steady_clock::now() + delay);
  }
}

runtime::task<void> Server::await_parent(ServerHandle handle) {
  co_await handle.server->parent_->wait(Wake::readable);
  handle.server->begin_shutdown();
}

void Server::begin_shutdown() {
  shutdown_wanted_ = true;
  common_->all_closed.notify();  // the supervisor waits for both
}

bool Server::shutdown(instance::ShutdownMode mode) {
  if (mode == instance::ShutdownMode::now) shutdown_now_ = true;
  begin_shutdown();
  return true;
}

std::optional<int> Server::listen(const instance::Settings& settings) {
  const auto moved = listeners_.move(settings);
  if (moved) return listeners_.port();
  fmt::print(stderr, "redouble: {}\n", moved.error());
  return std::nullopt;
}

void Server::rearm() { common_->alarm.notify(); }
std::string Server::executable() const { return executable_path(); }
std::int64_t Server::process_id() const { return server::process_id(); }
std::uint64_t Server::resident_bytes() const { return server::resident_bytes(); }
std::uint64_t Server::machine_bytes() const { return server::machine_bytes(); }
std::string Server::system() const { return system_name(); }
void Server::purge_allocator() { server::purge_allocator(); }
std::string Server::allocator_report() const { return server::allocator_report(); }
instance::Host::CpuSeconds Server::cpu_seconds() const { return server::cpu_seconds(); }

}  // namespace redouble::server
