#include "check/vocabulary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "check/dump_payloads.hpp"
#include "check/random_setting.hpp"
#include "check/word_pools.hpp"
#include "command/table.hpp"

namespace redouble::check {
namespace {

using command::Argument;
using command::ArgumentType;
using command::Group;
using namespace word_pools;

}  // namespace

Vocabulary::Vocabulary(Random& random) : random_(random) {
  for (const command::Row& row : command::CommandTable::standard().commands()) {
    groups_.insert(row.group);
  }
}

std::string Vocabulary::value(const Argument& argument, Group group) {
  const std::string_view name = argument.name;
  if (group == Group::geo) {
    if (auto text = geo_value(name)) return std::move(*text);
  }
  // SORT's: other patterns, and the offset and count of LIMIT, have no token or stand elsewhere.
  if (argument.type == ArgumentType::pattern &&
      (argument.token == "BY" || argument.token == "GET") && !random_.one_in(10)) {
    return pick(Pool(sort_patterns));
  }
  if (group == Group::generic && (name == "offset" || (name == "count" && !argument.token)) &&
      !random_.one_in(10)) {
    return pick(Pool(limits));
  }
  for (const NamedPool& named : named_pools) {
    if (named.name != name) continue;
    std::string text = pick(named.pool);
    return named.any_case ? word(text) : text;
  }
  // An index is a database only where no value has places.
  if (name == "index" && group == Group::connection) return pick(Pool(databases));
  const bool end_of_range =
      name == "min" || name == "max" || name == "start" || name == "stop" || name == "end";
  if (end_of_range && argument.type != ArgumentType::integer && !random_.one_in(6)) {
    return pick(Pool(bounds));
  }
  if (name == "serialized-value" && !random_.one_in(20)) {
    return dump_payloads()[random_.below(dump_payloads().size())];
  }
  if (name == "id" && group == Group::stream && !random_.one_in(10)) {
    return pick(Pool(entry_ids));
  }
  if (name == "message" && random_.one_in(2)) return "ERR some words";
  if (name == "count" && random_.one_in(2)) return pick(Pool(counts_of_scan));
  switch (argument.type) {
    case ArgumentType::key:
      return key(group);
    case ArgumentType::integer:
    case ArgumentType::unix_time:
      return integer();
    case ArgumentType::double_:
      return random_.one_in(4) ? integer() : pick(Pool(floats));
    case ArgumentType::pattern:
      return pick(Pool(patterns));
    default:
      return string();
  }
}

// Places lie in heaps, so that searches find some of them and not others.
std::optional<std::string> Vocabulary::geo_value(std::string_view name) {
  const bool is_longitude = name == "longitude";
  if (is_longitude || name == "latitude") {
    if (random_.one_in(40)) return integer();
    if (random_.one_in(3)) return pick(is_longitude ? Pool(longitudes) : Pool(latitudes));
    constexpr double longitude_heaps[] = {13, 15, -122, 0, 179, -179};
    constexpr double latitude_heaps[] = {38, 37, -33, 0, 84, -70};
    const std::size_t heap = random_.below(std::size(latitude_heaps));
    const double span = static_cast<double>(random_.below(1000)) / 1000;
    const double middle = is_longitude ? longitude_heaps[heap] : latitude_heaps[heap];
    return fmt::format("{}", middle + span / std::pow(10.0, random_.below(6)));
  }
  if (name == "radius" || name == "width" || name == "height") {
    if (random_.one_in(30)) return integer();
    if (random_.one_in(2)) return pick(Pool(measures));
    const double digits = static_cast<double>(1 + random_.below(9999)) / 1000;
    return fmt::format("{}", digits * std::pow(10.0, random_.below(7)));
  }
  if (name.starts_with("member") && !random_.one_in(30)) return pick(Pool(places));
  if (name == "count" && !random_.one_in(10)) return pick(Pool(counts_of_search));
  return std::nullopt;
}

std::pair<std::string, std::string> Vocabulary::setting() {
  const auto settings = random_settings();
  const RandomSetting& chosen = settings[random_.below(settings.size())];
  std::string value = random_.one_in(6) ? std::string(chosen.standard) : pick(Pool(chosen.values));
  return {word(chosen.name), std::move(value)};
}

std::string Vocabulary::word(std::string_view text) {
  std::string out(text);
  switch (random_.below(4)) {
    case 0:
      for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
      break;
    case 1:
      for (char& c : out) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter && random_.one_in(2)) c = static_cast<char>(c ^ 0x20);
      }
      break;
    default:
      break;
  }
  return out;
}

// One key in a few is of another type than the command is for: of any, where it is for any.
std::string Vocabulary::key(Group group) {
  if (random_.one_in(60)) return odd();
  if (random_.one_in(8)) return pick(Pool(odd_keys));
  const KeysOfGroup* own = nullptr;
  std::vector<const KeysOfGroup*> all;
  for (const KeysOfGroup& one : keys_of_groups) {
    if (!groups_.contains(one.group)) continue;
    if (one.group == group) own = &one;
    all.push_back(&one);
  }
  if (own == nullptr || random_.one_in(10)) own = all[random_.below(all.size())];
  return pick(own->keys);
}

std::string Vocabulary::integer() {
  const std::size_t kind = random_.below(20);
  if (kind == 0) return pick(Pool(not_integers));
  if (kind < 4) return pick(Pool(boundaries));
  return pick(Pool(integers));
}

std::string Vocabulary::string() {
  switch (random_.below(12)) {
    case 0:
    case 1:
      return pick(Pool(integers));
    case 2:
      return pick(Pool(boundaries));
    case 3:
    case 4:
      return pick(Pool(floats));
    case 5:
    case 6: {
      // Words of few letters, so that LCS finds something.
      std::string text;
      for (std::size_t left = random_.below(12); left > 0; --left) {
        text += static_cast<char>('a' + random_.below(4));
      }
      return text;
    }
    case 7:
      return std::string(43 + random_.below(4), 'x');
    case 8:
      return odd();
    default:
      return pick(Pool(not_integers));
  }
}

std::string Vocabulary::odd() {
  switch (random_.below(8)) {
    case 0:
      return std::string(1023 + random_.below(3), 'y');
    case 1:
      return random_.one_in(4) ? std::string(16383 + random_.below(3), 'z')
                               : std::string(130, '\'');
    case 2:
      return {};
    case 3:
      return "a\r\nb";
    default: {
      std::string text;
      for (std::size_t left = random_.below(10); left > 0; --left) {
        text += static_cast<char>(random_.below(256));
      }
      return text;
    }
  }
}

}  // namespace redouble::check
