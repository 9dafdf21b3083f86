#include "servicekit/mysql/connection.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <type_traits>

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <mysql_driver.h>

#include "absl/strings/ascii.h"
#include "servicekit/mysql/error.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

// More than a service uses often, and 16 connections of 8 replicas stay within max_prepared_stmt_count
// (16,382).
constexpr size_t kMaxPrepared = 120;
// Longer ones come from long IN lists, seldom twice alike; kept, each would hold megabytes in the server.
constexpr size_t kMaxPreparedText = 32 << 10;

sql::Driver& Driver() {
  static sql::Driver* const driver = sql::mysql::get_driver_instance();
  return *driver;
}

// The client library keeps state for each thread that calls it.
void UseThread() {
  struct Registration {
    Registration() { Driver().threadInit(); }
    ~Registration() { Driver().threadEnd(); }
  };
  thread_local const Registration registration;
  (void)registration;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path);
  std::string secret{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    Log(LogLevel::kError, "cannot read the database password", {{"file", path}});
    return absl::UnavailableError("the database cannot be reached");
  }
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  return secret;
}

int WholeSeconds(absl::Duration duration) {
  return static_cast<int>(std::ceil(std::clamp(absl::ToDoubleSeconds(duration), 1.0, 3600.0)));
}

// `YYYY-MM-DD hh:mm:ss.ffffff`, UTC.
std::string DatetimeText(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const absl::CivilSecond second = absl::ToCivilSecond(absl::FromUnixMicros(micros), absl::UTCTimeZone());
  if (second.year() < 1 || second.year() > 9999) throw std::out_of_range("a time outside DATETIME's range");
  const int64_t fraction = ((micros % 1'000'000) + 1'000'000) % 1'000'000;
  char text[40];
  const int size = std::snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d.%06d",
                                 static_cast<int>(second.year()), second.month(), second.day(), second.hour(),
                                 second.minute(), second.second(), static_cast<int>(fraction));
  return std::string(text, static_cast<size_t>(size));
}

void Bind(sql::PreparedStatement& statement, unsigned index, const Parameter& parameter) {
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          statement.setNull(index, 0);
        } else if constexpr (std::is_same_v<T, int64_t>) {
          statement.setInt64(index, value);
        } else if constexpr (std::is_same_v<T, double>) {
          statement.setDouble(index, value);
        } else if constexpr (std::is_same_v<T, std::string>) {
          statement.setString(index, value);
        } else if constexpr (std::is_same_v<T, Bytes>) {
          statement.setString(index, value.value);
        } else if constexpr (std::is_same_v<T, Id>) {
          statement.setString(index, sql::SQLString(value.bytes().data(), value.bytes().size()));
        } else if constexpr (std::is_same_v<T, absl::Time>) {
          statement.setString(index, DatetimeText(value));
        } else {
          static_assert(std::is_same_v<T, Decimal>);
          if (!value.InRange()) throw std::out_of_range("an amount outside DECIMAL(20,6)'s range");
          statement.setString(index, value.ToString());
        }
      },
      parameter.value());
}

}  // namespace

struct Connection::Prepared {
  std::string text;
  std::unique_ptr<sql::PreparedStatement> statement;
  bool busy = false;  // Its result is being read.
};

// A statement whose result is still being read (a query inside a query of the same text) is prepared a second
// time.
class Connection::Use {
 public:
  Use(Connection& connection, const std::string& text) {
    auto found = connection.statements_.find(text);
    if (found != connection.statements_.end() && !found->second->busy) {
      prepared_ = &*found->second;
      connection.recent_.splice(connection.recent_.begin(), connection.recent_, found->second);
    } else {
      std::unique_ptr<sql::PreparedStatement> statement(connection.connection_->prepareStatement(text));
      if (found != connection.statements_.end() || text.size() > kMaxPreparedText) {
        own_ = std::move(statement);
        return;
      }
      if (connection.recent_.size() >= kMaxPrepared && !connection.recent_.back().busy) {
        connection.statements_.erase(connection.recent_.back().text);
        connection.recent_.pop_back();
      }
      connection.recent_.push_front({text, std::move(statement)});
      prepared_ = &connection.recent_.front();
      connection.statements_.emplace(prepared_->text, connection.recent_.begin());
    }
    prepared_->busy = true;
  }
  ~Use() {
    if (prepared_ != nullptr) prepared_->busy = false;
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  sql::PreparedStatement& operator*() const { return own_ != nullptr ? *own_ : *prepared_->statement; }
  sql::PreparedStatement* operator->() const { return &**this; }

 private:
  Prepared* prepared_ = nullptr;
  std::unique_ptr<sql::PreparedStatement> own_;
};

Connection::Connection(std::unique_ptr<sql::Connection> connection)
    : connection_(std::move(connection)),
      command_(connection_->createStatement()),
      idle_since_(absl::Now()) {}

Connection::~Connection() {
  UseThread();
  // Statements before the connection that they belong to. A dead connection may throw while it is closed.
  try {
    statements_.clear();
    recent_.clear();
    command_.reset();
    connection_.reset();
  } catch (const sql::SQLException&) {
  }
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const MysqlOptions& options,
                                                             absl::Time deadline) {
  UseThread();
  std::string password;
  if (!options.password_file.empty()) {
    absl::StatusOr<std::string> secret = ReadSecret(options.password_file);
    if (!secret.ok()) return secret.status();
    password = *std::move(secret);
  }
  sql::ConnectOptionsMap properties;
  properties["hostName"] = sql::SQLString(options.address.starts_with('/') ? "unix://" + options.address
                                                                           : "tcp://" + options.address);
  properties["userName"] = sql::SQLString(options.user);
  properties["password"] = sql::SQLString(password);
  properties["schema"] = sql::SQLString(options.schema);
  properties["OPT_CONNECT_TIMEOUT"] = WholeSeconds(std::min(options.connect_timeout, deadline - absl::Now()));
  properties["OPT_READ_TIMEOUT"] = WholeSeconds(options.read_timeout);
  properties["OPT_WRITE_TIMEOUT"] = WholeSeconds(options.read_timeout);
  properties["OPT_RECONNECT"] =
      false;  // A connection that reconnects by itself loses its transaction in silence.
  const bool tls = !options.tls_ca_file.empty();
  if (tls) {
    properties["sslCA"] = sql::SQLString(options.tls_ca_file);
    properties["sslVerify"] = true;
    properties["sslEnforce"] = true;
  }
  try {
    std::unique_ptr<sql::Connection> raw(Driver().connect(properties));
    std::unique_ptr<Connection> connection(new Connection(std::move(raw)));
    // A binary collation for what has none of its own, as MySQL and MariaDB differ in their defaults.
    connection->Command("SET NAMES utf8mb4 COLLATE utf8mb4_bin");
    connection->Command("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    // Strict: a value that does not fit is an error, not another value. 5 s of waiting for a row lock: longer
    // than any transaction of ours, shorter than a caller's patience.
    connection->Command(
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', time_zone = '+00:00', innodb_lock_wait_timeout = 5");
    const std::unique_ptr<sql::ResultSet> session(
        connection->command_->executeQuery("SELECT @@max_allowed_packet, CONNECTION_ID()"));
    session->next();
    connection->max_packet_ = session->getInt64(1);
    connection->session_ = session->getInt64(2);
    if (tls) {
      // The connector falls back to plain text without a word.
      const std::unique_ptr<sql::ResultSet> cipher(
          connection->command_->executeQuery("SHOW SESSION STATUS LIKE 'Ssl_version'"));
      if (!cipher->next() || cipher->getString(2).length() == 0) {
        Log(LogLevel::kError, "the database connection is not encrypted, refused",
            {{"address", options.address}});
        return absl::UnavailableError("the database cannot be reached");
      }
    }
    return connection;
  } catch (const sql::SQLException& error) {
    const absl::Status status = FromSqlException(error);
    return absl::IsUnavailable(status) ? status : absl::UnavailableError("the database cannot be reached");
  }
}

int64_t Connection::Execute(const std::string& text, const std::vector<Parameter>& parameters) {
  UseThread();
  Use statement(*this, text);
  for (size_t i = 0; i < parameters.size(); ++i)
    Bind(*statement, static_cast<unsigned>(i + 1), parameters[i]);
  return statement->executeUpdate();
}

absl::Status Connection::Query(const Sql& sql, absl::FunctionRef<absl::Status(const Row&)> read) {
  UseThread();
  Use statement(*this, sql.text());
  const std::vector<Parameter>& parameters = sql.parameters();
  for (size_t i = 0; i < parameters.size(); ++i)
    Bind(*statement, static_cast<unsigned>(i + 1), parameters[i]);
  const std::unique_ptr<sql::ResultSet> result(statement->executeQuery());
  const Row row(*result);
  while (result->next()) {
    if (absl::Status status = read(row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Connection::Command(SqlText text) {
  UseThread();
  command_->execute(std::string(text.text()));
}

std::vector<std::vector<std::string>> Connection::RunFreeText(const std::string& text) {
  UseThread();
  std::vector<std::vector<std::string>> rows;
  if (!command_->execute(text)) return rows;
  const std::unique_ptr<sql::ResultSet> result(command_->getResultSet());
  const unsigned columns = result->getMetaData()->getColumnCount();
  while (result->next()) {
    std::vector<std::string>& row = rows.emplace_back();
    for (unsigned i = 1; i <= columns; ++i) row.push_back(result->getString(i).asStdString());
  }
  return rows;
}

bool Connection::IsValid() {
  UseThread();
  try {
    return connection_->isValid();
  } catch (const sql::SQLException&) {
    return false;
  }
}

}  // namespace servicekit
