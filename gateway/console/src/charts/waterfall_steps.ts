// The steps of a score's waterfall, in tenths that add up on the screen exactly as the millionths do.
import type { Factor, Score } from '../api/types';
import { roundParts, roundTo } from '../format/exact';

export interface Step {
  factor: Factor;
  from: number; // Where the bar begins, 0 to 100.
  to: number;
  tenths: bigint; // The contribution as shown.
  micros: bigint; // … and as it is.
}
export interface Waterfall {
  baselineTenths: bigint;
  scoreTenths: bigint;
  steps: Step[];
  exact: boolean; // The server's own figures add up.
}

export function waterfallOf(score: Score): Waterfall {
  const baseline = BigInt(score.baselineMicros);
  const micros = score.factors.map((f) => BigInt(f.contributionMicros));
  // The baseline is a part, too, so that what is shown sums to what is shown as the score.
  const [baselineTenths, ...tenths] = roundParts([baseline, ...micros], 6, 1);
  let at = baseline;
  const steps = score.factors.map((f, i) => {
    const from = at;
    at += micros[i]!;
    return { factor: f.factor, from: Number(from) / 1e6, to: Number(at) / 1e6, tenths: tenths[i]!, micros: micros[i]! };
  });
  return {
    baselineTenths: baselineTenths!,
    scoreTenths: roundTo(at, 6, 1),
    steps,
    exact: at === BigInt(score.scoreMicros),
  };
}
