#include "check/string_model.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "check/reply_text.hpp"
#include "check/seen_set.hpp"

namespace redouble::check {
namespace {

using State = StringModel::State;
using Value = StringModel::Value;
using Number = std::int64_t;

const std::string ok = simple_reply("OK");
const std::string syntax_error = error_reply("ERR syntax error");
const std::string not_an_integer = error_reply("ERR value is not an integer or out of range");
const std::string no_such_key = error_reply("ERR no such key");

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Redis takes a number only in its one canonical form: no plus, no blanks, no leading zeros.
std::optional<Number> canonical_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(number) != text) return std::nullopt;
  return number;
}

// One request in one state.
class Step {
 public:
  Step(State& state, const Request& request, std::int64_t now_ms)
      : state_(state), request_(request), now_ms_(now_ms) {}

  std::string set() {
    bool nx = false, xx = false, get = false, keep = false;
    std::optional<std::pair<char, std::string_view>> expiry;
    for (std::size_t i = 3; i < request_.size(); ++i) {
      const std::string option = upper(arg(i));
      if (option == "NX" && !xx) {
        nx = true;
      } else if (option == "XX" && !nx) {
        xx = true;
      } else if (option == "GET") {
        get = true;
      } else if (option == "KEEPTTL" && !expiry) {
        keep = true;
      } else if ((option == "EX" || option == "PX") && !keep && !expiry &&
                 i + 1 < request_.size()) {
        expiry = {option[0], arg(++i)};
      } else {
        return syntax_error;
      }
    }
    Number deadline_ms = -1;
    if (expiry) {
      const auto number = canonical_number(expiry->second);
      if (!number) return not_an_integer;
      const auto due = deadline(*number, expiry->first == 'E' ? 1000 : 1);
      if (!due || *number <= 0) return error_reply("ERR invalid expire time in 'set' command");
      deadline_ms = *due;
    }
    Value* old = find(arg(1));
    const std::string old_reply = get ? bulk_or_null(old) : "";
    if ((nx && old != nullptr) || (xx && old == nullptr)) return get ? old_reply : null_reply();
    if (keep && old != nullptr) deadline_ms = old->deadline_ms;
    put(arg(1), {request_[2], deadline_ms});
    return get ? old_reply : ok;
  }

  std::string get() { return bulk_or_null(find(arg(1))); }

  std::string getset() {
    const std::string reply = bulk_or_null(find(arg(1)));
    put(arg(1), {request_[2]});
    return reply;
  }

  std::string getdel() {
    const std::string reply = bulk_or_null(find(arg(1)));
    erase(arg(1));
    return reply;
  }

  std::string add(std::optional<Number> by) {
    if (!by) return not_an_integer;
    Value* old = find(arg(1));
    const auto number = old == nullptr ? std::optional<Number>(0) : canonical_number(old->bytes);
    if (!number) return not_an_integer;
    Number sum = 0;
    if (__builtin_add_overflow(*number, *by, &sum)) {
      return error_reply("ERR increment or decrement would overflow");
    }
    put(arg(1), {std::to_string(sum), old == nullptr ? -1 : old->deadline_ms});
    return integer_reply(sum);
  }

  std::string decrby() {
    const auto by = canonical_number(arg(2));
    if (!by) return not_an_integer;
    if (*by == std::numeric_limits<Number>::min()) {
      return error_reply("ERR decrement would overflow");
    }
    return add(-*by);
  }

  std::string incrby() { return add(canonical_number(arg(2))); }

  std::string append() {
    Value* old = find(arg(1));
    if (old == nullptr) {
      put(arg(1), {request_[2]});
      return integer_reply(static_cast<Number>(request_[2].size()));
    }
    old->bytes += arg(2);
    return integer_reply(static_cast<Number>(old->bytes.size()));
  }

  std::string strlen() {
    const Value* value = find(arg(1));
    return integer_reply(value == nullptr ? 0 : static_cast<Number>(value->bytes.size()));
  }

  std::string mset() {
    for (std::size_t i = 1; i < request_.size(); i += 2) put(arg(i), {request_[i + 1]});
    return ok;
  }

  std::string msetnx() {
    for (std::size_t i = 1; i < request_.size(); i += 2) {
      if (find(arg(i)) != nullptr) return integer_reply(0);
    }
    mset();
    return integer_reply(1);
  }

  std::string mget() {
    std::vector<std::string> elements;
    for (std::size_t i = 1; i < request_.size(); ++i)
      elements.push_back(bulk_or_null(find(arg(i))));
    return array_reply(elements);
  }

  std::string del() {
    Number count = 0;
    for (std::size_t i = 1; i < request_.size(); ++i) count += erase(arg(i)) ? 1 : 0;
    return integer_reply(count);
  }

  std::string exists() {
    Number count = 0;
    for (std::size_t i = 1; i < request_.size(); ++i) count += find(arg(i)) != nullptr ? 1 : 0;
    return integer_reply(count);
  }

  std::string rename(bool only_new) {
    const Value* source = find(arg(1));
    if (source == nullptr) return no_such_key;
    if (only_new && find(arg(2)) != nullptr) return integer_reply(0);
    if (arg(1) != arg(2)) {
      Value moved = *source;
      erase(arg(1));
      put(arg(2), std::move(moved));
    }
    return only_new ? integer_reply(1) : ok;
  }

  std::string copy() {
    bool replace = false;
    for (std::size_t i = 3; i < request_.size(); ++i) {
      if (upper(arg(i)) != "REPLACE") return syntax_error;
      replace = true;
    }
    if (arg(1) == arg(2)) {
      return error_reply("ERR source and destination objects are the same");
    }
    const Value* source = find(arg(1));
    if (source == nullptr || (find(arg(2)) != nullptr && !replace)) return integer_reply(0);
    put(arg(2), Value(*source));
    return integer_reply(1);
  }

  std::string expire(Number unit_ms) {
    bool nx = false, xx = false, gt = false, lt = false;
    for (std::size_t i = 3; i < request_.size(); ++i) {
      const std::string option = upper(arg(i));
      if (option == "NX") {
        nx = true;
      } else if (option == "XX") {
        xx = true;
      } else if (option == "GT") {
        gt = true;
      } else if (option == "LT") {
        lt = true;
      } else {
        return error_reply("ERR Unsupported option " + std::string(arg(i)));
      }
    }
    if (nx && (xx || gt || lt)) {
      return error_reply("ERR NX and XX, GT or LT options at the same time are not compatible");
    }
    if (gt && lt) {
      return error_reply("ERR GT and LT options at the same time are not compatible");
    }
    const auto number = canonical_number(arg(2));
    if (!number) return not_an_integer;
    const auto due = deadline(*number, unit_ms);
    if (!due) {
      return error_reply("ERR invalid expire time in '" + lower(arg(0)) + "' command");
    }
    Value* value = find(arg(1));
    if (value == nullptr) return integer_reply(0);
    // A key without a deadline counts as one that lives for ever.
    const bool has = value->deadline_ms >= 0;
    const bool refused = (nx && has) || (xx && !has) ||
                         (gt && (!has || *due <= value->deadline_ms)) ||
                         (lt && has && *due >= value->deadline_ms);
    if (refused) return integer_reply(0);
    if (*due <= now_ms_) {
      erase(arg(1));
    } else {
      value->deadline_ms = *due;
    }
    return integer_reply(1);
  }

  std::string persist() {
    Value* value = find(arg(1));
    if (value == nullptr || value->deadline_ms < 0) return integer_reply(0);
    value->deadline_ms = -1;
    return integer_reply(1);
  }

  std::string ttl(Number unit_ms) {
    const Value* value = find(arg(1));
    if (value == nullptr) return integer_reply(-2);
    if (value->deadline_ms < 0) return integer_reply(-1);
    const Number left_ms = value->deadline_ms - now_ms_;
    return integer_reply(unit_ms == 1 ? left_ms : (left_ms + 500) / 1000);
  }

 private:
  std::string_view arg(std::size_t at) const { return request_[at]; }

  State::iterator place_of(std::string_view key) {
    return std::lower_bound(state_.begin(), state_.end(), key,
                            [](const auto& entry, std::string_view k) { return entry.first < k; });
  }
  Value* find(std::string_view key) {
    const auto at = place_of(key);
    return at != state_.end() && at->first == key ? &at->second : nullptr;
  }
  void put(std::string_view key, Value value) {
    const auto at = place_of(key);
    if (at != state_.end() && at->first == key) {
      at->second = std::move(value);
    } else {
      state_.emplace(at, std::string(key), std::move(value));
    }
  }
  bool erase(std::string_view key) {
    const auto at = place_of(key);
    if (at == state_.end() || at->first != key) return false;
    state_.erase(at);
    return true;
  }

  static std::string bulk_or_null(const Value* value) {
    return value == nullptr ? null_reply() : bulk_reply(value->bytes);
  }

  // Unix time in ms, or nothing where it does not fit.
  std::optional<Number> deadline(Number number, Number unit_ms) const {
    Number due = 0;
    if (__builtin_mul_overflow(number, unit_ms, &due)) return std::nullopt;
    if (__builtin_add_overflow(due, now_ms_, &due)) return std::nullopt;
    return due;
  }

  State& state_;
  const Request& request_;
  const std::int64_t now_ms_;
};

// A command of the model. Arity as Redis counts it (with the name; negative: at least); keys stand
// at first, first + step, ... up to last (from the end where it is negative).
struct Command {
  std::string_view name;
  int arity;
  int last_key;
  int key_step;
  bool reads;  // and never changes anything
  std::string (*run)(Step&);
};

constexpr Command commands[] = {
    {"SET", -3, 1, 1, false, [](Step& step) { return step.set(); }},
    {"GET", 2, 1, 1, true, [](Step& step) { return step.get(); }},
    {"GETSET", 3, 1, 1, false, [](Step& step) { return step.getset(); }},
    {"GETDEL", 2, 1, 1, false, [](Step& step) { return step.getdel(); }},
    {"INCR", 2, 1, 1, false, [](Step& step) { return step.add(1); }},
    {"DECR", 2, 1, 1, false, [](Step& step) { return step.add(-1); }},
    {"INCRBY", 3, 1, 1, false, [](Step& step) { return step.incrby(); }},
    {"DECRBY", 3, 1, 1, false, [](Step& step) { return step.decrby(); }},
    {"APPEND", 3, 1, 1, false, [](Step& step) { return step.append(); }},
    {"STRLEN", 2, 1, 1, true, [](Step& step) { return step.strlen(); }},
    {"MSET", -3, -1, 2, false, [](Step& step) { return step.mset(); }},
    {"MSETNX", -3, -1, 2, false, [](Step& step) { return step.msetnx(); }},
    {"MGET", -2, -1, 1, true, [](Step& step) { return step.mget(); }},
    {"DEL", -2, -1, 1, false, [](Step& step) { return step.del(); }},
    {"EXISTS", -2, -1, 1, true, [](Step& step) { return step.exists(); }},
    {"RENAME", 3, 2, 1, false, [](Step& step) { return step.rename(false); }},
    {"RENAMENX", 3, 2, 1, false, [](Step& step) { return step.rename(true); }},
    {"COPY", -3, 2, 1, false, [](Step& step) { return step.copy(); }},
    {"EXPIRE", -3, 1, 1, false, [](Step& step) { return step.expire(1000); }},
    {"PEXPIRE", -3, 1, 1, false, [](Step& step) { return step.expire(1); }},
    {"PERSIST", 2, 1, 1, false, [](Step& step) { return step.persist(); }},
    {"TTL", 2, 1, 1, true, [](Step& step) { return step.ttl(1000); }},
    {"PTTL", 2, 1, 1, true, [](Step& step) { return step.ttl(1); }},
};

const Command& command_of(const Request& request) {
  const std::string name = request.empty() ? "" : upper(request.front());
  for (const Command& command : commands) {
    if (command.name == name) return command;
  }
  throw std::invalid_argument("the string model does not know the command " + quote_word(name));
}

bool arity_fits(const Command& command, const Request& request) {
  const int words = static_cast<int>(request.size());
  if (command.arity > 0 ? words != command.arity : words < -command.arity) return false;
  return command.key_step == 1 || words % 2 == 1;
}

}  // namespace

std::string StringModel::run(State& state, const Request& request) const {
  const Command& command = command_of(request);
  if (!arity_fits(command, request)) {
    return error_reply("ERR wrong number of arguments for '" + lower(command.name) + "' command");
  }
  Step step(state, request, now_ms_);
  return command.run(step);
}

bool StringModel::step(State& state, const Operation& operation) const {
  const std::string reply = run(state, operation.request);
  return !operation.reply || *operation.reply == reply;
}

bool StringModel::only_reads(const Operation& operation) const {
  return command_of(operation.request).reads;
}

std::uint64_t StringModel::hash(const State& state) const {
  std::uint64_t sum = state.size();
  for (const auto& [key, value] : state) {
    sum = scatter(sum + std::hash<std::string>{}(key));
    sum = scatter(sum + std::hash<std::string>{}(value.bytes));
    sum = scatter(sum + static_cast<std::uint64_t>(value.deadline_ms));
  }
  return sum;
}

std::string StringModel::describe(const State& state) const {
  std::string text;
  for (const auto& [key, value] : state) {
    if (!text.empty()) text += ' ';
    text += quote_word(key) + "=" + quote_word(value.bytes);
    if (value.deadline_ms >= 0) text += "(due " + std::to_string(value.deadline_ms) + " ms)";
  }
  return text.empty() ? "no keys" : text;
}

Keys StringModel::keys_of(const Request& request) {
  const Command& command = command_of(request);
  Keys keys;
  if (!arity_fits(command, request)) return keys;
  const std::size_t last =
      command.last_key < 0 ? request.size() - 1 : static_cast<std::size_t>(command.last_key);
  for (std::size_t i = 1; i <= last; i += static_cast<std::size_t>(command.key_step)) {
    keys.names.push_back(request[i]);
  }
  return keys;
}

}  // namespace redouble::check
