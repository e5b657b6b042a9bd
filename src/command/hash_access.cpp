#include "command/hash_access.hpp"

#include <limits>

namespace redouble::command::hash_group {

std::optional<FieldNames> named_fields(Call& call, std::size_t index, std::string_view bad_number) {
  if (index >= call.size() || !call.is_word(index, "FIELDS")) {
    call.error("ERR Mandatory argument FIELDS is missing or not at the right position");
    return std::nullopt;
  }
  if (index + 1 >= call.size()) {
    call.wrong_arity();
    return std::nullopt;
  }
  const auto count = integer_between(call, index + 1, 1, bad_number);
  if (!count) return std::nullopt;
  const FieldNames fields = call.args.subspan(index + 2);
  if (static_cast<std::uint64_t>(*count) != fields.size()) {
    call.error("ERR The `numfields` parameter must match the number of arguments");
    return std::nullopt;
  }
  return fields;
}

std::optional<std::int64_t> field_deadline(Call& call, std::size_t index, Unit unit, From from) {
  constexpr std::int64_t most_ms = (std::int64_t{1} << 46) - 1;
  constexpr std::int64_t ms_per_second = 1000;
  const auto given = call.integer(index);
  if (!given) return std::nullopt;
  if (*given < 0) {
    call.error("ERR invalid expire time, must be >= 0");
    return std::nullopt;
  }
  const std::int64_t base_ms = from == From::now ? call.now_ms() : 0;
  const std::int64_t unit_ms = unit == Unit::seconds ? ms_per_second : 1;
  if (*given > most_ms / unit_ms || *given * unit_ms > most_ms - base_ms) {
    invalid_expire_time(call);
    return std::nullopt;
  }
  return *given * unit_ms + base_ms;
}

std::optional<TimeWord> time_word(const Call& call, std::size_t index) {
  if (call.is_word(index, "EX")) return TimeWord{Unit::seconds, From::now};
  if (call.is_word(index, "PX")) return TimeWord{Unit::milliseconds, From::now};
  if (call.is_word(index, "EXAT")) return TimeWord{Unit::seconds, From::epoch};
  if (call.is_word(index, "PXAT")) return TimeWord{Unit::milliseconds, From::epoch};
  return std::nullopt;
}

void record_fields(Call& call, std::initializer_list<std::string_view> words,
                   const std::vector<std::string_view>& fields, bool counted) {
  if (!call.recording()) return;
  const std::string count = std::to_string(fields.size());
  std::vector<std::string_view> command(words);
  if (counted) command.emplace_back(count);
  command.insert(command.end(), fields.begin(), fields.end());
  call.step.record_as(command);
}

}  // namespace redouble::command::hash_group
