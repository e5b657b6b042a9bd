// Workbench: what all sessions of one thread share while they run, so that an idle client costs no
// buffers.
//
// One session at a time uses it, from prepare() to the end of received() or resume(); the output is
// sent, or detached, before the next one does.
// Thread safety: belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "command/keys.hpp"
#include "command/table.hpp"
#include "resp/output.hpp"
#include "resp/request_parser.hpp"
#include "store/hashed.hpp"
#include "store/stripe.hpp"

namespace redouble::session {

struct Workbench {
  static constexpr std::size_t input_size = 64 * 1024;

  // `slot_`: the number of the thread, see store::Gate.
  explicit Workbench(unsigned slot_) : slot(slot_), input_(new char[input_size]) {}

  std::span<char> input() { return {input_.get(), input_size}; }

  // The earliest deadline that steps on this bench have set since the last call; store::never_ms
  // where none was.
  std::int64_t take_earliest_deadline() {
    return std::exchange(earliest_deadline_ms, store::never_ms);
  }

  const unsigned slot;
  // Whether the next request's key is guessed while one runs. It pays where several threads share
  // the instance, so a server of one thread does not.
  bool foresees = true;
  const command::CommandTable& table = command::CommandTable::standard();
  command::RowMemo memo;
  std::int64_t earliest_deadline_ms = store::never_ms;
  std::size_t received = 0;  // bytes in the input, not executed yet
  // The command whose time still runs, since when, and how many of it have run one after another.
  const command::Row* timed_row = nullptr;
  std::int64_t timed_since_us = 0;
  std::uint64_t timed_calls = 0;
  resp::Output output;
  resp::RequestParser parser;
  command::KeyList key_list;
  std::vector<store::Hashed> keys;
  std::vector<store::Hashed> reached;  // with those of who waits for them

 private:
  std::unique_ptr<char[]> input_;
};

}  // namespace redouble::session
