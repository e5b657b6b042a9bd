#include "command/dataset_digest.hpp"

#include <array>
#include <boost/uuid/detail/sha1.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "store/keyspace.hpp"

namespace redouble::command {
namespace {

class Digest {
 public:
  // Adds bytes whose order among each other does not count.
  void add(std::string_view bytes) {
    const auto hash = sha1(bytes);
    for (std::size_t index = 0; index < state_.size(); ++index) state_[index] ^= hash[index];
  }
  // Adds bytes whose order counts.
  void chain(std::string_view bytes) {
    add(bytes);
    state_ = sha1(this->bytes());
  }
  void chain_number(std::uint32_t number) {
    std::array<char, 4> bytes;
    for (int index = 0; index < 4; ++index) {
      bytes[static_cast<std::size_t>(index)] = static_cast<char>(number >> (24 - 8 * index));
    }
    chain({bytes.data(), bytes.size()});
  }
  void add(const Digest& other) { add(other.bytes()); }
  std::string text() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : state_) {
      text += digits[byte >> 4];
      text += digits[byte & 15];
    }
    return text;
  }

 private:
  using State = std::array<unsigned char, 20>;

  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(state_.data()), state_.size()};
  }

  static State sha1(std::string_view bytes) {
    boost::uuids::detail::sha1 hasher;
    hasher.process_bytes(bytes.data(), bytes.size());
    boost::uuids::detail::sha1::digest_type words;
    hasher.get_digest(words);
    State state;
    for (std::size_t index = 0; index < state.size(); ++index) {
      state[index] = static_cast<unsigned char>(words[index / 4] >> (24 - 8 * (index % 4)));
    }
    return state;
  }

  State state_{};
};

// The number that the digest has for a type; 5 stands for what modules add.
std::uint32_t number_of(value::Type type) {
  switch (type) {
    case value::Type::string:
      return 0;
    case value::Type::list:
      return 1;
    case value::Type::set:
      return 2;
    case value::Type::zset:
      return 3;
    case value::Type::hash:
      return 4;
    case value::Type::stream:
      return 6;
  }
  return 0;
}

class ValueDigest final : public value::PartVisitor {
 public:
  explicit ValueDigest(Digest& digest) : digest_(digest) {}

  void in_order(std::string_view part) override { digest_.chain(part); }
  void any_order(std::span<const std::string_view> parts, std::int64_t deadline_ms) override {
    if (parts.size() == 1) return digest_.add(parts.front());
    Digest one;
    for (const std::string_view part : parts) one.chain(part);
    if (deadline_ms != value::Deadline::never) one.add("!!hexpire!!");
    digest_.add(one);
  }
  void beside(std::span<const std::string_view>) override {}

 private:
  Digest& digest_;
};

void add_value(Digest& digest, const store::Entry& entry) {
  digest.chain_number(number_of(entry.type()));
  if (entry.type() == value::Type::string) {
    value::StringRef::Room room;
    digest.chain(entry.string().view(room));
  } else {
    ValueDigest parts(digest);
    entry.object().for_each_part(parts);
  }
  if (entry.deadline().is_set()) digest.add("!!expire!!");
}

}  // namespace

std::string dataset_digest(store::LockSet& locks) {
  Digest whole;
  for (int number = 0; number < locks.keyspace().database_count(); ++number) {
    store::Keys keys = locks.database(number);
    if (keys.size() == 0) continue;
    whole.chain_number(static_cast<std::uint32_t>(number));
    keys.for_each([&](const store::Entry& entry) {
      Digest one;
      one.chain(entry.key());
      add_value(one, entry);
      whole.add(one);
    });
  }
  return whole.text();
}

std::string value_digest(const store::Entry* entry) {
  Digest digest;
  if (entry != nullptr) add_value(digest, *entry);
  return digest.text();
}

}  // namespace redouble::command
