// BlockedCall: a request that waits, as its instance's Waiters know it; a session's own Waiter.
//
// It owns the request, so that any other client's step can run its handler again when a key is
// ready; what the handler replies goes to the client's mailbox.
// Thread safety: as Waiter.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command/call.hpp"
#include "instance/waiter.hpp"

namespace redouble::session {

class BlockedCall final : public instance::Waiter {
 public:
  // Of a call whose `wait` is set, in its step. `replies`: the client wants to hear of it.
  // `took_us`: until it had to wait.
  BlockedCall(const command::Call& call, std::shared_ptr<instance::Client> client, bool replies,
              std::int64_t took_us);

  bool is_ready(const store::Hashed& key, const store::Entry* entry) const override;
  void serve(store::LockSet& locks, instance::Step& step, const store::Hashed& key) override;
  void time_out() override;
  void unblock(instance::Unblock how) override;

 private:
  std::size_t place_of(const store::Hashed& key) const;
  template <class Write>
  void settle_with(Write&& write);
  void account(std::int64_t more_us, bool failed);

  instance::Instance& instance_;
  const command::Row& row_;
  std::string_view name_;
  std::vector<std::string> request_;
  std::vector<std::string_view> args_;
  std::vector<store::Hashed> found_keys_;
  command::Wait wait_;
  std::int64_t took_us_;
  unsigned slot_;
  bool replies_;
};

}  // namespace redouble::session
