// BITFIELD, through a fresh instance, and any requests of the commands on bits and HyperLogLogs.
// What must hold:
// - every request has one well-formed reply;
// - fields are read, set and incremented as in a model that works on single bits with numbers of
//   128 bits, with every way of overflowing.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ask.hpp"
#include "byte_source.hpp"

namespace {

using namespace redouble;
using fuzz::ask;
using fuzz::Request;
using resp::Reply;

bool is_on_bits(std::string_view name) {
  return name.starts_with("bit") || name.starts_with("pf") || name == "setbit" ||
         name == "getbit" || name == "set" || name == "append";
}

__extension__ using Wide = __int128;

struct Field {
  bool is_signed;
  unsigned bits;
  std::size_t offset;

  std::string type() const { return (is_signed ? "i" : "u") + std::to_string(bits); }
  Wide least() const { return is_signed ? -(Wide{1} << (bits - 1)) : 0; }
  Wide most() const { return (Wide{1} << (is_signed ? bits - 1 : bits)) - 1; }
};

class Bits {
 public:
  Wide get(const Field& field) const {
    Wide value = 0;
    for (unsigned bit = 0; bit < field.bits; ++bit) value = value * 2 + at(field.offset + bit);
    return value > field.most() ? value - (Wide{1} << field.bits) : value;
  }
  void set(const Field& field, Wide value) {
    if (field.offset + field.bits > bits_.size()) bits_.resize(field.offset + field.bits);
    for (unsigned bit = 0; bit < field.bits; ++bit) {
      bits_[field.offset + bit] = (value >> (field.bits - 1 - bit) & 1) != 0;
    }
  }
  std::string bytes() const {
    std::string bytes((bits_.size() + 7) / 8, '\0');
    for (std::size_t bit = 0; bit < bits_.size(); ++bit) {
      if (bits_[bit]) bytes[bit / 8] = static_cast<char>(bytes[bit / 8] | 0x80 >> bit % 8);
    }
    return bytes;
  }

 private:
  int at(std::size_t bit) const { return bit < bits_.size() && bits_[bit] ? 1 : 0; }
  std::vector<bool> bits_;
};

class World {
 public:
  explicit World(std::string_view bytes) : source_(bytes), run_(fuzz::SessionInput{}) {}

  void play() {
    constexpr int most_requests = 48;
    for (int count = 0; count < most_requests && !source_.empty(); ++count) {
      if (source_.next() < 0xc0) {
        operate();
      } else {
        static const auto forms = fuzz::forms_of(is_on_bits);
        fuzz::RequestMaker maker(source_);
        ask(run_, maker.make(forms[source_.below(forms.size())]));
      }
    }
    REDOUBLE_ASSERT(ask(run_, {"GET", "bits"}).text == bits_.bytes());
  }

 private:
  // One request of several operations, on a key that no other request names.
  void operate() {
    Request request = {"BITFIELD", "bits"};
    std::vector<std::optional<Wide>> wanted;
    Overflow overflow = Overflow::wrap;
    for (std::size_t more = 1 + source_.below(4); more > 0; --more) {
      const std::uint8_t what = source_.next();
      if (what % 4 == 3) {
        constexpr std::array names = {"WRAP", "SAT", "FAIL"};
        overflow = static_cast<Overflow>(source_.below(names.size()));
        request.insert(request.end(), {"OVERFLOW", names[static_cast<std::size_t>(overflow)]});
      }
      const Field field = add_field(request, what);
      const Wide old = bits_.get(field);
      if (what % 3 == 0) {
        wanted.emplace_back(old);
        continue;
      }
      const bool sets = what % 3 == 1;
      const Wide operand = number(field, sets);
      request.push_back(std::to_string(static_cast<std::int64_t>(operand)));
      const auto value = fitted(sets ? operand : old + operand, field, overflow);
      if (value) bits_.set(field, *value);
      // The string grows, whether or not the value is written.
      if (!value) bits_.set(field, old);
      wanted.push_back(value ? std::optional(sets ? old : *value) : std::nullopt);
    }
    judge(ask(run_, request), wanted);
  }

  enum class Overflow : std::uint8_t { wrap, saturate, fail };

  // Adds GET, SET or INCRBY with a type and an offset in one of the two ways.
  Field add_field(Request& request, std::uint8_t what) {
    constexpr std::array names = {"GET", "SET", "INCRBY"};
    const bool is_signed = source_.next() % 2 == 0;
    const unsigned bits = 1 + static_cast<unsigned>(source_.below(is_signed ? 64 : 63));
    const bool by_fields = what >= 0x80;
    const std::size_t place = source_.below(by_fields ? 8 : 200);
    const Field field{is_signed, bits, by_fields ? place * bits : place};
    request.insert(request.end(),
                   {names[what % 3], field.type(), (by_fields ? "#" : "") + std::to_string(place)});
    return field;
  }

  // What is set fits: what redis-server makes of other numbers is not arithmetic.
  Wide number(const Field& field, bool fits) {
    std::uint64_t bits = 0;
    for (std::size_t bytes = source_.below(9); bytes > 0; --bytes)
      bits = bits << 8 | source_.next();
    Wide value = static_cast<std::int64_t>(bits);
    if (source_.next() % 4 == 0) value = source_.next() % 2 == 0 ? field.most() : field.least();
    if (!fits || (value >= field.least() && value <= field.most())) return value;
    return value < 0 ? field.least() : field.most();
  }

  static std::optional<Wide> fitted(Wide value, const Field& field, Overflow overflow) {
    if (value >= field.least() && value <= field.most()) return value;
    if (overflow == Overflow::fail) return std::nullopt;
    if (overflow == Overflow::saturate) return value < field.least() ? field.least() : field.most();
    const Wide range = Wide{1} << field.bits;
    value = ((value % range) + range) % range;
    return value > field.most() ? value - range : value;
  }

  static void judge(const Reply& reply, const std::vector<std::optional<Wide>>& wanted) {
    REDOUBLE_ASSERT(reply.elements.size() == wanted.size());
    for (std::size_t index = 0; index < wanted.size(); ++index) {
      const Reply& one = reply.elements[index];
      REDOUBLE_ASSERT(one.is_null() == !wanted[index].has_value());
      if (wanted[index]) REDOUBLE_ASSERT(one.integer == static_cast<std::int64_t>(*wanted[index]));
    }
  }

  fuzz::ByteSource source_;
  fuzz::SessionRun run_;
  Bits bits_;
};

}  // namespace

extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=16"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World({reinterpret_cast<const char*>(data), size}).play();
  return 0;
}
