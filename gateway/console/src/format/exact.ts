// Exact decimal figures: an integer of some unit, never a double. Money has 9 places (units and nanos), scores 6.

export interface Money {
  currencyCode: string;
  units: string;
  nanos: number;
}

const nanosPerUnit = 1_000_000_000n;

// All in nanos: 1.5 → 1500000000n.
export function toNanos(money: Money | null | undefined): bigint {
  if (!money) return 0n;
  return BigInt(money.units || '0') * nanosPerUnit + BigInt(money.nanos || 0);
}

export function fromNanos(nanos: bigint, currencyCode: string): Money {
  return { currencyCode, units: String(nanos / nanosPerUnit), nanos: Number(nanos % nanosPerUnit) };
}

// Sums of one currency each; the order is that of first appearance.
export function sumByCurrency(amounts: Iterable<Money | null | undefined>): Money[] {
  const sums = new Map<string, bigint>();
  for (const amount of amounts) {
    if (amount?.currencyCode) sums.set(amount.currencyCode, (sums.get(amount.currencyCode) ?? 0n) + toNanos(amount));
  }
  return [...sums].map(([currency, nanos]) => fromNanos(nanos, currency));
}

// To fewer places, half away from zero.
export function roundTo(value: bigint, fromPlaces: number, toPlaces: number): bigint {
  if (toPlaces >= fromPlaces) return value * 10n ** BigInt(toPlaces - fromPlaces);
  const divisor = 10n ** BigInt(fromPlaces - toPlaces);
  const magnitude = value < 0n ? -value : value;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return value < 0n ? -rounded : rounded;
}

// Rounds parts so that they still sum to the rounded total: what is left over goes to those that rounding hurt most. So a
// waterfall that is shown with one place adds up on the screen, too.
export function roundParts(parts: readonly bigint[], fromPlaces: number, toPlaces: number): bigint[] {
  const divisor = 10n ** BigInt(fromPlaces - toPlaces);
  const rounded = parts.map((part) => roundTo(part, fromPlaces, toPlaces));
  const total = roundTo(
    parts.reduce((a, b) => a + b, 0n),
    fromPlaces,
    toPlaces,
  );
  let left = total - rounded.reduce((a, b) => a + b, 0n);
  const step = left < 0n ? -1n : 1n;
  const hurt = parts.map((part, i) => ({ i, by: (part - rounded[i]! * divisor) * step })).sort((a, b) => (a.by > b.by ? -1 : a.by < b.by ? 1 : a.i - b.i));
  for (let k = 0; left !== 0n; k = (k + 1) % parts.length, left -= step) rounded[hurt[k]!.i]! += step;
  return rounded;
}

// What someone typed, `1,234.5`, as an exact amount; undefined when it is no number. A comma stands before three digits or
// not at all: `1234,56` is a decimal comma to whoever types it, and must not become a hundred times as much.
export function parseAmount(text: string, currencyCode: string): Money | undefined {
  if (!/^\s*-?(\d{1,3}([, _]\d{3})+|\d+)(\.\d+)?\s*$/.test(text)) return undefined;
  const match = /^\s*(-?)(\d{1,18})(?:\.(\d{1,9}))?\s*$/.exec(text.replace(/[, _]/g, ''));
  if (!match) return undefined;
  const nanos = BigInt(match[2]!) * nanosPerUnit + BigInt((match[3] ?? '').padEnd(9, '0') || '0');
  return fromNanos(match[1] === '-' ? -nanos : nanos, currencyCode);
}

// The amount as someone would type it.
export function amountText(money: Money | null | undefined): string {
  if (!money?.currencyCode) return '';
  const nanos = toNanos(money);
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = String(magnitude % nanosPerUnit)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${magnitude / nanosPerUnit}${fraction ? `.${fraction}` : ''}`;
}
