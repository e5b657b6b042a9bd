// Reply notation: a RESP2 reply as a person reads it, and back.
//
//   +OK  -"ERR no such key"  :12  "bulk\r\n"  nil  nil*  ["a" nil :1]  raw"..."
//
// `nil` is the null bulk, `nil*` the null array; a simple string or an error of one plain word
// needs no quotes; bytes that are no single RESP2 reply are kept under raw"...". Quoted text knows
// \n \r
// \t \" \\ and \xHH. Reading what was written gives the same bytes.
// Histories are kept in it, and so are reports. It is independent of the server's own reply reader
// on purpose: what judges the server shares no code with it.
// Thread safety: pure functions. Source of the format: the RESP protocol specification of redis.io.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace redouble::check {

// RESP2 replies written out, for models.
std::string simple_reply(std::string_view text);
std::string error_reply(std::string_view text);
std::string integer_reply(long long number);
std::string bulk_reply(std::string_view bytes);
std::string null_reply();
std::string array_reply(const std::vector<std::string>& elements);

// A word of a line: plain where it can be, else in double quotes.
std::string quote_word(std::string_view bytes);

// The notation of one reply.
std::string reply_notation(std::string_view resp2);

// A cursor over one line; every parser below moves it past what it read.
// Errors are sentences without the place; who knows the line adds it.
std::expected<std::string, std::string> read_word(std::string_view& line);
std::expected<std::string, std::string> read_reply_notation(std::string_view& line);
void skip_blanks(std::string_view& line);

}  // namespace redouble::check
