import { describe, expect, it } from 'vitest';
import { amountText, fromNanos, parseAmount, roundParts, roundTo, sumByCurrency, toNanos } from './exact';

// xorshift: the same numbers in each run.
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('money', () => {
  it('keeps units and nanos exactly, beyond what a double holds', () => {
    const money = { currencyCode: 'KRW', units: '9007199254740993', nanos: 1 };
    expect(toNanos(money)).toBe(9007199254740993000000001n);
    expect(fromNanos(toNanos(money), 'KRW')).toEqual(money);
    const owed = { currencyCode: 'EUR', units: '-1', nanos: -750_000_000 };
    expect(toNanos(owed)).toBe(-1_750_000_000n);
    expect(fromNanos(-1_750_000_000n, 'EUR')).toEqual(owed);
  });

  it('sums each currency by itself', () => {
    const sums = sumByCurrency([
      { currencyCode: 'KRW', units: '1', nanos: 999_999_999 },
      { currencyCode: 'USD', units: '2', nanos: 0 },
      undefined,
      { currencyCode: 'KRW', units: '0', nanos: 1 },
    ]);
    expect(sums).toEqual([
      { currencyCode: 'KRW', units: '2', nanos: 0 },
      { currencyCode: 'USD', units: '2', nanos: 0 },
    ]);
  });

  it('is read as people type it', () => {
    expect(parseAmount(' 1,234,567.89 ', 'USD')).toEqual({ currencyCode: 'USD', units: '1234567', nanos: 890_000_000 });
    expect(parseAmount('-0.5', 'USD')).toEqual({ currencyCode: 'USD', units: '0', nanos: -500_000_000 });
    expect(parseAmount('12 345', 'USD')?.units).toBe('12345');
    for (const wrong of ['', 'ten', '1.2.3', '1e9', '--1', '.5.', '1234,56', '1.234,56', '12,34', '1,2345', ',5', '1,,234']) expect(parseAmount(wrong, 'USD')).toBeUndefined();
  });

  it('survives being shown and typed again', () => {
    const next = random(7);
    for (let i = 0; i < 500; ++i) {
      const nanos = (BigInt(next(2 ** 31)) * 1_000_003n + BigInt(next(1000))) * (next(2) ? 1n : -1n);
      const money = fromNanos(nanos, 'KRW');
      expect(parseAmount(amountText(money), 'KRW')).toEqual(money);
    }
  });
});

describe('rounding', () => {
  it('is half away from zero', () => {
    expect(roundTo(1_050_000n, 6, 1)).toBe(11n);
    expect(roundTo(-1_050_000n, 6, 1)).toBe(-11n);
    expect(roundTo(1_049_999n, 6, 1)).toBe(10n);
    expect(roundTo(3n, 0, 2)).toBe(300n);
  });

  it('of parts sums to the rounded total and moves no part by a whole step', () => {
    const next = random(42);
    for (let i = 0; i < 1000; ++i) {
      const parts = Array.from({ length: 1 + next(6) }, () => BigInt(next(100_000_000)) - 50_000_000n);
      const rounded = roundParts(parts, 6, 1);
      const total = parts.reduce((a, b) => a + b, 0n);
      expect(rounded.reduce((a, b) => a + b, 0n)).toBe(roundTo(total, 6, 1));
      for (const [k, part] of parts.entries()) {
        const off = rounded[k]! * 100_000n - part;
        expect(off < 100_000n && off > -100_000n).toBe(true);
      }
    }
  });
});
