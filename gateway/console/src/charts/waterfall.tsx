import type { Score } from '../api/types';
import { showMicroShare, showMicros, showScaled, showSigned } from '../format/show';
import { words } from '../format/words';
import { Tag } from '../parts/tags';
import { waterfallOf } from './waterfall_steps';

// From the middle of all customers to this one's score, factor by factor.
export function ScoreWaterfall({ score }: { score: Score }) {
  const fall = waterfallOf(score);
  const lowest = Math.min(50, ...fall.steps.flatMap((s) => [s.from, s.to]));
  const highest = Math.max(50, ...fall.steps.flatMap((s) => [s.from, s.to]));
  // A little room on both sides, and never so narrow that small steps look big.
  const room = Math.max(3, (highest - lowest) * 0.08);
  const low = Math.max(0, Math.min(lowest - room, 40));
  const high = Math.min(100, Math.max(highest + room, 60));
  const at = (value: number) => `${((value - low) / (high - low)) * 100}%`;
  const width = (a: number, b: number) => `${(Math.abs(b - a) / (high - low)) * 100}%`;
  return (
    <div class="waterfall">
      <table>
        <caption class="unseen">How the score comes about</caption>
        <tbody>
          <tr>
            <th scope="row">The middle of all customers</th>
            <td class="bar">
              <span class="mark" style={{ left: at(50) }} />
            </td>
            <td class="number" data-step="baseline">
              {showScaled(fall.baselineTenths, 1)}
            </td>
            <td class="quiet small wide-only">a percentile of 50 in everything</td>
          </tr>
          {fall.steps.map((step, i) => {
            const factor = score.factors[i]!;
            return (
              <tr key={step.factor}>
                <th scope="row">
                  {words(step.factor)}
                  <span class="quiet small"> {showMicroShare(factor.weightMicros, 0)}</span>
                </th>
                <td class="bar">
                  <span class={`fill ${step.micros < 0n ? 'less' : 'more'}`} style={{ left: at(Math.min(step.from, step.to)), width: width(step.from, step.to) }} />
                  <span class="mark" style={{ left: at(step.to) }} />
                </td>
                <td class={`number ${step.micros < 0n ? 'less' : 'more'}`} data-step={step.factor} title={`${showSigned(step.micros, 6)} exactly; percentile ${showMicros(factor.scoreMicros)}`}>
                  {showSigned(step.tenths, 1)}
                </td>
                <td class="quiet small wide-only">{factor.explanation}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Score</th>
            <td class="bar">
              <span class="fill total" style={{ left: at(low), width: width(low, Number(score.scoreMicros) / 1e6) }} />
            </td>
            <td class="number" data-step="score" title={`${showMicros(score.scoreMicros, 6)} exactly`}>
              {showScaled(fall.scoreTenths, 1)}
            </td>
            <td class="wide-only">{fall.exact ? <span class="quiet small">adds up to the millionth</span> : <Tag kind="bad">does not add up</Tag>}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
