// The canary: a harness with a planted crash. A fuzzing run that does not find it is blind (no
// coverage feedback, no comparison hints), and what the other harnesses did not find proves
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // One step at a time, as a fuzzer climbs: an array, its first bulk, and the name in it.
  if (input.size() >= 14 && input[0] == '*' && input[1] == '1' && input.substr(2, 2) == "\r\n") {
    if (input[4] == '$' && input.substr(6, 2) == "\r\n" && input.substr(8, 6) == "CANARY") {
      std::abort();
    }
  }
  return 0;
}
