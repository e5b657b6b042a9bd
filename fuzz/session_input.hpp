// SessionInput: what the bytes of an input stand for.
//
// Byte 0 is the form (see below), byte 1 decides how the bytes are cut in pieces, the rest is what
// the client sends: as it stands (raw), or decisions from which requests are made by the grammars
// of the table, or by those that the string model knows; between requests the clock may be moved.
// A raw input is text: "00" and then the bytes of the wire.
//   bits 0 and 1: 0 and 1 raw, 2 by grammar, 3 for the model     4: HELLO 3 first
//   8: DEBUG is allowed   0x40: the password is "secret"   0x80: memory is short
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"
#include "session_grammar.hpp"

namespace redouble::fuzz {

struct Segment {
  std::string bytes;
  std::int64_t advance_ms = 0;  // after them
};

struct SessionInput {
  enum class Form { raw, grammar, model };

  Form form = Form::raw;
  bool hello_3 = false;
  bool debug = false;
  bool password = false;
  bool short_memory = false;
  std::uint8_t cut = 0;
  std::vector<Segment> segments;
};

// The rows whose commands check::StringModel knows; of SET and COPY it knows some options.
inline bool model_knows(std::string_view name) {
  constexpr std::string_view names[] = {
      "set",      "get",    "getset", "getdel",  "incr",    "decr", "incrby", "decrby",
      "append",   "strlen", "mset",   "msetnx",  "mget",    "del",  "exists", "rename",
      "renamenx", "copy",   "expire", "pexpire", "persist", "ttl",  "pttl"};
  for (const std::string_view known : names) {
    if (known == name) return true;
  }
  return false;
}

inline const std::vector<Form>& model_forms() {
  static const std::vector<Form> forms = [] {
    std::vector<Form> known;
    for (const Form& form : all_forms()) {
      if (form.words.size() == 1 && model_knows(form.words[0])) known.push_back(form);
    }
    for (Form& form : known) {
      for (command::Argument& argument : form.arguments) {
        if (argument.name == "expiration") argument.children.resize(2);  // EX and PX
      }
      if (form.words[0] == "copy")
        std::erase_if(form.arguments, [](const command::Argument& a) { return a.token == "DB"; });
    }
    return known;
  }();
  return forms;
}

inline SessionInput read_input(std::string_view bytes) {
  constexpr std::size_t most_requests = 64;
  ByteSource source(bytes);
  SessionInput input;
  const std::uint8_t form = source.next();
  input.form = (form & 3) == 3   ? SessionInput::Form::model
               : (form & 3) == 2 ? SessionInput::Form::grammar
                                 : SessionInput::Form::raw;
  const bool model = input.form == SessionInput::Form::model;
  input.hello_3 = !model && (form & 4) != 0;
  input.debug = (form & 8) != 0;
  input.password = !model && (form & 0x40) != 0;
  input.short_memory = !model && (form & 0x80) != 0;
  input.cut = source.next();
  input.segments.emplace_back();
  if (input.hello_3) input.segments.back().bytes = "HELLO 3\r\n";
  if (input.form == SessionInput::Form::raw) {
    input.segments.back().bytes += source.rest();
    return input;
  }
  const std::vector<Form>& forms = model ? model_forms() : all_forms();
  RequestMaker maker(source);
  for (std::size_t count = 0; count < most_requests && !source.empty(); ++count) {
    const std::uint8_t which = source.next();
    if (which == 0xff && !model) {
      input.segments.back().advance_ms = source.next_16();
      input.segments.emplace_back();
    } else {
      input.segments.back().bytes += wire_of(maker.make(forms[which % forms.size()]));
    }
  }
  return input;
}

}  // namespace redouble::fuzz
