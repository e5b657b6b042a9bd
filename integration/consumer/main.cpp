// Uses the installed library as somebody else's project would: a frozen clock moves when told.
#include <cstdio>

#include "runtime/clock.hpp"

int main() {
  using redouble::runtime::Clock;
  Clock clock(Clock::Mode::frozen, 1'000'000);
  clock.advance_us(500'000);
  std::printf("%lld\n", static_cast<long long>(clock.now_ms()));
}
