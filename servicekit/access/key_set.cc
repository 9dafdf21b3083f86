#include "servicekit/access/key_set.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "servicekit/access/claims.h"

namespace servicekit {
namespace {

using Json = nlohmann::json;

constexpr size_t kMinRsaBits = 2048;
constexpr size_t kEs256SignatureText = 86;  // 64 bytes, r and s, in base64url.

absl::Status Malformed() { return Unauthenticated("TOKEN_MALFORMED", "the token is not a signed JWT"); }

std::string Text(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// The one algorithm that a key serves here; empty for keys that we do not use.
std::string AlgorithmFor(cjose_jwk_t* key) {
  cjose_err error;
  switch (cjose_jwk_get_kty(key, &error)) {
    case CJOSE_JWK_KTY_EC:
      return cjose_jwk_EC_get_curve(key, &error) == CJOSE_JWK_EC_P_256 ? "ES256" : "";
    case CJOSE_JWK_KTY_RSA:
      return cjose_jwk_get_keysize(key, &error) >= kMinRsaBits ? "RS256" : "";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeySet>> KeySet::Parse(const std::vector<std::string>& documents) {
  auto set = std::make_unique<KeySet>();
  for (const std::string& jwks : documents) {
    if (absl::Status added = set->Add(jwks); !added.ok()) return added;
  }
  if (set->keys_.empty())
    return absl::InvalidArgumentError("the JWKS document has no usable ES256 or RS256 key");
  return set;
}

absl::Status KeySet::Add(const std::string& jwks) {
  const Json document = Json::parse(jwks, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return absl::InvalidArgumentError("not a JWKS document");
  }
  for (const Json& entry : document["keys"]) {
    if (!entry.is_object()) return absl::InvalidArgumentError("not a JWKS document");
    if (entry.contains("d") || entry.contains("k")) {
      return absl::InvalidArgumentError("the JWKS document holds a private or symmetric key");
    }
    const std::string kid = Text(entry, "kid");
    const std::string use = Text(entry, "use");
    if (kid.empty() || (!use.empty() && use != "sig")) continue;
    const std::string text = entry.dump();
    cjose_err error;
    JwkPtr key(cjose_jwk_import(text.data(), text.size(), &error));
    if (key == nullptr) continue;
    std::string algorithm = AlgorithmFor(key.get());
    if (algorithm.empty()) continue;
    if (const std::string stated = Text(entry, "alg"); !stated.empty() && stated != algorithm) continue;
    if (!keys_.try_emplace(kid, Key{std::move(key), std::move(algorithm)}).second) {
      return absl::InvalidArgumentError("two keys of the JWKS document have the same kid");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeySet::Verify(std::string_view token) const {
  // Three parts: header, payload, signature.
  if (std::count(token.begin(), token.end(), '.') != 2) return Malformed();
  cjose_err error;
  const JwsPtr jws(cjose_jws_import(token.data(), token.size(), &error));
  if (jws == nullptr) return Malformed();
  cjose_header_t* header = cjose_jws_get_protected(jws.get());  // Belongs to `jws`.
  const char* algorithm = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  const char* kid = cjose_header_get(header, CJOSE_HDR_KID, &error);
  if (algorithm == nullptr) return Malformed();
  if (std::string_view(algorithm) != "ES256" && std::string_view(algorithm) != "RS256") {
    return Unauthenticated("TOKEN_ALGORITHM", "the token's algorithm is not ES256 or RS256");
  }
  // RFC 7515: extensions that must be understood, and are not, refuse the token. We understand none.
  char* critical = cjose_header_get_raw(header, "crit", &error);
  if (critical != nullptr) {
    cjose_get_dealloc()(critical);
    return Unauthenticated("TOKEN_MALFORMED", "the token has extensions that are not understood");
  }
  if (kid == nullptr) return Unauthenticated("TOKEN_KEY", "the token does not name its key");
  const auto it = keys_.find(kid);
  if (it == keys_.end()) return absl::NotFoundError("no such key");
  const Key& key = it->second;
  if (key.algorithm != algorithm) {
    return Unauthenticated("TOKEN_ALGORITHM", "the token's algorithm does not fit its key");
  }
  const size_t signature_text = token.size() - token.rfind('.') - 1;
  if (signature_text == 0 || (key.algorithm == "ES256" && signature_text != kEs256SignatureText) ||
      !cjose_jws_verify(jws.get(), key.key.get(), &error)) {
    return Unauthenticated("TOKEN_SIGNATURE", "the token's signature is not valid");
  }
  uint8_t* payload = nullptr;
  size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &payload, &size, &error))
    return Malformed();  // `jws` keeps the bytes.
  return std::string(reinterpret_cast<const char*>(payload), size);
}

}  // namespace servicekit
