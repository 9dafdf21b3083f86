#include "servicekit/testing/fault_proxy.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <list>
#include <stdexcept>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    throw std::runtime_error("too long for a Unix socket: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

int Connect(const std::string& server) {
  if (server.starts_with('/')) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = UnixAddress(server);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
    close(fd);
    return -1;
  }
  const size_t colon = server.rfind(':');
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(server.substr(0, colon).c_str(), server.substr(colon + 1).c_str(), &hints, &found) != 0)
    return -1;
  int fd = -1;
  for (addrinfo* info = found; info != nullptr; info = info->ai_next) {
    fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, info->ai_addr, info->ai_addrlen) == 0) break;
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  const int on = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

void Bind(int fd, const sockaddr* address, socklen_t size) {
  if (bind(fd, address, size) != 0) throw std::runtime_error("the fault proxy cannot bind its socket");
}

bool SendAll(int fd, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

struct FaultProxy::State {
  std::string server;
  std::string address;
  std::string folder;  // Of the socket, if it is one.
  int listener = -1;
  std::thread acceptor;
  std::atomic<bool> stopping = false;
  std::atomic<bool> partitioned = false;
  std::atomic<bool> stalled = false;
  std::atomic<int> generation = 0;  // Connections of an older one close.
  std::atomic<int> hung = 0;        // Connections with a lower number pass nothing.
  std::atomic<int> open = 0;        // Connections, also those about to be refused.
  std::atomic<int> cuts = 0;
  absl::Mutex mutex;
  std::string cut ABSL_GUARDED_BY(mutex);
  bool cut_request ABSL_GUARDED_BY(mutex) = false;
  std::atomic<int> accepted = 0;
  std::list<std::thread> relays;  // Touched by the acceptor, and after its end.

  // Takes the pending cut if `bytes` contain it.
  bool TakeCut(std::string_view bytes, bool* of_request) {
    absl::MutexLock lock(&mutex);
    if (cut.empty() || bytes.find(cut) == std::string_view::npos) return false;
    cut.clear();
    *of_request = cut_request;
    return true;
  }

  void Accept() {
    while (!stopping) {
      pollfd ready{listener, POLLIN, 0};
      if (poll(&ready, 1, 20) <= 0) continue;
      const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      // In this order, so that a partition either refuses the connection or outdates it, and waits for its
      // end.
      ++open;
      const int born = generation;
      if (partitioned) {
        close(client);
        --open;
        continue;
      }
      relays.emplace_back([this, client, born, number = accepted++] {
        Relay(client, born, number);
        --open;
      });
    }
    for (std::thread& relay : relays) relay.join();
  }

  void Relay(int client, int born, int number) {
    const int upstream = Connect(server);
    std::vector<char> buffer(64 << 10);
    bool alive = upstream >= 0;
    while (alive && !stopping && generation == born) {
      if (stalled || number < hung) {
        absl::SleepFor(absl::Milliseconds(2));
        continue;
      }
      pollfd ready[2] = {{client, POLLIN, 0}, {upstream, POLLIN, 0}};
      if (poll(ready, 2, 20) <= 0) continue;
      for (int side = 0; side < 2 && alive; ++side) {
        if (ready[side].revents == 0) continue;
        const ssize_t got = recv(ready[side].fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
          alive = false;
          break;
        }
        const std::string_view bytes(buffer.data(), static_cast<size_t>(got));
        bool of_request = false;
        if (side == 0 && TakeCut(bytes, &of_request)) {
          if (!of_request) {
            SendAll(upstream, bytes.data(), bytes.size());
            // The answer is there: the server has done what it was asked.
            pollfd answered{upstream, POLLIN, 0};
            poll(&answered, 1, 5000);
          }
          ++cuts;
          alive = false;
          break;
        }
        alive = SendAll(ready[1 - side].fd, bytes.data(), bytes.size());
      }
    }
    close(client);
    if (upstream >= 0) close(upstream);
  }
};

FaultProxy::FaultProxy(const std::string& server) : state_(std::make_unique<State>()) {
  state_->server = server;
  if (server.starts_with('/')) {
    char folder[] = "/tmp/fault_proxy.XXXXXX";
    if (mkdtemp(folder) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
    state_->folder = folder;
    state_->address = StrCat(folder, "/socket");
    state_->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = UnixAddress(state_->address);
    Bind(state_->listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  } else {
    state_->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Bind(state_->listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    socklen_t size = sizeof(address);
    getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size);
    state_->address = StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
  if (listen(state_->listener, 64) != 0) throw std::runtime_error("the fault proxy cannot listen");
  state_->acceptor = std::thread([state = state_.get()] { state->Accept(); });
}

FaultProxy::~FaultProxy() {
  state_->stopping = true;
  state_->acceptor.join();
  close(state_->listener);
  if (!state_->folder.empty()) {
    unlink(state_->address.c_str());
    rmdir(state_->folder.c_str());
  }
}

const std::string& FaultProxy::address() const { return state_->address; }

void FaultProxy::CutAnswerTo(const std::string& request) {
  absl::MutexLock lock(&state_->mutex);
  state_->cut = request;
  state_->cut_request = false;
}

void FaultProxy::CutRequest(const std::string& request) {
  absl::MutexLock lock(&state_->mutex);
  state_->cut = request;
  state_->cut_request = true;
}

void FaultProxy::Partition() {
  state_->partitioned = true;
  ++state_->generation;
  while (state_->open > 0) absl::SleepFor(absl::Milliseconds(1));
}

void FaultProxy::Hang() { state_->hung = state_->accepted.load(); }
void FaultProxy::Stall() { state_->stalled = true; }

void FaultProxy::Heal() {
  state_->partitioned = false;
  state_->stalled = false;
}

int FaultProxy::cuts() const { return state_->cuts; }

}  // namespace servicekit
