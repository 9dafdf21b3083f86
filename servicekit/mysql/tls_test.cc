#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

// An engine of its own, with TLS on a TCP port.
class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/mysql_tls.XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
    MakeCa("ca");
    MakeCa("other");
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out "
        "server.csr -subj /CN=127.0.0.1");
    Run("printf 'subjectAltName=IP:127.0.0.1,DNS:127.0.0.1,DNS:localhost' > san && openssl x509 -req -in "
        "server.csr -CA "
        "ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.pem");
  }
  void TearDown() override {
    Run(StrCat(CLIENTELE_SOURCE_DIR, "/tests/mariadb stop ", folder_, "/engine"));
    std::filesystem::remove_all(folder_);
  }
  void MakeCa(const std::string& name) {
    Run(StrCat("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout ",
               name, ".key -out ", name, ".pem -subj /CN=", name));
  }
  void Run(const std::string& command) {
    const std::string line =
        StrCat("cd ", folder_, " && { ", command, "; } >log 2>&1 || { cat log >&2; false; }");
    ASSERT_EQ(std::system(line.c_str()), 0) << command;
  }
  void StartEngine(const std::string& flags) {
    port_ = FreePort();
    Run(StrCat(CLIENTELE_SOURCE_DIR, "/tests/mariadb start ", folder_, "/engine --port ", port_,
               " --innodb-log-file-size=8M --innodb-buffer-pool-size=32M ", flags));
  }
  absl::StatusOr<std::string> Cipher(const std::string& ca) {
    MysqlOptions options;
    options.address = StrCat("127.0.0.1:", port_);
    options.user = "root";
    options.schema = "mysql";
    if (!ca.empty()) options.tls_ca_file = StrCat(folder_, "/", ca, ".pem");
    Pool pool(options);
    return RunReading(pool, absl::Now() + absl::Seconds(20), [](Transaction& tx) {
      return tx.QueryOne(Sql("SHOW SESSION STATUS LIKE 'Ssl_cipher'"),
                         [](const Row& row) { return row.Text(1); });
    });
  }

  std::string folder_;
  int port_ = 0;
};

TEST_F(TlsTest, TheServersCertificateIsVerified) {
  StartEngine(StrCat("--ssl-cert=", folder_, "/server.pem --ssl-key=", folder_, "/server.key"));
  const auto cipher = Cipher("ca");
  ASSERT_TRUE(cipher.ok()) << cipher.status();
  EXPECT_NE(*cipher, "");
  EXPECT_TRUE(absl::IsUnavailable(Cipher("other").status())) << "signed by another authority";
  EXPECT_TRUE(absl::IsUnavailable(Cipher("missing").status())) << "no such file";
}

TEST_F(TlsTest, AServerWithoutTlsIsRefused) {
  StartEngine("--skip-ssl");
  EXPECT_TRUE(absl::IsUnavailable(Cipher("ca").status()));
  EXPECT_TRUE(Cipher("").ok());
}

}  // namespace
}  // namespace servicekit
