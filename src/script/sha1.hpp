// sha1_hex: the SHA-1 digest of some bytes as 40 lower-case hexadecimal digits: a script's name.
//
// It names scripts and guards nothing. Thread safety: any thread. Errors: std::bad_alloc.
// Source: RFC 3174.
#pragma once

#include <string>
#include <string_view>

namespace redouble::script {

std::string sha1_hex(std::string_view bytes);

}  // namespace redouble::script
