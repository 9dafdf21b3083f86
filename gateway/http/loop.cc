#include "gateway/http/loop.h"

#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "absl/time/clock.h"

namespace clientele::gateway {

Loop::Loop(const HttpLimits& limits, HttpFrontDoor& door) : limits_(limits), door_(door) {}

Loop::~Loop() { Stop(); }

void Loop::Start() {
  Tick();
  thread_ = std::thread([this] {
    const auto keep = boost::asio::make_work_guard(context_);
    context_.run();
  });
}

void Loop::Stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] {
    timer_.cancel();
    ForEach([](Connection& connection) { connection.Close(); });
    // What the closed connections still have to say is said first.
    boost::asio::post(context_, [this] { context_.stop(); });
  });
  thread_.join();
  connections_.clear();
}

void Loop::BeginDrain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    ForEach([](Connection& connection) { connection.BeginDrain(); });
    // Streams without an end learn of it now.
    ForEach([now = absl::Now()](Connection& connection) { connection.Tick(now); });
  });
}

void Loop::CloseAll() {
  boost::asio::post(context_, [this] { ForEach([](Connection& connection) { connection.Close(); }); });
}

void Loop::Add(std::shared_ptr<Connection> connection) {
  Connection* const key = connection.get();
  connections_.emplace(key, std::move(connection));
  count_ = static_cast<int>(connections_.size());
}

void Loop::Remove(Connection* connection) {
  const auto it = connections_.find(connection);
  if (it == connections_.end()) return;
  // Its own methods may be running: it goes when they have returned.
  boost::asio::post(context_, [keep = it->second] {});
  connections_.erase(it);
  count_ = static_cast<int>(connections_.size());
}

void Loop::Tick() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const absl::Time now = absl::Now();
    ForEach([now](Connection& connection) { connection.Tick(now); });
    Tick();
  });
}

void Loop::ForEach(const std::function<void(Connection&)>& visit) {
  std::vector<std::shared_ptr<Connection>> connections;
  for (const auto& [key, connection] : connections_) connections.push_back(connection);
  for (const auto& connection : connections) visit(*connection);
}

}  // namespace clientele::gateway
