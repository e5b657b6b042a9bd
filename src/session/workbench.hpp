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
#include <vector>

#include "command/keys.hpp"
#include "resp/output.hpp"
#include "resp/request_parser.hpp"
#include "store/hashed.hpp"

namespace redouble::session {

struct Workbench {
  static constexpr std::size_t input_size = 64 * 1024;

  // `slot_`: the number of the thread, see store::Gate.
  explicit Workbench(unsigned slot_) : slot(slot_), input_(new char[input_size]) {}

  std::span<char> input() { return {input_.get(), input_size}; }

  const unsigned slot;
  resp::Output output;
  resp::RequestParser parser;
  command::KeyList key_list;
  std::vector<store::Hashed> keys;

 private:
  std::unique_ptr<char[]> input_;
};

}  // namespace redouble::session
