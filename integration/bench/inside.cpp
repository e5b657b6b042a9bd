// inside: what the core costs without a socket: the locks, threads on the same and on other keys,
// and keys that all expire at once. Prints one line of JSON.
//
//   inside [--quick]
//
// - lock_ns: the gate entered and left and one stripe locked and unlocked, by one thread alone;
//   step_ns: the same as a whole step, with the clock read.
// - one_thread, two_threads, one_hot_key: GET and SET in turn, requests a second, by sessions which
//   are given bytes as a socket would give them, 16 requests at a time; 10,000 keys of its own for
//   each thread, then one key for both. two_apart: two threads with an instance each, which share
//   nothing: what the machine's two processors give at most. The best of many short rounds, all
//   kinds in turn: who else uses the machine can only slow a round down, and is there at one moment
//   and not at the next. quartiles: of the ratio of two threads to one in the same round.
// - expiry_longest_ms: a million keys whose deadlines are in one second, removed run by run as the
//   server does: the longest run, in CPU time; expiry_all_ms: all of them.
// - longest_set_ms and what follows: for how much CPU time one request keeps its thread, and so all
//   clients of that thread, from the others: the longest of a million SETs, of the DELs of all
//   these keys, FLUSHALL ASYNC of them, DEL of a hash of a million fields, COPY of it and the first
//   10,000 HSETs to the copy. It has less of the machine's noise than a latency that a client sees;
//   noise_ms says how much: the longest step of a second in which a loop only reads the clock.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "session/open_instance.hpp"
#include "session/session.hpp"
#include "session/workbench.hpp"
#include "store/gate.hpp"
#include "store/sync.hpp"

namespace {

using namespace redouble;
using std::chrono::steady_clock;

constexpr std::size_t pipeline = 16;

double ns_since(steady_clock::time_point begin) {
  return static_cast<double>((steady_clock::now() - begin).count());
}

// CPU time of this thread: who else runs on the machine does not count.
double cpu_ms() {
  timespec now;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The mean of one call, and the smallest of several means: the rest is noise.
template <class Function>
double ns_of(std::size_t calls, Function&& function) {
  double least = 1e18;
  for (int round = 0; round < 5; ++round) {
    const auto begin = steady_clock::now();
    for (std::size_t i = 0; i < calls; ++i) function();
    least = std::min(least, ns_since(begin) / static_cast<double>(calls));
  }
  return least;
}

double lock_ns(std::size_t calls) {
  const store::Sync sync;
  store::Gate gate(sync);
  store::Mutex mutex;
  return ns_of(calls, [&] {
    gate.enter_shared(0);
    mutex.lock(sync, store::Point::stripe);
    mutex.unlock();
    gate.leave_shared(0);
  });
}

double step_ns(instance::Instance& instance, std::size_t calls) {
  const store::Hashed key = instance.keyspace().hash()("key");
  return ns_of(calls, [&] {
    instance.step({.keys = {&key, 1}}, nullptr, [](store::LockSet&, instance::Step&) {});
  });
}

std::string request_of(std::initializer_list<std::string_view> words) {
  std::string bytes = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words)
    bytes += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return bytes;
}

// One client with a thread of its own.
class Worker {
 public:
  Worker(instance::Instance& instance, unsigned slot, std::size_t first_key, std::size_t keys)
      : bench_(slot), session_(instance, bench_, {}) {
    const std::string value(32, 'v');
    std::string batch;
    for (std::size_t i = 0; i < keys || i % pipeline != 0; ++i) {
      const std::string key = fmt::format("{:016}", first_key + i % keys);
      batch += request_of({"SET", key, value});
      run(batch);
      batch = i % 2 == 0 ? request_of({"GET", key}) : request_of({"SET", key, value});
      batches_.back() += batch;
      if ((i + 1) % pipeline == 0) batches_.emplace_back();
      batch.clear();
    }
    batches_.pop_back();
  }

  // As the server does where several threads share the instance.
  void foresee(bool foresees) { bench_.foresees = foresees; }
  void work(std::size_t requests) {
    for (std::size_t done = 0, at = 0; done < requests; done += pipeline, ++at) {
      run(batches_[at % batches_.size()]);
    }
  }

 private:
  void run(std::string_view bytes) {
    const std::span<char> room = session_.prepare();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    session_.received(bytes.size());
    bench_.output.clear();
  }

  session::Workbench bench_;
  session::Session session_;
  std::vector<std::string> batches_{1};
};

// Requests a second of workers that begin together, each with a thread of its own.
double rate_of(std::span<const std::unique_ptr<Worker>> workers, std::size_t requests) {
  for (const auto& worker : workers) worker->foresee(workers.size() > 1);
  const auto begin = steady_clock::now();
  {
    std::vector<std::jthread> running;
    for (const auto& worker : workers) {
      running.emplace_back([&worker, requests] { worker->work(requests); });
    }
  }
  return static_cast<double>(requests * workers.size()) / ns_since(begin) * 1e9;
}

struct Rates {
  double one = 0, two = 0, apart = 0, hot = 0;
  std::vector<double> ratios;  // of two threads to one in the same round, ascending
};

Rates best_rates(std::size_t requests, std::size_t rounds) {
  constexpr std::size_t own_keys = 10'000;
  std::vector<std::unique_ptr<instance::Instance>> instances;
  for (unsigned i = 0; i < 4; ++i) instances.push_back(session::open_instance());
  std::vector<std::unique_ptr<Worker>> own, apart, hot;
  for (unsigned i = 0; i < 2; ++i) {
    own.push_back(std::make_unique<Worker>(*instances[0], i, i * own_keys, own_keys));
    apart.push_back(std::make_unique<Worker>(*instances[1 + i], i, i * own_keys, own_keys));
    hot.push_back(std::make_unique<Worker>(*instances[3], i, 0, 1));
  }
  Rates best;
  for (std::size_t round = 0; round < rounds; ++round) {
    const double one = rate_of({own.data(), 1}, requests);
    const double two = rate_of(own, requests);
    best.one = std::max(best.one, one);
    best.two = std::max(best.two, two);
    best.ratios.push_back(two / one);
    best.apart = std::max(best.apart, rate_of(apart, requests));
    best.hot = std::max(best.hot, rate_of(hot, requests));
  }
  std::ranges::sort(best.ratios);
  return best;
}

// A client whose requests are timed one by one.
class Timed {
 public:
  explicit Timed(instance::Instance& instance) : session_(instance, bench_, {}) {}

  double ms_of(std::initializer_list<std::string_view> words) {
    const std::string bytes = request_of(words);
    const std::span<char> room = session_.prepare();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    const double begin = cpu_ms();
    session_.received(bytes.size());
    const double passed = cpu_ms() - begin;
    bench_.output.clear();
    return passed;
  }
  // The longest of `count` requests; `words_of(name)` makes one from the name of a number.
  template <class Words>
  double longest_ms(std::size_t count, Words&& words_of) {
    double longest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      longest = std::max(longest, words_of(*this, fmt::format("{:016}", i)));
    }
    return longest;
  }

 private:
  session::Workbench bench_{0};
  session::Session session_;
};

struct Longest {
  double set_ms, del_ms, flush_ms, del_hash_ms, copy_ms, write_ms;
};

Longest longest(std::size_t keys) {
  constexpr std::size_t writes = 10'000;
  const auto instance = session::open_instance();
  Timed client(*instance);
  const std::string value(32, 'v');
  const auto set = [&value](Timed& timed, std::string_view name) {
    return timed.ms_of({"SET", name, value});
  };
  const auto del = [](Timed& timed, std::string_view name) { return timed.ms_of({"DEL", name}); };
  const auto hset = [&value](Timed& timed, std::string_view name) {
    return timed.ms_of({"HSET", "hash", name, value});
  };
  Longest seen{};
  seen.set_ms = client.longest_ms(keys, set);
  seen.del_ms = client.longest_ms(keys, del);
  client.longest_ms(keys, set);
  seen.flush_ms = client.ms_of({"FLUSHALL", "ASYNC"});
  client.longest_ms(keys, hset);
  seen.copy_ms = client.ms_of({"COPY", "hash", "copy"});
  seen.write_ms = client.longest_ms(std::min(keys, writes), hset);
  seen.del_hash_ms = client.ms_of({"DEL", "hash"});
  return seen;
}

// What a host takes from a virtual processor is counted as CPU time of whoever ran on it.
double noise_ms() {
  constexpr double whole_ms = 1000;
  double longest = 0;
  double last = cpu_ms();
  for (const double end = last + whole_ms; last < end;) {
    const double now = cpu_ms();
    longest = std::max(longest, now - last);
    last = now;
  }
  return longest;
}

struct Expiry {
  double longest_ms = 0;
  double all_ms = 0;
};

Expiry expire(std::size_t keys) {
  instance::Instance::Options options;
  options.clock = runtime::Clock::Mode::frozen;
  const auto instance = session::open_instance(std::move(options));
  const std::int64_t now_ms = instance->clock().now_ms();
  const std::string value(32, 'v');
  instance->step({.all = true}, nullptr, [&](store::LockSet& locks, instance::Step&) {
    for (std::size_t i = 0; i < keys; ++i) {
      const std::string name = fmt::format("{:016}", i);
      const auto at_ms = now_ms + 1000 + static_cast<std::int64_t>(i * 0x9e3779b97f4a7c15 % 1000);
      locks.database(0).set_string(instance->keyspace().hash()(name), value,
                                   store::Lifetime::until(at_ms),
                                   {store::EventKind::string, "set"});
    }
  });
  instance->clock().advance_us(3'000'000);
  Expiry seen;
  const double begin = cpu_ms();
  for (bool more = true; more;) {
    const double run_begin = cpu_ms();
    more = instance->run_due(0);
    seen.longest_ms = std::max(seen.longest_ms, cpu_ms() - run_begin);
  }
  seen.all_ms = cpu_ms() - begin;
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  const std::size_t scale = quick ? 10 : 1;
  const double locks = lock_ns(10'000'000 / scale);
  const double step = step_ns(*session::open_instance(), 5'000'000 / scale);
  const Rates rates = best_rates(60'000, 1000 / scale);
  const Longest longest_of = longest(1'000'000 / scale);
  const Expiry expiry = expire(1'000'000 / scale);
  fmt::print(
      "{{\"lock_ns\": {:.1f}, \"step_ns\": {:.1f}, \"one_thread\": {:.0f}, \"two_threads\": "
      "{:.0f}, \"two_apart\": {:.0f}, \"one_hot_key\": {:.0f}, \"quartiles\": [{:.2f}, {:.2f}], "
      "\"expiry_longest_ms\": {:.3f}, \"expiry_all_ms\": {:.1f}, \"longest_set_ms\": {:.3f}, "
      "\"longest_del_ms\": {:.3f}, \"flush_ms\": {:.3f}, \"del_hash_ms\": {:.3f}, "
      "\"copy_ms\": {:.3f}, \"longest_write_ms\": {:.3f}, \"noise_ms\": {:.3f}}}\n",
      locks, step, rates.one, rates.two, rates.apart, rates.hot,
      rates.ratios[rates.ratios.size() / 4], rates.ratios[rates.ratios.size() * 3 / 4],
      expiry.longest_ms, expiry.all_ms, longest_of.set_ms, longest_of.del_ms, longest_of.flush_ms,
      longest_of.del_hash_ms, longest_of.copy_ms, longest_of.write_ms, noise_ms());
}
