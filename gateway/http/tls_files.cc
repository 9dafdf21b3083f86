#include "gateway/http/tls_files.h"

#include <sys/stat.h>
#include <boost/asio/ssl/context.hpp>

#include "absl/strings/str_cat.h"

namespace clientele::gateway {

std::string VersionOfFiles(const std::vector<std::string>& paths) {
  std::string version;
  for (const std::string& path : paths) {
    struct stat file {};
    if (path.empty() || stat(path.c_str(), &file) != 0) continue;
    absl::StrAppend(&version, file.st_mtim.tv_sec, ".", file.st_mtim.tv_nsec, ".", file.st_ino, " ");
  }
  return version;
}

absl::Status CheckTlsFiles(const std::string& cert, const std::string& key, const std::string& ca) {
  boost::asio::ssl::context context(boost::asio::ssl::context::tls);
  boost::system::error_code error;
  const auto wrong = [&error](const std::string& path) {
    return absl::InvalidArgumentError(absl::StrCat("cannot use ", path, ": ", error.message()));
  };
  if (!cert.empty() && context.use_certificate_chain_file(cert, error)) return wrong(cert);
  if (!key.empty() && context.use_private_key_file(key, boost::asio::ssl::context::pem, error))
    return wrong(key);
  if (!ca.empty() && context.load_verify_file(ca, error)) return wrong(ca);
  if (!cert.empty() && SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return absl::InvalidArgumentError(absl::StrCat(key, " is not the key of ", cert));
  }
  return absl::OkStatus();
}

}  // namespace clientele::gateway
