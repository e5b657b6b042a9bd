#include "resp/words.hpp"

#include <cstddef>

namespace redouble::resp {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

char unescaped(char byte) {
  switch (byte) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return byte;
  }
}

// Reads one word of a line; `next` is left behind it.
class WordReader {
 public:
  WordReader(std::string_view line, std::string& scratch) : line_(line), scratch_(scratch) {}

  void skip_space() {
    while (next_ < line_.size() && is_space(line_[next_])) ++next_;
  }
  bool at_end() const { return next_ == line_.size(); }

  // False: unbalanced quotes.
  bool read(std::string_view& word) {
    const std::size_t start = next_;
    skip_plain();
    if (at_end() || !is_quote(line_[next_])) {
      word = line_.substr(start, next_ - start);
      return true;
    }
    // No word is longer resolved than it was typed, so the views given out before stay good.
    scratch_.reserve(line_.size());
    const std::size_t scratch_start = scratch_.size();
    scratch_.append(line_.substr(start, next_ - start));
    // A closed quote ends the word.
    if (!(line_[next_] == '"' ? read_double_quoted() : read_single_quoted())) return false;
    if (!at_end() && !is_space(line_[next_])) return false;
    word = std::string_view(scratch_).substr(scratch_start);
    return true;
  }

 private:
  static bool is_quote(char byte) { return byte == '"' || byte == '\''; }

  void skip_plain() {
    while (!at_end()) {
      const char byte = line_[next_];
      if (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || is_quote(byte)) return;
      ++next_;
    }
  }

  char peek(std::size_t ahead) const {
    return next_ + ahead < line_.size() ? line_[next_ + ahead] : '\0';
  }

  bool read_double_quoted() {
    for (++next_; !at_end(); ++next_) {
      const char byte = line_[next_];
      if (byte == '"') {
        ++next_;
        return true;
      }
      if (byte != '\\' || next_ + 1 == line_.size()) {
        scratch_.push_back(byte);
      } else if (peek(1) == 'x' && hex_value(peek(2)) >= 0 && hex_value(peek(3)) >= 0) {
        scratch_.push_back(static_cast<char>(hex_value(peek(2)) * 16 + hex_value(peek(3))));
        next_ += 3;
      } else {
        ++next_;
        scratch_.push_back(unescaped(line_[next_]));
      }
    }
    return false;
  }

  bool read_single_quoted() {
    for (++next_; !at_end(); ++next_) {
      const char byte = line_[next_];
      if (byte == '\'') {
        ++next_;
        return true;
      }
      if (byte == '\\' && peek(1) == '\'') ++next_;
      scratch_.push_back(line_[next_]);
    }
    return false;
  }

  std::string_view line_;
  std::string& scratch_;
  std::size_t next_ = 0;
};

}  // namespace

bool split_words(std::string_view line, std::vector<std::string_view>& words,
                 std::string& scratch) {
  words.clear();
  scratch.clear();
  WordReader reader(line.substr(0, line.find('\0')), scratch);
  for (reader.skip_space(); !reader.at_end(); reader.skip_space()) {
    std::string_view word;
    if (!reader.read(word)) return false;
    words.push_back(word);
  }
  return true;
}

}  // namespace redouble::resp
