#include "servicekit/rpc/tls.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::InvalidArgumentError(StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  return text.str();
}

absl::Status CheckPair(const TlsFiles& files) {
  if (files.cert.empty() != files.key.empty()) {
    return absl::InvalidArgumentError("--tls_cert_file and --tls_key_file go together");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files) {
  if (!files.enabled()) return grpc::InsecureServerCredentials();
  if (absl::Status status = CheckPair(files); !status.ok()) return status;
  if (files.cert.empty())
    return absl::InvalidArgumentError("--tls_ca_file needs --tls_cert_file to serve with");
  grpc::SslServerCredentialsOptions options(files.ca.empty()
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  const absl::StatusOr<std::string> cert = ReadFile(files.cert), key = ReadFile(files.key);
  if (!cert.ok()) return cert.status();
  if (!key.ok()) return key.status();
  options.pem_key_cert_pairs.push_back({*key, *cert});
  if (!files.ca.empty()) {
    absl::StatusOr<std::string> ca = ReadFile(files.ca);
    if (!ca.ok()) return ca.status();
    options.pem_root_certs = *std::move(ca);
  }
  return grpc::SslServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(const TlsFiles& files) {
  if (!files.enabled()) return grpc::InsecureChannelCredentials();
  if (absl::Status status = CheckPair(files); !status.ok()) return status;
  grpc::SslCredentialsOptions options;
  for (const auto& [path, text] :
       {std::pair{&files.cert, &options.pem_cert_chain}, std::pair{&files.key, &options.pem_private_key},
        std::pair{&files.ca, &options.pem_root_certs}}) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> read = ReadFile(*path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  return grpc::SslCredentials(options);
}

}  // namespace servicekit
