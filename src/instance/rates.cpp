#include "instance/rates.hpp"

namespace redouble::instance {

bool Rates::sample(std::int64_t now_us, const Sums& sums) {
  if (count_ != 0 && now_us - newest(0).at_us < sample_interval_us) return false;
  samples_[count_++ % samples_.size()] = {now_us, sums};
  return true;
}

PerSecond Rates::per_second(std::int64_t now_us, const Sums& sums) const {
  const Sample* base = nullptr;
  for (std::size_t age = 0; age < size(); ++age) {
    const Sample& older = newest(age);
    const std::int64_t passed_us = now_us - older.at_us;
    if (passed_us < sample_interval_us) continue;
    if (base != nullptr && passed_us > window_us) break;
    base = &older;
  }
  if (base == nullptr) return {};
  const double seconds = static_cast<double>(now_us - base->at_us) / 1e6;
  // Less than before where the sums began anew between a look at them and the sample of it.
  const auto rate = [seconds](std::uint64_t now, std::uint64_t then) {
    return now < then ? 0.0 : static_cast<double>(now - then) / seconds;
  };
  return {.commands = rate(sums.commands, base->sums.commands),
          .input_bytes = rate(sums.input_bytes, base->sums.input_bytes),
          .output_bytes = rate(sums.output_bytes, base->sums.output_bytes)};
}

}  // namespace redouble::instance
