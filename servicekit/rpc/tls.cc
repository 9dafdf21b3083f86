#include "servicekit/rpc/tls.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

// A file that is not there only shows at a handshake otherwise, and without its name.
absl::Status CheckReadable(const TlsFiles& files) {
  for (const std::string* path : {&files.cert, &files.key, &files.ca}) {
    if (path->empty()) continue;
    std::ifstream file(*path, std::ios::binary);
    if (!file || file.peek() == std::ifstream::traits_type::eof()) {
      return absl::InvalidArgumentError(StrCat("cannot read ", *path, ": ", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPair(const TlsFiles& files) {
  if (files.cert.empty() != files.key.empty()) {
    return absl::InvalidArgumentError("--tls_cert_file and --tls_key_file go together");
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Follow(const TlsFiles& files) {
  constexpr unsigned kLookEverySeconds = 5;
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(files.key, files.cert, files.ca,
                                                                              kLookEverySeconds);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files) {
  if (!files.enabled()) return grpc::InsecureServerCredentials();
  if (absl::Status status = CheckPair(files); !status.ok()) return status;
  if (files.cert.empty())
    return absl::InvalidArgumentError("--tls_ca_file needs --tls_cert_file to serve with");
  if (absl::Status status = CheckReadable(files); !status.ok()) return status;
  grpc::experimental::TlsServerCredentialsOptions options(Follow(files));
  options.watch_identity_key_cert_pairs();
  if (!files.ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(const TlsFiles& files) {
  if (!files.enabled()) return grpc::InsecureChannelCredentials();
  if (absl::Status status = CheckPair(files); !status.ok()) return status;
  if (absl::Status status = CheckReadable(files); !status.ok()) return status;
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Follow(files));
  if (!files.cert.empty()) options.watch_identity_key_cert_pairs();
  if (!files.ca.empty()) options.watch_root_certs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace servicekit
