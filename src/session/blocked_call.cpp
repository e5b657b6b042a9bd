#include "session/blocked_call.hpp"

#include <algorithm>
#include <utility>

#include "command/keys.hpp"
#include "command/table.hpp"
#include "resp/output.hpp"
#include "runtime/assert.hpp"

namespace redouble::session {

BlockedCall::BlockedCall(const command::Call& call, std::shared_ptr<instance::Client> client,
                         bool replies, std::int64_t took_us)
    : Waiter(std::move(client), call.client.database, call.wait->deadline_ms, call.wait->waits_for),
      instance_(call.instance),
      row_(call.row),
      name_(call.name),
      request_(call.wait->request),
      wait_(*call.wait),
      took_us_(took_us),
      slot_(call.slot),
      replies_(replies) {
  if (request_.empty()) request_.assign(call.args.begin(), call.args.end());
  args_.assign(request_.begin(), request_.end());
  command::KeyList positions;
  command::find_keys(row_, args_, positions);
  for (const command::KeyPosition& key : positions) {
    found_keys_.push_back(instance_.keyspace().hash()(args_[key.position]));
  }
  for (std::size_t index = 0; index < found_keys_.size(); ++index) {
    std::vector<store::Hashed>& kind = index < wait_.keys ? keys_ : further_keys_;
    const auto same = [&](const store::Hashed& other) {
      return other.key == found_keys_[index].key;
    };
    if (std::ranges::none_of(kind, same)) kind.push_back(found_keys_[index]);
  }
}

std::size_t BlockedCall::place_of(const store::Hashed& key) const {
  const auto found = std::ranges::find(found_keys_, key.key, &store::Hashed::key);
  return static_cast<std::size_t>(found - found_keys_.begin());
}

bool BlockedCall::is_ready(const store::Hashed& key, const store::Entry* entry) const {
  return wait_.is_ready(place_of(key), entry);
}

template <class Write>
void BlockedCall::settle_with(Write&& write) {
  resp::Output output;
  resp::ReplyWriter reply(output, client().protocol);
  write(reply);
  settle(replies_ ? output.to_string() : std::string());
}

void BlockedCall::serve(store::LockSet& locks, instance::Step& step, const store::Hashed& key) {
  settle_with([&](resp::ReplyWriter& reply) {
    command::Call call(row_, name_, args_, found_keys_, instance_, client(), step, locks,
                       database(), reply, slot_);
    call.may_wait = false;
    call.ready = place_of(key);
    step.begin_request(database(), args_);
    const std::int64_t since_us = instance_.clock().now_us();
    row_.handler(call);
    account(instance_.clock().now_us() - since_us, call.failed);
  });
}

void BlockedCall::account(std::int64_t more_us, bool failed) {
  const std::size_t index = command::CommandTable::standard().index_of(row_);
  instance_.stats().resumed(slot_, index, static_cast<std::uint64_t>(more_us),
                            static_cast<std::uint64_t>(took_us_ + more_us));
  if (failed) instance_.stats().failed(slot_, index);
}

void BlockedCall::time_out() {
  settle_with([&](resp::ReplyWriter& reply) {
    if (wait_.timeout_integer) {
      reply.integer(*wait_.timeout_integer);
    } else {
      reply.null_array();
    }
  });
}

void BlockedCall::unblock(instance::Unblock how) {
  account(0, true);
  if (how == instance::Unblock::timeout) return time_out();
  settle_with([&](resp::ReplyWriter& reply) {
    constexpr std::string_view text = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
    instance_.stats().error(text);
    reply.error(text);
  });
}

}  // namespace redouble::session
