// The reader of dumps on any bytes. What must hold: nothing that is announced makes it ask for more
// memory than the bytes can stand for; what it takes keeps the invariants of its type; written, it
// is read as the same value, under each version and with and without compression, and has the same
// bytes again where its order is its own. Bytes alone seldom have the checksum of a dump: they are
// read as a value without one, and, with a footer put behind them, as a dump.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "memory_watch.hpp"
#include "runtime/assert.hpp"
#include "value/dump.hpp"
#include "value/rdb_round.hpp"

namespace {

namespace value = redouble::value;
namespace rdb = redouble::value::rdb;

constexpr std::size_t longest_text = std::size_t{1} << 24;

// The usual limits; those of 7.2; none, so that everything stays as small as it may; the smallest.
rdb::Limits limits_of(int number) {
  constexpr std::size_t none = 1'000'000;
  switch (number) {
    case 0:
      return {};
    case 1:
      return {.version = rdb::version_of_7_2,
              .list = {.small_is_listpack = true},
              .set = {.listpack_entries = 128}};
    case 2:
      return {.version = rdb::version_of_7_2,
              .list = {},
              .set = {none, none, none, 0},
              .hash = {none, none, 0},
              .sorted_set = {none, none, 0}};
    default:
      return {.list = {}, .set = {0, 0, 0, 0}, .hash = {0, 0, 0}, .sorted_set = {0, 0, 0}};
  }
}

// Tables have an order of their own.
bool has_one_form(const rdb::Contents& contents) {
  return contents.encoding != value::Encoding::hashtable;
}

void check_written(const rdb::Value& read, const rdb::Contents& contents, const rdb::Limits& limits,
                   bool compresses) {
  const rdb::Writer::Options options{.version = limits.version, .compresses = compresses};
  const std::string bytes = rdb::written(read, options);
  rdb::Reader reader(bytes, std::numeric_limits<std::uint32_t>::max());
  std::string room;
  const auto again = rdb::read_value(reader, limits, room);
  REDOUBLE_ASSERT(again && reader.left() == 0);
  REDOUBLE_ASSERT(rdb::contents_of(*again) == contents);
  if (has_one_form(contents)) REDOUBLE_ASSERT(rdb::written(*again, options) == bytes);
}

void check_value(std::string_view input, const rdb::Limits& limits) {
  const redouble::fuzz::MemoryWatch memory;
  rdb::Reader reader(input, longest_text);
  std::string room;
  const auto read = rdb::read_value(reader, limits, room);
  // A table takes up to so much for a byte of a compressed listpack.
  REDOUBLE_ASSERT(memory.largest() <= 88 * 64 * input.size() + 512 * 1024);
  if (!read) return;
  REDOUBLE_ASSERT(!reader.failed() && reader.left() < input.size());
  if (read->object) rdb::check(*read->object);
  const rdb::Contents contents = rdb::contents_of(*read);
  check_written(*read, contents, limits, true);
  check_written(*read, contents, limits, false);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  value::open_dump(input, rdb::version_of_7_4);
  std::string dump(input);
  value::seal_dump(dump, rdb::version_of_7_2);
  REDOUBLE_ASSERT(value::open_dump(dump, rdb::version_of_7_2) == input);
  REDOUBLE_ASSERT(!value::open_dump(dump, rdb::version_of_7_0));
  for (int number = 0; number < 4; ++number) check_value(input, limits_of(number));
  return 0;
}
