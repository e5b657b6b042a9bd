// How CLIENT LIST and CLIENT INFO show a client, and what a client may be called.
//
// Thread safety: parts of a step; another client is shown with the gate held exclusively.
// Source: the fields as the Redis documentation of CLIENT LIST names them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "command/call.hpp"

namespace redouble::command {

// One line with its newline: "id=3 addr=127.0.0.1:50000 ...".
std::string client_line(const instance::Client& client, const Call& call);

// What a client takes: itself and what waits to be read or sent.
std::size_t client_bytes(const instance::Client& client, const Call& call);

// Printable ASCII without spaces; the empty name is none.
bool is_client_name(std::string_view name);
void refuse_client_name(Call& call);

}  // namespace redouble::command
