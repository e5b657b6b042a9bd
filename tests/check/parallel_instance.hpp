// What the tests of parallel programs on an instance share: the instance, its model, the search.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "check/instance_model.hpp"
#include "check/linearizability.hpp"
#include "check/parallel.hpp"
#include "check/report.hpp"
#include "session/open_instance.hpp"

namespace redouble::check {

inline constexpr std::int64_t parallel_now_ms = 1'700'000'000'000;

inline std::unique_ptr<instance::Instance> parallel_instance(store::Scheduler* scheduler) {
  instance::Instance::Options options;
  options.clock = runtime::Clock::Mode::frozen;
  options.start_us = parallel_now_ms * 1000;
  options.seed = 5;
  // Few, so that several keys share one, and that the whole of them is a short way to go.
  options.stripes = 4;
  options.scheduler = scheduler;
  return session::open_instance(std::move(options));
}

inline Parallel::Make sessions_on(MakeInstance make) {
  return [make = std::move(make)](store::Scheduler* scheduler) -> std::unique_ptr<Subject> {
    return std::make_unique<InstanceSubject>(make(scheduler));
  };
}

// One model for all histories of a test: what it has learnt of one serves the next.
inline Parallel::Judge judged_by_handlers(MakeInstance make) {
  return [model = std::make_shared<InstanceModel>(std::move(make))](const History& history) {
    return check(*model, history).verdict;
  };
}

inline void expect_none(Parallel runner, const Parallel::Search& search,
                        const std::function<Request(Random&)>& request,
                        const std::vector<Request>& look) {
  const auto failure = runner.search(search, request, look);
  EXPECT_FALSE(failure) << describe(*failure);
  EXPECT_LE(100 * runner.unknown(), runner.runs());
  std::printf("%zu runs, %zu unknown\n", runner.runs(), runner.unknown());
}

}  // namespace redouble::check
