#include "gateway/fuzz/wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "gateway/http/greeting.h"
#include "gateway/http/loop.h"

namespace clientele::gateway::fuzz {
namespace {

// The peer's end of a connection to a loop that is driven by hand.
class Peer {
 public:
  explicit Peer(EchoDoor& door) : loop_(HttpLimits{}, door) {
    int ends[2];
    Require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "there are sockets");
    end_ = ends[0];
    Socket::Tcp socket(loop_.context().get_executor());
    socket.assign(boost::asio::ip::tcp::v4(), ends[1]);  // To Asio a stream is a stream.
    Greet(loop_, std::move(socket), nullptr);
  }
  ~Peer() { close(end_); }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(end_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return;  // The gateway has closed.
      if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
      // Full, and nothing moves: it does not read on before the answers are taken, or at all.
      if (!Settle() && sent < 0) return;
    }
    Settle();
  }
  // What is left ends, too: as when the gateway drains, then stops.
  std::string Finish() {
    shutdown(end_, SHUT_WR);
    Settle();
    loop_.BeginDrain();
    Settle();
    loop_.CloseAll();
    Settle();
    Require(loop_.connections() == 0, "a closed connection is forgotten");
    return std::move(received_);
  }

 private:
  // Until nothing happens any more. Whether anything did.
  bool Settle() {
    bool any = false;
    for (bool more = true; more; any = any || more) {
      loop_.context().restart();
      more = loop_.context().poll() > 0;
      char buffer[16 << 10];
      for (ssize_t size; (size = recv(end_, buffer, sizeof buffer, 0)) > 0; more = true) {
        received_.append(buffer, static_cast<size_t>(size));
      }
    }
    return any;
  }

  Loop loop_;
  int end_ = -1;
  std::string received_;
};

}  // namespace

std::string Talk(EchoDoor& door, std::string_view bytes, size_t piece) {
  std::string received;
  {
    Peer peer(door);
    while (!bytes.empty()) {
      peer.Send(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(bytes.size(), piece));
    }
    received = peer.Finish();
  }
  Require(door.alive() == 0, "no handler outlives its connection");
  return received;
}

}  // namespace clientele::gateway::fuzz
