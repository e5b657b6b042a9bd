#include "session/pending.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/session_peer.hpp"

namespace redouble::session {
namespace {

using testing::bulk;
using Words = std::vector<std::string>;

// Around the sizes at which something else happens.
rc::Gen<std::string> any_value() {
  constexpr std::size_t limit = Pending::own_block;
  const auto size = rc::gen::oneOf(
      rc::gen::inRange<std::size_t>(0, 60), rc::gen::inRange(limit - 3, limit + 4),
      rc::gen::inRange(2 * limit - 40, 2 * limit + 4),
      rc::gen::elementOf(std::vector<std::size_t>{1024, 1025, 3 * limit, 6 * limit + 1}));
  return rc::gen::apply([](std::size_t bytes, char fill) { return std::string(bytes, fill); }, size,
                        rc::gen::inRange('a', 'z'));
}

rc::Gen<Words> any_request() {
  const auto key = rc::gen::elementOf(Words{"a", "b"});
  const auto name = rc::gen::elementOf(Words{"SET", "SETNX", "GETSET", "APPEND", "NOSUCH"});
  return rc::gen::oneOf(
      rc::gen::apply([](std::string n, std::string k,
                        std::string v) { return Words{std::move(n), std::move(k), std::move(v)}; },
                     name, key, any_value()),
      rc::gen::apply([](std::string k,
                        std::string v) { return Words{"SETEX", std::move(k), "9", std::move(v)}; },
                     key, any_value()),
      rc::gen::apply(
          [](std::string v, std::string w) {
            return Words{"MSET", "a", std::move(v), "b", std::move(w)};
          },
          any_value(), any_value()));
}

// What the keys then are.
void apply(const Words& request, std::map<std::string, std::string>& keys) {
  const std::string& name = request[0];
  if (name == "MSET") {
    keys["a"] = request[2];
    keys["b"] = request[4];
  } else if (name == "APPEND") {
    keys[request[1]] += request[2];
  } else if (name == "SETNX") {
    keys.emplace(request[1], request[2]);
  } else if (name != "NOSUCH") {
    keys[request[1]] = request.back();
  }
}

RC_GTEST_PROP(PendingProperty, LargeValuesAreTheSameWhereverTheirBytesAreSplit, ()) {
  const auto requests =
      *rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<Words>>(any_request())));
  std::map<std::string, std::string> keys;
  const auto one_by_one = testing::frozen_instance();
  testing::Peer whole(*one_by_one);
  std::string bytes;
  std::string expected;
  std::vector<std::size_t> cuts;
  for (const Words& request : requests) {
    apply(request, keys);
    expected += whole.run(request);
    bytes += testing::request_of(request);
    cuts.push_back(bytes.size());
  }
  // Anywhere, and more often around the ends of requests, where a bulk's two last bytes are.
  const auto shifts = *rc::gen::container<std::vector<std::size_t>>(
      cuts.size(), rc::gen::inRange<std::size_t>(0, 5));
  for (std::size_t i = 0; i < cuts.size(); ++i) cuts[i] -= shifts[i];
  const auto others = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  cuts.insert(cuts.end(), others.begin(), others.end());
  cuts.push_back(bytes.size());
  std::ranges::sort(cuts);

  const auto split = testing::frozen_instance();
  testing::Peer peer(*split);
  std::string answer;
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    answer += peer.send(std::string_view(bytes).substr(begin, end - begin));
    begin = end;
  }
  RC_ASSERT(answer == expected);
  RC_ASSERT(peer.session().buffer_bytes() == 0u);
  for (const auto& [key, value] : keys) RC_ASSERT(peer({"GET", key}) == bulk(value));
  RC_ASSERT(split->used_memory() == one_by_one->used_memory());
}

}  // namespace
}  // namespace redouble::session
