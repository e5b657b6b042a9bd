// Parallel: runs parallel programs on real threads, judges their histories, and makes a failing one
// small.
//
// Under the seeded scheduler a run is decided by the program and a seed, so a failure replays;
// without it the threads run free, which is what a race detector wants. What fails is a history
// that is not linearizable, an exception, or a deadlock. Unknown verdicts are no failures, and are
// counted: a test must demand that they are few.
// The subject is whatever executes requests: a toy, sessions on an instance, a server behind
// sockets (then only free). Thread safety: a Parallel is used by one thread; it starts others.
// Sources: K. Claessen et al., "Finding race conditions in Erlang with QuickCheck and PULSE", ICFP
// 2009 (prefix, branches, shrinking by repetition); J. Hughes and H. Bolinder, "Testing a database
// for race conditions with QuickCheck", Erlang Workshop 2011.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/history.hpp"
#include "check/linearizability.hpp"
#include "check/program.hpp"
#include "check/random.hpp"
#include "store/sync.hpp"

namespace redouble::check {

class Subject {
 public:
  virtual ~Subject() = default;
  // Client 0 executes prefix and suffix, client n the n-th branch; each client is on one thread at
  // a time. Gives the reply's bytes, or nothing where the connection died.
  virtual std::optional<std::string> execute(std::uint32_t client, const Request& request) = 0;
};

class Parallel {
 public:
  // A fresh subject. It reaches shared state through this scheduler; nullptr: it runs free.
  using Make = std::function<std::unique_ptr<Subject>(store::Scheduler*)>;
  using Judge = std::function<Verdict(const History&)>;

  struct Outcome {
    Verdict verdict = Verdict::unknown;
    History history;
    std::string error;  // of an exception or a deadlock

    bool failed() const { return !error.empty() || verdict == Verdict::not_linearizable; }
  };

  struct Failure {
    Program program;
    std::optional<std::uint64_t> seed;  // of the scheduler; none where the threads ran free
    Outcome outcome;
    std::size_t shrunk_from = 0;  // commands that the program had when it was found
  };

  struct Search {
    std::uint64_t seed = 1;
    std::size_t programs = 100;
    std::size_t runs_each = 5;           // of a program
    std::size_t runs_of_candidate = 40;  // of a smaller program, before it counts as passing
    bool free = false;                   // plain threads instead of the scheduler
  };

  Parallel(Make make, Judge judge) : make_(std::move(make)), judge_(std::move(judge)) {}

  Outcome run(const Program& program, std::uint64_t seed);
  Outcome run_free(const Program& program);

  // The first failing one of many random programs, already shrunk; nothing where all pass.
  std::optional<Failure> search(const Search& search,
                                const std::function<Request(Random&)>& request,
                                const std::vector<Request>& suffix);
  Failure shrink(Failure failure, const Search& search);

  std::size_t runs() const { return runs_; }
  std::size_t unknown() const { return unknown_; }

 private:
  std::optional<Failure> fails(const Program& program, const Search& search, std::uint64_t seed,
                               std::size_t runs);
  Outcome judge(Outcome outcome);

  Make make_;
  Judge judge_;
  std::size_t runs_ = 0;
  std::size_t unknown_ = 0;
};

// What a person needs: what is wrong, the seed that replays it, the program, the history.
std::string describe(const Parallel::Failure& failure);

}  // namespace redouble::check
