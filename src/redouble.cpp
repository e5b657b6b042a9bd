#include "redouble.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "instance/instance.hpp"
#include "resp/reply_reader.hpp"
#include "session/open_instance.hpp"
#include "session/session.hpp"

namespace redouble {

struct Redis::State {
  std::unique_ptr<instance::Instance> instance;
};

struct Client::State {
  // Declared in the order of what needs what: the session ends first, the instance last.
  std::shared_ptr<instance::Instance> instance;
  session::Workbench bench{0};
  session::Session session{*instance, bench, {}};
  resp::ReplyReader reader;

  explicit State(std::shared_ptr<instance::Instance> shared) : instance(std::move(shared)) {}

  void take_output(std::string& bytes) {
    bytes += bench.output.to_string();
    bench.output.clear();
  }
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

std::string Client::send(std::string_view bytes) {
  using session::Progress;
  std::string answer;
  Progress progress = state_->session.deliver();
  state_->take_output(answer);
  while (!bytes.empty() && progress == Progress::input) {
    const std::span<char> room = state_->session.prepare();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    progress = state_->session.received(size);
    state_->take_output(answer);
    while (progress == Progress::more) {
      progress = state_->session.resume();
      state_->take_output(answer);
    }
  }
  return answer;
}

Reply Client::command(std::span<const std::string_view> words) {
  std::string request = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    request += "$" + std::to_string(word.size()) + "\r\n";
    request += word;
    request += "\r\n";
  }
  state_->reader.feed(send(request));
  Reply reply;
  do {
    if (state_->reader.next(reply) != resp::ReplyReader::Status::reply) {
      throw std::runtime_error("redouble: the command has no reply (yet): " +
                               std::string(words.empty() ? std::string_view() : words[0]));
    }
  } while (reply.type == Reply::Type::push);
  return reply;
}

Reply Client::command(std::initializer_list<std::string_view> words) {
  return command(std::span<const std::string_view>(words.begin(), words.size()));
}

Redis::Redis(const Options& options) : state_(std::make_shared<State>()) {
  instance::Instance::Options wanted;
  const auto loaded = wanted.config.load_text(options.configuration, "configuration");
  if (!loaded) throw std::invalid_argument("redouble: " + loaded.error());
  wanted.seed = wanted.config.settings().seed.value_or(options.seed);
  const bool frozen = options.clock_frozen || wanted.config.settings().clock_frozen;
  wanted.clock = frozen ? runtime::Clock::Mode::frozen : runtime::Clock::Mode::ticking;
  state_->instance = session::open_instance(std::move(wanted));
}

Redis::Redis(Redis&&) noexcept = default;
Redis& Redis::operator=(Redis&&) noexcept = default;
Redis::~Redis() = default;

Client Redis::connect() {
  std::shared_ptr<instance::Instance> instance(state_, state_->instance.get());
  return Client(std::make_unique<Client::State>(std::move(instance)));
}

void Redis::advance(std::chrono::milliseconds time) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  constexpr auto most = std::chrono::floor<milliseconds>(microseconds(runtime::Clock::furthest_us));
  state_->instance->advance_us(0, microseconds(std::min(time, most)).count());
}

std::chrono::milliseconds Redis::now() const {
  return std::chrono::milliseconds(state_->instance->clock().now_ms());
}

std::uint64_t Redis::digest() const {
  instance::Instance& instance = *state_->instance;
  return instance.step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
    return instance.digest(locks);
  });
}

}  // namespace redouble
