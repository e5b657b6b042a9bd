#include "value/crc64.hpp"

#include <boost/crc.hpp>

namespace redouble::value {

std::uint64_t crc64(std::string_view bytes) {
  boost::crc_optimal<64, 0xad93d23594c935a9, 0, 0, true, true> sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return sum.checksum();
}

}  // namespace redouble::value
