// Pending: the input of one session that outlives a batch: a request that is not whole, or waits.
//
// Small input is kept in one buffer. A large bulk that is not whole is received into a block of its
// own, which a command may then keep as its value without copying it (command::Call::block). What a
// client only announces costs nothing: buffer and block grow as bytes come, in steps of
// a half at least.
//
//   pending.keep(rest);                   // what a batch has left, from elsewhere or from input()
//   pending.received(read(pending.room()));
//   if (!pending.lacks()) ... pending.parser().parse(pending.input(), limits) ...;
//
// Thread safety: one thread at a time. Units: bytes. Errors: std::bad_alloc.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "resp/block.hpp"
#include "resp/request_parser.hpp"

namespace redouble::session {

class Pending {
 public:
  // A bulk of at least this size that is not whole is received into a block of its own.
  static constexpr std::size_t own_block = 32 * 1024;
  static constexpr std::size_t short_rest = 4 * 1024;

  // `parser` has been given what keep() is then told first.
  explicit Pending(resp::RequestParser parser) : parser_(std::move(parser)) {}

  std::string_view input() const { return {bytes_.get(), size_}; }
  resp::RequestParser& parser() { return parser_; }

  // Where the next bytes go; never empty. Valid until the next call of any member.
  std::span<char> room();
  // The first `size` bytes of room() are there.
  void received(std::size_t size);

  // So little that what comes next can be received behind a copy of it, in the thread's buffer: a
  // client that pipelines then has no buffer of its own.
  bool is_short() const { return lacking_ == 0 && blocks_.empty() && size_ <= short_rest; }
  // A large bulk still lacks some.
  bool lacks() const { return lacking_ != 0; }

  // `rest`, not empty, is what the parser has not consumed; it may lie in input().
  void keep(std::string_view rest);

  // The large bulks of the request that the parser gives, by their places among its arguments.
  std::span<const resp::BlockArgument> blocks() const { return blocks_; }
  // That request has run.
  void drop_blocks() { blocks_.clear(); }

  // Bytes of no line and no argument that is whole.
  std::size_t unparsed() const;
  // Bytes that are kept; what they take.
  std::size_t size() const;
  std::size_t capacity() const;

 private:
  void reserve(std::size_t wanted);
  void begin_block(resp::RequestParser::Detached bulk, std::string_view there);
  std::span<char> room_in_block();

  resp::RequestParser parser_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::vector<resp::BlockArgument> blocks_;
  // What the last of the blocks still lacks, the two bytes behind the bulk included.
  std::size_t lacking_ = 0;
};

}  // namespace redouble::session
