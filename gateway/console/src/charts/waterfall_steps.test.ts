import { describe, expect, it } from 'vitest';
import type { Score } from '../api/types';
import { waterfallOf } from './waterfall_steps';

function scoreOf(contributions: number[], off = 0): Score {
  const sum = contributions.reduce((a, b) => a + b, 50_000_000);
  return {
    baselineMicros: '50000000',
    scoreMicros: String(sum + off),
    factors: contributions.map((c, i) => ({ factor: `F${i}`, contributionMicros: String(c) })),
  } as unknown as Score;
}

describe('waterfallOf', () => {
  it('shows tenths that add up, whatever the millionths are', () => {
    let state = 12345;
    const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
    for (let i = 0; i < 500; ++i) {
      const fall = waterfallOf(scoreOf(Array.from({ length: 5 }, () => Math.round((next() - 0.5) * 2e7))));
      expect(fall.exact).toBe(true);
      expect(fall.steps.reduce((sum, step) => sum + step.tenths, fall.baselineTenths)).toBe(fall.scoreTenths);
      fall.steps.forEach((step, k) => expect(step.from).toBeCloseTo(k === 0 ? 50 : fall.steps[k - 1]!.to, 9));
    }
  });
  it('says when the figures do not add up', () => {
    expect(waterfallOf(scoreOf([1_000_000, -2_000_000], 1)).exact).toBe(false);
  });
});
