// XCLAIM and XAUTOCLAIM: taking over what was delivered to another consumer.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "command/handlers_stream.hpp"
#include "command/stream_group.hpp"

namespace redouble::command::stream_group {
namespace {

struct ClaimOptions {
  std::int64_t min_idle_ms = 0;
  std::optional<std::int64_t> delivered_ms;  // as asked for; nothing: now
  std::int64_t count = -1;                   // of deliveries; below 0: one more
  bool force = false;
  bool just_id = false;
  StreamId last_id;
};

bool has_entry(const Stream& stream, StreamId id) {
  const auto at = stream.at_least(id);
  return at.valid() && at->id() == id;
}

// A group in the hands of a command that claims for one consumer, whom the first claim makes.
class Claim {
 public:
  Claim(Call& call, const ClaimOptions& options, ConsumerGroup& group)
      : call_(call),
        options_(options),
        group_(group),
        consumer_(call.arg(3)),
        record_(call, call.key(), call.arg(2), consumer_) {
    if (notes_vain_tries(call)) note(false);
  }

  // Whether it is the consumer's now.
  bool take(StreamId id) {
    const PendingEntry* pending = group_.find(id);
    const bool waited = pending == nullptr || options_.min_idle_ms == 0 ||
                        call_.now_ms() - pending->delivery.at_ms >= options_.min_idle_ms;
    if (!waited) return false;
    const std::int64_t count = pending == nullptr ? 1 : pending->delivery.count;
    const StreamDelivery delivery{.at_ms = delivered_ms(), .count = new_count(count)};
    if (!active_) note(true);
    active_ = true;
    group_.assign(id, consumer_, delivery);
    record_.assigned(id, delivery);
    changed_ = true;
    return true;
  }
  // It is not in the stream any more.
  void drop(StreamId id) {
    group_.acknowledge(id);
    record_.acknowledged(id);
    changed_ = true;
  }
  void move_to(StreamId last_id) {
    if (last_id <= group_.last_id()) return;
    group_.set_last_id(last_id);
    record_.moved(group_);
    changed_ = true;
  }
  void finish() { record_.finish(); }

  bool changed() const { return changed_; }
  bool made_consumer() const { return made_consumer_; }

 private:
  void note(bool got_something) {
    if (group_.add_consumer(consumer_, call_.now_ms())) {
      made_consumer_ = true;
      record_.made_consumer();
    }
    group_.note_consumer(consumer_, call_.now_ms(), got_something);
    changed_ = true;
  }
  // What lies before the beginning of time, or in the future, is taken for now.
  std::int64_t delivered_ms() const {
    const std::int64_t now = call_.now_ms();
    const std::int64_t asked = options_.delivered_ms.value_or(now);
    return asked < 0 || asked > now ? now : asked;
  }
  std::int64_t new_count(std::int64_t count) const {
    if (options_.count >= 0) return options_.count;
    return options_.just_id ? count : next_count(count);
  }

  Call& call_;
  const ClaimOptions& options_;
  ConsumerGroup& group_;
  std::string_view consumer_;
  GroupRecord record_;
  bool active_ = false;
  bool changed_ = false;
  bool made_consumer_ = false;
};

// Runs `work(const Stream&, const ConsumerGroup&, Claim&)` on the group, and announces it.
template <class Work>
void claim_with(Call& call, const ClaimOptions& options, Work&& work) {
  Stream& stream = own_value<Stream>(call, call.key());
  bool changed = false;
  bool made_consumer = false;
  stream.groups().change(call.arg(2), [&](ConsumerGroup& group) {
    Claim claim(call, options, group);
    work(stream, group, claim);
    claim.finish();
    changed = claim.changed();
    made_consumer = claim.made_consumer();
  });
  if (changed) {
    call.keys.changed(call.key(), group_event(made_consumer ? consumer_created : ""));
  }
}

void reply_claimed(Call& call, const Stream& stream, StreamId id, bool just_id) {
  if (just_id) return call.reply.bulk(text_of(id));
  reply_entry(call, *stream.at_least(id));
}

// args[index] as an integer of an option; else the error "Invalid ... for XCLAIM" is written.
std::optional<std::int64_t> claim_integer(Call& call, std::size_t index, std::string_view what,
                                          std::string_view command = "XCLAIM") {
  const auto number = resp::parse_integer(call.arg(index));
  if (!number) {
    call.error("ERR Invalid " + std::string(what) + " argument for " + std::string(command));
  }
  return number;
}

// The options from `index` on. False: the error is written.
bool parse_claim_options(Call& call, std::size_t index, ClaimOptions& options) {
  for (; index < call.size(); ++index) {
    const bool has_value = index + 1 < call.size();
    if (call.is_word(index, "FORCE")) {
      options.force = true;
    } else if (call.is_word(index, "JUSTID")) {
      options.just_id = true;
    } else if (has_value && call.is_word(index, "IDLE")) {
      const auto idle = claim_integer(call, ++index, "IDLE option");
      if (!idle) return false;
      options.delivered_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(call.now_ms()) -
                                                       static_cast<std::uint64_t>(*idle));
    } else if (has_value && call.is_word(index, "TIME")) {
      options.delivered_ms = claim_integer(call, ++index, "TIME option");
      if (!options.delivered_ms) return false;
    } else if (has_value && call.is_word(index, "RETRYCOUNT")) {
      const auto count = claim_integer(call, ++index, "RETRYCOUNT option");
      if (!count) return false;
      options.count = *count;
    } else if (has_value && call.is_word(index, "LASTID")) {
      const auto id = id_at(call, ++index);
      if (!id) return false;
      options.last_id = *id;
    } else {
      call.error("ERR Unrecognized XCLAIM option '" + call.quoted(index) + "'");
      return false;
    }
  }
  return true;
}

// XAUTOCLAIM as it was asked for.
struct AutoClaim {
  ClaimOptions options;
  StreamId start;
  std::int64_t count = 100;
};

// Nothing: the error is written.
std::optional<AutoClaim> parse_auto_claim(Call& call) {
  constexpr std::int64_t id_bytes = sizeof(StreamId);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / id_bytes;
  AutoClaim wanted;
  const auto idle = claim_integer(call, 4, "min-idle-time", "XAUTOCLAIM");
  if (!idle) return std::nullopt;
  wanted.options.min_idle_ms = std::max<std::int64_t>(*idle, 0);
  const auto start = range_end_at(call, 5, RangeEnd::start);
  if (!start) return std::nullopt;
  wanted.start = *start;
  for (std::size_t index = 6; index < call.size(); ++index) {
    if (call.is_word(index, "COUNT") && index + 1 < call.size()) {
      const auto count = integer_between(call, ++index, 1, "ERR COUNT must be > 0", most);
      if (!count) return std::nullopt;
      wanted.count = *count;
    } else if (call.is_word(index, "JUSTID")) {
      wanted.options.just_id = true;
    } else {
      return call.syntax_error(), std::nullopt;
    }
  }
  return wanted;
}

}  // namespace

void xclaim(Call& call) {
  if (!find_group(call, call.key(), 2)) return;
  ClaimOptions options;
  const auto idle = claim_integer(call, 4, "min-idle-time");
  if (!idle) return;
  options.min_idle_ms = std::max<std::int64_t>(*idle, 0);
  std::vector<StreamId> ids;
  std::size_t index = 5;
  for (; index < call.size(); ++index) {
    const auto id = parse_id(call.arg(index), 0);
    if (!id) break;
    ids.push_back(*id);
  }
  if (!parse_claim_options(call, index, options)) return;
  claim_with(call, options, [&](const Stream& stream, const ConsumerGroup& group, Claim& claim) {
    claim.move_to(options.last_id);
    const auto place = call.reply.begin();
    std::size_t claimed = 0;
    for (const StreamId id : ids) {
      const bool pending = group.find(id) != nullptr;
      if (!has_entry(stream, id)) {
        if (pending) claim.drop(id);
      } else if ((pending || options.force) && claim.take(id)) {
        reply_claimed(call, stream, id, options.just_id);
        ++claimed;
      }
    }
    call.reply.end_array(place, claimed);
  });
}

void xautoclaim(Call& call) {
  // The real server looks at ten entries for each that it may give, and at first reserves memory
  // for as many IDs of deleted ones.
  constexpr std::int64_t looks_for_each = 10;
  constexpr std::int64_t most_reserved = std::int64_t{1} << 43;
  const auto wanted = parse_auto_claim(call);
  if (!wanted) {
    // The real server has looked at the key by then, which counts as a use.
    call.keys.find(call.key(), store::Look::read);
    return;
  }
  if (!find_group(call, call.key(), 2)) return;
  if (wanted->count >= most_reserved) {
    return call.error(
        "ERR Insufficient memory, failed allocating transient memory, COUNT too high.");
  }
  std::vector<StreamId> claimed;
  std::vector<StreamId> deleted;
  StreamId next = wanted->start;
  bool at_end = false;
  claim_with(
      call, wanted->options, [&](const Stream& stream, const ConsumerGroup& group, Claim& claim) {
        std::int64_t looks = wanted->count * looks_for_each;
        for (std::int64_t count = wanted->count; count > 0 && looks > 0 && !at_end; --looks) {
          const auto at = group.pending_from(next);
          if (!at.valid()) break;
          const StreamId id = at->id;
          at_end = id == StreamId::highest();
          if (!at_end) next = id.next();
          if (!has_entry(stream, id)) {
            claim.drop(id);
            deleted.push_back(id);
            --count;
          } else if (claim.take(id)) {
            claimed.push_back(id);
            --count;
          }
        }
        const auto at = group.pending_from(next);
        next = at_end || !at.valid() ? StreamId() : at->id;
      });
  const Stream& stream = *find_value<Stream>(call, call.key(), store::Look::quiet);
  call.reply.array(3);
  call.reply.bulk(text_of(next));
  call.reply.array(claimed.size());
  for (const StreamId id : claimed) reply_claimed(call, stream, id, wanted->options.just_id);
  call.reply.array(deleted.size());
  for (const StreamId id : deleted) call.reply.bulk(text_of(id));
}

}  // namespace redouble::command::stream_group
