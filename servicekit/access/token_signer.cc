#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <nlohmann/json.hpp>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "servicekit/access/claims.h"
#include "servicekit/access/key_set.h"
#include "servicekit/access/token.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr int kP256Bytes = 32;

struct OpensslDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter>;
using BioPtr = std::unique_ptr<BIO, OpensslDeleter>;

std::string Base64Url(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(ToAbsl(bytes), &text);
  return text;
}

absl::StatusOr<std::string> Number(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
    return absl::InvalidArgumentError("not a P-256 private key");
  const std::unique_ptr<BIGNUM, OpensslDeleter> number(raw);
  std::string bytes(kP256Bytes, '\0');
  if (BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), kP256Bytes) != kP256Bytes) {
    return absl::InvalidArgumentError("not a P-256 private key");
  }
  return bytes;
}

struct P256 {
  std::string d, x, y;
  ~P256() { OPENSSL_cleanse(d.data(), d.size()); }

  // RFC 7638: the name of a key follows from the key.
  std::string Thumbprint() const {
    const std::string canonical = absl::StrCat("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"", Base64Url(x),
                                               "\",\"y\":\"", Base64Url(y), "\"}");
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return Base64Url(digest);
  }
};

absl::StatusOr<P256> Numbers(const EVP_PKEY* key) {
  char group[32] = "";
  size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &size) != 1 ||
      std::string_view(group) != "prime256v1") {
    return absl::InvalidArgumentError("not a P-256 private key");
  }
  P256 numbers;
  for (const auto& [name, number] :
       {std::pair(OSSL_PKEY_PARAM_PRIV_KEY, &numbers.d), std::pair(OSSL_PKEY_PARAM_EC_PUB_X, &numbers.x),
        std::pair(OSSL_PKEY_PARAM_EC_PUB_Y, &numbers.y)}) {
    absl::StatusOr<std::string> value = Number(key, name);
    if (!value.ok()) return value.status();
    *number = *std::move(value);
  }
  return numbers;
}

absl::Status WriteNewFile(const std::string& path, std::string_view text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  const absl::Cleanup close_file = [file] { close(file); };
  for (size_t done = 0; done < text.size();) {
    const ssize_t n = write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
    done += static_cast<size_t>(n);
  }
  if (fsync(file) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

}  // namespace

class SigningKey {
 public:
  static absl::StatusOr<std::unique_ptr<SigningKey>> Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return absl::NotFoundError(absl::StrCat("cannot read the signing key ", path));
    std::string pem = text.str();
    const absl::Cleanup wipe = [&pem] { OPENSSL_cleanse(pem.data(), pem.size()); };
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // An empty password instead of a prompt on the terminal.
    const PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
    if (key == nullptr) return absl::InvalidArgumentError(absl::StrCat(path, " is not a private key in PEM"));
    absl::StatusOr<P256> numbers = Numbers(key.get());
    if (!numbers.ok()) return numbers.status();
    const auto bytes = [](std::string& number) { return reinterpret_cast<uint8_t*>(number.data()); };
    const cjose_jwk_ec_keyspec spec = {.crv = CJOSE_JWK_EC_P_256,
                                       .d = bytes(numbers->d),
                                       .dlen = numbers->d.size(),
                                       .x = bytes(numbers->x),
                                       .xlen = numbers->x.size(),
                                       .y = bytes(numbers->y),
                                       .ylen = numbers->y.size()};
    auto result = std::make_unique<SigningKey>();
    cjose_err error;
    result->key_.reset(cjose_jwk_create_EC_spec(&spec, &error));
    if (result->key_ == nullptr)
      return absl::InvalidArgumentError(absl::StrCat(path, " cannot be used: ", error.message));
    result->kid_ = numbers->Thumbprint();
    return result;
  }

  absl::StatusOr<std::string> Sign(std::string_view payload) const {
    cjose_err error;
    const HeaderPtr header(cjose_header_new(&error));
    if (header == nullptr || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
        !cjose_header_set(header.get(), "typ", "JWT", &error) ||
        !cjose_header_set(header.get(), CJOSE_HDR_KID, kid_.c_str(), &error)) {
      return absl::InternalError("cannot make the token's header");
    }
    const JwsPtr jws(cjose_jws_sign(
        key_.get(), header.get(), reinterpret_cast<const uint8_t*>(payload.data()), payload.size(), &error));
    const char* text = nullptr;  // Belongs to `jws`.
    if (jws == nullptr || !cjose_jws_export(jws.get(), &text, &error)) {
      return absl::InternalError("cannot sign the token");
    }
    return std::string(text);
  }

 private:
  JwkPtr key_;
  std::string kid_;
};

TokenSigner::TokenSigner(TokenSignerOptions options)
    : options_(std::move(options)), clock_(options_.clock != nullptr ? *options_.clock : system_clock_) {}

TokenSigner::~TokenSigner() = default;

absl::StatusOr<std::unique_ptr<TokenSigner>> TokenSigner::Open(TokenSignerOptions options) {
  auto signer = std::unique_ptr<TokenSigner>(new TokenSigner(std::move(options)));
  absl::StatusOr<std::unique_ptr<SigningKey>> key = SigningKey::Read(signer->options_.signing_key_file);
  if (!key.ok()) return key.status();
  signer->key_ = *std::move(key);
  return signer;
}

absl::StatusOr<std::string> TokenSigner::Sign(const Principal& principal, absl::Duration lifetime) const {
  const absl::Status valid = CheckPrincipal(principal);
  if (!valid.ok()) return valid;
  const absl::Time now = clock_.Now();
  return key_->Sign(FormatClaims({.principal = principal, .issued = now, .expires = now + lifetime},
                                 options_.issuer, options_.audience));
}

absl::Status NewSigningKey(const std::string& directory) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return absl::InternalError("cannot make a P-256 key");
  absl::StatusOr<P256> numbers = Numbers(key.get());
  if (!numbers.ok()) return numbers.status();
  const BioPtr pem(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return absl::InternalError("cannot write a key in PEM");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &text);
  absl::Status written =
      WriteNewFile(directory + "/signing-key.pem", std::string_view(text, static_cast<size_t>(size)), 0600);
  if (!written.ok()) return written;

  const nlohmann::json jwks = {{"keys",
                                {{{"kty", "EC"},
                                  {"crv", "P-256"},
                                  {"x", Base64Url(numbers->x)},
                                  {"y", Base64Url(numbers->y)},
                                  {"use", "sig"},
                                  {"alg", "ES256"},
                                  {"kid", numbers->Thumbprint()}}}}};
  // Written aside and renamed, so that a reader never sees half of it.
  const std::string path = directory + "/jwks.json";
  const std::string aside = absl::StrCat(path, ".", getpid());
  written = WriteNewFile(aside, jwks.dump(2) + "\n", 0644);
  if (!written.ok()) return written;
  if (std::rename(aside.c_str(), path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  }
  return absl::OkStatus();
}

}  // namespace servicekit
