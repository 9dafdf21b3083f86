#include "value-svc/store/state_codec.h"

#include <cstdint>

#include "value-svc/store/varint.h"

namespace clientele::value {
namespace {

void PutNumber(int64_t number, std::string& out) { PutVarint(Zigzag(static_cast<uint64_t>(number)), out); }
void PutAmount(Decimal amount, std::string& out) { PutVarint(Zigzag(amount.micros()), out); }

bool TakeNumber(std::string_view& in, int64_t& number) {
  uint64_t raw = 0;
  const bool ok = TakeVarint(in, raw);
  number = static_cast<int64_t>(Unzigzag(raw));
  return ok;
}
bool TakeAmount(std::string_view& in, Decimal& amount) {
  absl::uint128 raw = 0;
  const bool ok = TakeVarint(in, raw);
  amount = Decimal::FromMicros(Unzigzag(raw));
  return ok;
}

bool TakeRow(std::string_view& in, StateRow& row) {
  if (in.size() < Id::kSize) return false;
  row.customer = *Id::FromBytes(in.substr(0, Id::kSize));
  in.remove_prefix(Id::kSize);
  int64_t tier = 0;
  bool ok = TakeNumber(in, tier) && TakeNumber(in, row.score_micros);
  row.tier = static_cast<Tier>(tier);
  for (Factor factor : kFactors) ok = ok && TakeNumber(in, row.contribution_micros[factor]);
  for (Decimal* amount : {&row.revenue, &row.profit, &row.value_at_risk}) ok = ok && TakeAmount(in, *amount);
  return ok;
}

}  // namespace

std::string PackState(absl::Span<const StateRow> rows) {
  std::string packed;
  PutNumber(static_cast<int64_t>(rows.size()), packed);
  for (const StateRow& row : rows) {
    packed += row.customer.bytes();
    PutNumber(static_cast<int64_t>(row.tier), packed);
    PutNumber(row.score_micros, packed);
    for (Factor factor : kFactors) PutNumber(row.contribution_micros[factor], packed);
    for (Decimal amount : {row.revenue, row.profit, row.value_at_risk}) PutAmount(amount, packed);
  }
  return packed;
}

absl::StatusOr<std::vector<StateRow>> UnpackState(std::string_view packed) {
  int64_t count = 0;
  bool ok = TakeNumber(packed, count) && count >= 0;
  // No row is shorter than its id.
  ok = ok && static_cast<uint64_t>(count) <= packed.size() / Id::kSize;
  std::vector<StateRow> rows(ok ? static_cast<size_t>(count) : 0);
  for (StateRow& row : rows) ok = ok && TakeRow(packed, row);
  if (!ok || !packed.empty()) return absl::DataLossError("a chunk of a state is cut short");
  return rows;
}

}  // namespace clientele::value
