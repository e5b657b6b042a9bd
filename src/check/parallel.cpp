#include "check/parallel.hpp"

#include <latch>
#include <thread>
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define REDOUBLE_LEAK_CHECKED
#endif
#endif
#include <utility>

#include "check/scheduler.hpp"

namespace redouble::check {
namespace {

// What is locked for ever may also hold up its own destructor; better to lose it, on purpose.
void abandon(std::unique_ptr<Subject> subject) {
  [[maybe_unused]] const Subject* lost = subject.release();
#ifdef REDOUBLE_LEAK_CHECKED
  __lsan_ignore_object(lost);
#endif
}

void execute_all(Subject& subject, Recorder& recorder, std::uint32_t client,
                 const std::vector<Request>& requests) {
  for (const Request& request : requests) {
    recorder.record(client, request,
                    [&](const Request& words) { return subject.execute(client, words); });
  }
}

std::vector<std::function<void()>> works_of(const Program& program, Subject& subject,
                                            Recorder& recorder) {
  std::vector<std::function<void()>> works;
  for (std::uint32_t client = 1; client <= program.branches.size(); ++client) {
    works.emplace_back([&program, &subject, &recorder, client] {
      execute_all(subject, recorder, client, program.branches[client - 1]);
    });
  }
  return works;
}

void run_on_threads(const std::vector<std::function<void()>>& works) {
  std::latch together(static_cast<std::ptrdiff_t>(works.size()));
  std::vector<std::exception_ptr> failures(works.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < works.size(); ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      try {
        works[i]();
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace

Parallel::Outcome Parallel::run(const Program& program, std::uint64_t seed) {
  SeededScheduler scheduler(seed);
  Outcome outcome;
  Recorder recorder(program.branches.size() + 1);
  std::unique_ptr<Subject> subject = make_(&scheduler);
  try {
    execute_all(*subject, recorder, 0, program.prefix);
    scheduler.run(works_of(program, *subject, recorder));
    execute_all(*subject, recorder, 0, program.suffix);
  } catch (const Deadlock& deadlock) {
    outcome.error = deadlock.what();
    abandon(std::move(subject));
  } catch (const std::exception& error) {
    outcome.error = std::string("an exception: ") + error.what();
  }
  outcome.history = recorder.history();
  return judge(std::move(outcome));
}

Parallel::Outcome Parallel::run_free(const Program& program) {
  Outcome outcome;
  Recorder recorder(program.branches.size() + 1);
  const std::unique_ptr<Subject> subject = make_(nullptr);
  try {
    execute_all(*subject, recorder, 0, program.prefix);
    run_on_threads(works_of(program, *subject, recorder));
    execute_all(*subject, recorder, 0, program.suffix);
  } catch (const std::exception& error) {
    outcome.error = std::string("an exception: ") + error.what();
  }
  outcome.history = recorder.history();
  return judge(std::move(outcome));
}

Parallel::Outcome Parallel::judge(Outcome outcome) {
  ++runs_;
  if (!outcome.error.empty()) return outcome;
  outcome.verdict = judge_(outcome.history);
  if (outcome.verdict == Verdict::unknown) ++unknown_;
  return outcome;
}

std::optional<Parallel::Failure> Parallel::fails(const Program& program, const Search& search,
                                                 std::uint64_t seed, std::size_t runs) {
  for (std::size_t i = 0; i < runs; ++i) {
    // The first run is with the seed itself: it may be one that is known to fail.
    Outcome outcome = search.free ? run_free(program) : run(program, seed + i);
    if (!outcome.failed()) continue;
    const auto failing = search.free ? std::nullopt : std::optional(seed + i);
    return Failure{program, failing, std::move(outcome), program.commands()};
  }
  return std::nullopt;
}

std::optional<Parallel::Failure> Parallel::search(const Search& search,
                                                  const std::function<Request(Random&)>& request,
                                                  const std::vector<Request>& suffix) {
  Random random(search.seed);
  for (std::size_t i = 0; i < search.programs; ++i) {
    const Program program = random_program(random, request, suffix);
    auto failure = fails(program, search, random.next(), search.runs_each);
    if (failure) return shrink(std::move(*failure), search);
  }
  return std::nullopt;
}

Parallel::Failure Parallel::shrink(Failure failure, const Search& search) {
  for (bool again = true; again;) {
    again = false;
    for (const Program& candidate : smaller(failure.program)) {
      auto smaller_failure =
          fails(candidate, search, failure.seed.value_or(0), search.runs_of_candidate);
      if (!smaller_failure) continue;
      smaller_failure->shrunk_from = failure.shrunk_from;
      failure = std::move(*smaller_failure);
      again = true;
      break;
    }
  }
  return failure;
}

std::string describe(const Parallel::Failure& failure) {
  std::string text = failure.outcome.error.empty()
                         ? "the history is " + std::string(to_string(failure.outcome.verdict))
                         : failure.outcome.error;
  text += failure.seed ? "; seed " + std::to_string(*failure.seed) + " replays it"
                       : "; the threads ran free";
  text += "; shrunk from " + std::to_string(failure.shrunk_from) + " to " +
          std::to_string(failure.program.commands()) + " commands\n";
  text += "program:\n" + write_program(failure.program);
  return text + "history:\n" + write_history(failure.outcome.history);
}

}  // namespace redouble::check
