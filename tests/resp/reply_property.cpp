#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "resp/reply_run.hpp"
#include "resp/reply_writer.hpp"

namespace redouble::resp::reply_property {
namespace {

using Type = Reply::Type;

std::string line_text() {
  std::string text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  std::erase_if(text, [](char byte) { return byte == '\r' || byte == '\n'; });
  return text;
}

// A reply that a server may send in protocol 3; below the top no push.
Reply any_reply(int depth, bool top) {
  Reply reply;
  const int last = static_cast<int>(depth > 0 ? (top ? Type::push : Type::set) : Type::blob_error);
  reply.type = static_cast<Type>(*rc::gen::inRange(0, last + 1));
  switch (reply.type) {
    case Type::simple:
    case Type::error:
      reply.text = line_text();
      break;
    case Type::integer:
      reply.integer = *rc::gen::arbitrary<std::int64_t>();
      break;
    case Type::real:
      reply.real = *rc::gen::arbitrary<double>();
      break;
    case Type::boolean:
      reply.boolean = *rc::gen::arbitrary<bool>();
      break;
    case Type::big_number:
      reply.text = std::to_string(*rc::gen::arbitrary<std::int64_t>()) + "0123456789";
      break;
    case Type::verbatim:
      reply.format = {'t', 'x', 't'};
      [[fallthrough]];
    case Type::bulk:
    case Type::blob_error:
      reply.text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
      break;
    default:
      break;
  }
  if (reply.is_aggregate()) {
    const int pairs = *rc::gen::inRange(0, 4);
    const int count = reply.type == Type::map ? pairs * 2 : pairs;
    for (int i = 0; i < count; ++i) reply.elements.push_back(any_reply(depth - 1, false));
  }
  if (depth > 0 && *rc::gen::inRange(0, 8) == 0) {
    reply.attributes = {any_reply(depth - 1, false), any_reply(depth - 1, false)};
  }
  return reply;
}

std::vector<std::size_t> any_cuts(std::size_t size) {
  auto cuts =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, size + 1));
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

// Writes a reply without attributes, half of the aggregates with their count put in afterwards.
void write(ReplyWriter& to, const Reply& reply, unsigned& choice) {
  const bool deferred = (choice++ % 2) != 0;
  const std::size_t pairs = reply.elements.size() / 2;
  const ReplyWriter::Deferred place = to.begin();
  switch (reply.type) {
    case Type::simple:
      return to.simple(reply.text);
    case Type::error:
      return to.error(reply.text);
    case Type::integer:
      return to.integer(reply.integer);
    case Type::bulk:
      return to.bulk(reply.text);
    case Type::null_bulk:
    case Type::null:
      return to.null();
    case Type::null_array:
      return to.null_array();
    case Type::real:
      return to.real(reply.real);
    case Type::boolean:
      return to.boolean(reply.boolean);
    case Type::big_number:
      return to.big_number(reply.text);
    case Type::verbatim:
      return to.verbatim({reply.format.data(), reply.format.size()}, reply.text);
    case Type::blob_error:
      return to.blob_error(reply.text);
    case Type::array:
      if (!deferred) to.array(reply.elements.size());
      break;
    case Type::map:
      if (!deferred) to.map(pairs);
      break;
    case Type::set:
      if (!deferred) to.set(reply.elements.size());
      break;
    case Type::push:
      to.push(reply.elements.size());
      break;
  }
  for (const Reply& element : reply.elements) write(to, element, choice);
  if (!deferred) return;
  if (reply.type == Type::array) to.end_array(place, reply.elements.size());
  if (reply.type == Type::map) to.end_map(place, pairs);
  if (reply.type == Type::set) to.end_set(place, reply.elements.size());
}

std::string as_line(std::string text) {
  std::replace(text.begin(), text.end(), '\r', ' ');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// What a reader must see of `reply` when it is written in a protocol.
Reply expected_in(int protocol, Reply reply) {
  reply.attributes.clear();
  for (Reply& element : reply.elements) element = expected_in(protocol, std::move(element));
  if (protocol == 3) {
    if (reply.is_null()) reply.type = Type::null;
    return reply;
  }
  switch (reply.type) {
    case Type::null:
      reply.type = Type::null_bulk;
      break;
    case Type::boolean:
      reply.type = Type::integer;
      reply.integer = reply.boolean ? 1 : 0;
      break;
    case Type::real: {
      const std::string digits = encode(reply);
      reply.type = Type::bulk;
      reply.text = digits.substr(1, digits.size() - 3);
      break;
    }
    case Type::big_number:
    case Type::verbatim:
      reply.type = Type::bulk;
      break;
    case Type::blob_error: {
      // Line ends at the ends are dropped, others become spaces.
      const std::size_t first = std::min(reply.text.find_first_not_of("\r\n"), reply.text.size());
      const std::size_t last = reply.text.find_last_not_of("\r\n") + 1;
      reply.text = first < last ? as_line(reply.text.substr(first, last - first)) : "";
      reply.type = Type::error;
      break;
    }
    case Type::map:
    case Type::set:
    case Type::push:
      reply.type = Type::array;
      break;
    default:
      break;
  }
  return reply;
}

RC_GTEST_PROP(ReplyProperty, WhatIsEncodedIsReadAgainWhateverTheSplit, ()) {
  std::vector<Reply> replies;
  std::string bytes;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i) {
    replies.push_back(any_reply(3, true));
    bytes += encode(replies.back());
  }
  const ReplyRun run = run_replies(bytes, {}, any_cuts(bytes.size()));
  RC_ASSERT(run.error == "");
  RC_ASSERT(run.at_boundary);
  RC_ASSERT(run.replies == replies);
}

RC_GTEST_PROP(ReplyProperty, WhatIsWrittenIsReadAgainInBothProtocols, ()) {
  const Reply reply = any_reply(3, true);
  for (const int protocol : {2, 3}) {
    Output output;
    ReplyWriter writer(output, protocol);
    unsigned choice = *rc::gen::arbitrary<unsigned>();
    write(writer, reply, choice);
    const ReplyRun run = run_replies(output.to_string(), {.protocol = protocol});
    RC_ASSERT(run.error == "");
    RC_ASSERT(run.at_boundary);
    RC_ASSERT(run.replies.size() == 1u);
    RC_ASSERT(run.replies[0] == expected_in(protocol, reply));
  }
}

RC_GTEST_PROP(ReplyProperty, AnySplitOfBrokenBytesGivesTheSameRepliesAndError, ()) {
  std::string bytes = encode(any_reply(3, true)) + encode(any_reply(2, true));
  const int changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes && !bytes.empty(); ++i) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    if (*rc::gen::arbitrary<bool>()) {
      bytes[at] = *rc::gen::elementOf(std::string("\r\n$*:%~>|_,#(=!019-?"));
    } else {
      bytes.erase(at, 1);
    }
  }
  const ReplyRun whole = run_replies(bytes);
  RC_CLASSIFY(!whole.error.empty(), "ends in an error");
  RC_ASSERT(run_replies(bytes, {}, any_cuts(bytes.size())) == whole);
  RC_ASSERT(run_replies_by_byte(bytes) == whole);
}

}  // namespace
}  // namespace redouble::resp::reply_property
