#include <string>
#include <string_view>

#include "gateway/fuzz/fuzz.h"
#include "gateway/fuzz/wire.h"

namespace clientele::gateway::fuzz {
namespace {

constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

// What was answered is a row of frames, SETTINGS first (RFC 9113, 3.4); of the last one something may be
// missing.
void CheckFrames(std::string_view bytes) {
  Require(bytes.size() < 9 || bytes[3] == 4, "the first frame is SETTINGS");
  while (bytes.size() >= 9) {
    const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(bytes[i])); };
    const size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    Require(size <= 16'384, "no frame is longer than every peer must take");
    Require(byte(3) <= 9, "frames have a type that there is");
    if (bytes.size() < 9 + size) return;
    bytes.remove_prefix(9 + size);
  }
}

}  // namespace

void Http2(std::string_view bytes) {
  std::string input(kPreface);
  input += bytes;
  EchoDoor door;
  CheckFrames(Talk(door, input, 1 << 20));
  if (bytes.size() > 2000) return;
  EchoDoor again;
  CheckFrames(Talk(again, input, 11));
  Require(door.opened() == again.opened(), "how bytes are cut into packets does not matter");
}

}  // namespace clientele::gateway::fuzz
