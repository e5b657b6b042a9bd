// ReplyWriter: writes replies of either protocol to an Output.
//
// A caller says what a reply is (a map, a set, a double, a null), and the writer chooses the form:
// protocol 3 has one for each, protocol 2 shows a map as a flat array, a set and a push as arrays,
// a double, a big number and a verbatim text as bulks, a boolean as 0 or 1. After array(n), set(n)
// and push(n) come n replies, after map(n) and attribute(n) 2n (a key, its value, ...). Where the
// count is not known yet, begin() marks the place and end_*() puts the header there.
//
// Invariants: what is written is well formed whatever bytes the texts hold: a CR or LF in a simple
// string or error becomes a space (at an error's ends they are dropped, as redis-server does).
// Cost: a small reply allocates nothing once the output's buffer exists; end_*() moves the bytes of
// its own elements once.
// Thread safety: as its Output. Errors: std::bad_alloc.
// Source: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "resp/block.hpp"
#include "resp/output.hpp"

namespace redouble::resp {

class ReplyWriter {
 public:
  // REQUIRES: protocol is 2 or 3; `output` outlives the writer.
  ReplyWriter(Output& output, int protocol) : output_(&output), protocol_(protocol) {}

  int protocol() const { return protocol_; }
  void set_protocol(int protocol) { protocol_ = protocol; }
  Output& output() { return *output_; }

  void simple(std::string_view text);
  void ok() { output_->append("+OK\r\n"); }
  // `text` starts with its code, without the '-': "ERR syntax error".
  void error(std::string_view text);
  void integer(std::int64_t value) { number(':', value); }
  void bulk(std::string_view bytes) {
    if (bytes.size() < most_two_digits) [[likely]] {
      short_bulk(bytes);
    } else {
      blob('$', bytes);
    }
  }
  // A large block is sent from where it is.
  void bulk(const BlockRef& block) { bulk(block, 0, block->size()); }
  // REQUIRES: offset + size <= block->size().
  void bulk(const BlockRef& block, std::size_t offset, std::size_t size);
  // One whose bytes `append(Output&)` appends. REQUIRES: they are `size` bytes.
  template <class Append>
  void bulk_in_parts(std::size_t size, Append&& append) {
    number('$', static_cast<std::int64_t>(size));
    append(*output_);
    output_->append("\r\n");
  }
  // The digits of `value` as a bulk.
  void bulk_integer(std::int64_t value);
  void null();
  void null_array();
  void real(double value);
  // The same with digits of the caller's.
  void real_digits(std::string_view digits);
  void boolean(bool value);
  // REQUIRES: `digits` is a decimal integer.
  void big_number(std::string_view digits);
  // REQUIRES: `format` has three bytes ("txt", "mkd").
  void verbatim(std::string_view format, std::string_view text);
  void blob_error(std::string_view text);

  void array(std::size_t count) { number('*', static_cast<std::int64_t>(count)); }
  void map(std::size_t pairs);
  void set(std::size_t count);
  void push(std::size_t count);
  // REQUIRES: protocol 3.
  void attribute(std::size_t pairs);

  // An aggregate whose count comes later: begin(), its elements, then one end. They nest.
  using Deferred = Output::Mark;
  Deferred begin() const { return output_->mark(); }
  void end_array(const Deferred& place, std::size_t count);
  void end_map(const Deferred& place, std::size_t pairs);
  void end_set(const Deferred& place, std::size_t count);

 private:
  static constexpr std::size_t most_two_digits = 100;

  // Nearly every bulk.
  void short_bulk(std::string_view bytes) {
    constexpr std::size_t frame = 7;  // $ 1 2 CR LF ... CR LF
    char* const place = output_->prepare(frame + most_two_digits);
    char* next = place;
    *next++ = '$';
    const auto size = static_cast<unsigned>(bytes.size());
    const unsigned tens = size / 10;
    if (tens != 0) *next++ = static_cast<char>('0' + tens);
    *next++ = static_cast<char>('0' + size - 10 * tens);
    std::memcpy(next, "\r\n", 2);
    next += 2;
    std::memcpy(next + size, "\r\n", 2);
    output_->commit(static_cast<std::size_t>(next + size + 2 - place));
    // Last, so that nothing is to be remembered beyond the call.
    if (size != 0) std::memcpy(next, bytes.data(), size);
  }
  void number(char type, std::int64_t value);
  void line(char type, std::string_view text);
  void blob(char type, std::string_view bytes);
  void insert_header(const Deferred& place, char type, std::size_t count);

  Output* output_;
  int protocol_;
};

}  // namespace redouble::resp
