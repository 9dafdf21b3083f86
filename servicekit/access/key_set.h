#ifndef SERVICEKIT_ACCESS_KEY_SET_H_
#define SERVICEKIT_ACCESS_KEY_SET_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cjose/cjose.h>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace servicekit {

struct CjoseDeleter {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using JwkPtr = std::unique_ptr<cjose_jwk_t, CjoseDeleter>;
using JwsPtr = std::unique_ptr<cjose_jws_t, CjoseDeleter>;
using HeaderPtr = std::unique_ptr<cjose_header_t, CjoseDeleter>;

// The public keys of a JWKS document (RFC 7517). Immutable, so it may be used from several threads.
class KeySet {
 public:
  // Keys of other kinds than P-256 and RSA of at least 2048 bits are left out. INVALID_ARGUMENT when none is
  // left, and when the document holds a private or symmetric key, which does not belong there.
  static absl::StatusOr<std::unique_ptr<KeySet>> Parse(const std::string& jwks) {
    return Parse(std::vector<std::string>{jwks});
  }
  // Of several documents together.
  static absl::StatusOr<std::unique_ptr<KeySet>> Parse(const std::vector<std::string>& documents);

  // The payload of a compact JWS that one of these keys signed. UNAUTHENTICATED otherwise; NOT_FOUND when no
  // key has the token's `kid`. `alg` must be the one algorithm that fits the key, whatever the token would
  // like.
  absl::StatusOr<std::string> Verify(std::string_view token) const;

 private:
  struct Key {
    JwkPtr key;
    std::string algorithm;
  };
  absl::Status Add(const std::string& jwks);

  absl::flat_hash_map<std::string, Key> keys_;  // By `kid`.
};

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_KEY_SET_H_
