#include "instance/notify_events.hpp"

#include <array>
#include <utility>

namespace redouble::instance {
namespace {

using Letter = std::pair<char, std::uint32_t>;

constexpr std::array<Letter, 11> class_letters{{{'g', notify_generic},
                                                {'$', notify_string},
                                                {'l', notify_list},
                                                {'s', notify_set},
                                                {'h', notify_hash},
                                                {'z', notify_zset},
                                                {'x', notify_expired},
                                                {'e', notify_evicted},
                                                {'t', notify_stream},
                                                {'d', notify_module},
                                                {'n', notify_new}}};
constexpr std::array<Letter, 3> channel_letters{
    {{'K', notify_keyspace}, {'E', notify_keyevent}, {'m', notify_missed}}};

std::uint32_t bit_of(char letter) {
  if (letter == 'A') return notify_all;
  for (const auto& [known, bit] : class_letters)
    if (known == letter) return bit;
  for (const auto& [known, bit] : channel_letters)
    if (known == letter) return bit;
  return notify_none;
}

}  // namespace

std::optional<std::uint32_t> parse_notify_events(std::string_view letters) {
  std::uint32_t events = notify_none;
  for (const char letter : letters) {
    const std::uint32_t bit = bit_of(letter);
    if (bit == notify_none) return std::nullopt;
    events |= bit;
  }
  return events;
}

std::string notify_letters(std::uint32_t events) {
  std::string letters;
  if ((events & notify_all) == notify_all) {
    // Observed: beside A, the letter n is not printed.
    letters = "A";
  } else {
    for (const auto& [letter, bit] : class_letters)
      if ((events & bit) != 0) letters += letter;
  }
  for (const auto& [letter, bit] : channel_letters)
    if ((events & bit) != 0) letters += letter;
  return letters;
}

}  // namespace redouble::instance
