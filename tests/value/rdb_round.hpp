// What the tests and the fuzzer of the RDB format share: a value's contents in a form that can be
// compared, and a value written and read again.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "value/rdb_value.hpp"
#include "value/stream.hpp"

namespace redouble::value::rdb {

// Equal where two values are: what is in order as it is, the rest sorted.
struct Contents {
  Type type = Type::string;
  Encoding encoding = Encoding::raw;
  std::vector<std::string> in_order = {};
  std::vector<std::vector<std::string>> any_order = {};
  // Of a stream: its nodes, and when each consumer was last seen.
  std::vector<std::uint64_t> memory = {};
  friend bool operator==(const Contents&, const Contents&) = default;
};

class ContentsVisitor final : public PartVisitor {
 public:
  explicit ContentsVisitor(Contents& contents) : contents_(contents) {}
  void in_order(std::string_view part) override { contents_.in_order.emplace_back(part); }
  void any_order(std::span<const std::string_view> parts, std::int64_t deadline_ms) override {
    auto& texts = contents_.any_order.emplace_back(parts.begin(), parts.end());
    if (deadline_ms != Deadline::never) texts.push_back(std::to_string(deadline_ms));
  }
  void beside(std::span<const std::string_view> parts) override {
    contents_.any_order.emplace_back(parts.begin(), parts.end());
  }

 private:
  Contents& contents_;
};

inline Contents contents_of(const Object& object) {
  Contents contents{.type = object.type(), .encoding = object.encoding()};
  ContentsVisitor visitor(contents);
  object.for_each_part(visitor);
  std::ranges::sort(contents.any_order);
  if (object.type() == Type::stream) {
    const auto& stream = static_cast<const Stream&>(object);
    contents.memory.push_back(stream.node_count());
    stream.groups().for_each([&](const ConsumerGroup& group) {
      group.consumers().for_each([&](const Consumer& consumer) {
        contents.memory.push_back(static_cast<std::uint64_t>(consumer.seen_ms()));
      });
    });
  }
  return contents;
}

inline Contents contents_of(const Value& value) {
  if (value.object) return contents_of(*value.object);
  Contents contents{.encoding = encode_string(value.text).encoding};
  contents.in_order.emplace_back(value.text);
  return contents;
}

inline void check(const Object& object) {
  if (object.type() == Type::list) static_cast<const List&>(object).check();
  if (object.type() == Type::zset) static_cast<const SortedSet&>(object).check();
  if (object.type() == Type::stream) static_cast<const Stream&>(object).check();
}

inline std::string written(const Object& object, const Writer::Options& options = {}) {
  std::string bytes;
  Writer writer(bytes, options);
  writer.kind(kind_of(object, options));
  write_body(writer, object);
  return bytes;
}

inline std::string written(const Value& value, const Writer::Options& options = {}) {
  if (value.object) return written(*value.object, options);
  std::string bytes;
  Writer writer(bytes, options);
  writer.kind(Kind::string);
  writer.text(value.text);
  return bytes;
}

}  // namespace redouble::value::rdb
