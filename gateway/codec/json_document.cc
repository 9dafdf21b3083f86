#include "gateway/codec/json_document.h"

#include <string>
#include <utility>
#include <vector>

#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxDepth = 64;

absl::Status Invalid(const std::string& message) {
  return servicekit::WithReason(absl::InvalidArgumentError(message), "INVALID_JSON");
}

// Builds the document, and refuses what nlohmann's own builder lets pass: duplicate keys (the last one would
// win, while others read the first) and bottomless nesting.
class Builder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Put(nullptr); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(number_integer_t value) override { return Put(value); }
  bool number_unsigned(number_unsigned_t value) override { return Put(value); }
  bool number_float(number_float_t value, const string_t&) override { return Put(value); }
  bool string(string_t& value) override { return Put(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(Json::object()); }
  bool start_array(size_t) override { return Open(Json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    const auto [it, added] = open_.back()->get_ref<Json::object_t&>().try_emplace(std::move(name), nullptr);
    member_ = &it->second;
    if (added) return true;
    status_ =
        Invalid(absl::StrCat("malformed JSON: the key \"", it->first, "\" appears twice in one object"));
    return false;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // The exception repeats what it read; only what kind of error it was is safe to show.
    status_ = Invalid(error.id == 406 ? std::string("malformed JSON: a number is out of range")
                                      : absl::StrCat("malformed JSON at byte ", position));
    return false;
  }

  const absl::Status& status() const { return status_; }
  Json TakeRoot() { return std::move(root_); }

 private:
  Json* Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  bool Put(Json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(Json value) {
    if (open_.size() == kMaxDepth) {
      status_ = Invalid("malformed JSON: more than 64 levels");
      return false;
    }
    open_.push_back(Place(std::move(value)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  absl::Status status_;
  Json root_;
  std::vector<Json*>
      open_;  // An open value's siblings wait until it is closed, so these stay where they are.
  Json* member_ = nullptr;
};

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text) {
  // nlohmann skips a byte order mark; RFC 8259 has none.
  if (text.starts_with("\xef\xbb\xbf")) return Invalid("malformed JSON at byte 1");
  Builder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return builder.status().ok() ? Invalid("malformed JSON") : builder.status();
  }
  return builder.TakeRoot();
}

}  // namespace clientele::gateway
