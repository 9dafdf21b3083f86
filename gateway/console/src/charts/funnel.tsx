import type { Funnel } from '../api/types';
import { showCount, showShare } from '../format/show';
import { words } from '../format/words';
import { Link } from '../parts/link';

// What each stage's customers are called when a figure is opened.
const stagePath = (stage: string, slice: string) => `/customers?view=stage&stage=${stage}${slice}`;

// Every customer is in exactly one of the stages, or lost, or dormant; so the figures of the second column add up to all.
export function funnelSum(funnel: Funnel): { parts: bigint[]; sum: bigint; whole: bigint } {
  const parts = [...funnel.stages.map((row) => BigInt(row.currentCount)), BigInt(funnel.lostCount), BigInt(funnel.dormantCount)];
  return { parts, sum: parts.reduce((a, b) => a + b, 0n), whole: BigInt(funnel.customerCount) };
}

export function FunnelChart({ funnel, slice = '' }: { funnel: Funnel; slice?: string }) {
  const widest = Math.max(1, ...funnel.stages.map((row) => Number(row.reachedCount)));
  const { parts, sum, whole } = funnelSum(funnel);
  return (
    <div class="funnel">
      <table>
        <caption class="unseen">Customers by stage</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Reached it</th>
            <th scope="col" class="number">
              <span title="Of those who reached the stage before">Conversion</span>
            </th>
            <th scope="col" class="number">
              In it now
            </th>
            <th scope="col" class="number">
              Lost here
            </th>
          </tr>
        </thead>
        <tbody>
          {funnel.stages.map((row, i) => (
            <tr key={row.stage} data-stage={row.stage}>
              <th scope="row">
                <Link to={stagePath(row.stage, slice)}>{words(row.stage)}</Link>
              </th>
              <td class="bar">
                <span class="track-of">
                  <span class={`fill stage-${row.stage.toLowerCase()}`} style={{ width: `${(Number(row.reachedCount) / widest) * 100}%` }} />
                  <span class="figure" data-figure="reached">
                    {showCount(row.reachedCount)}
                  </span>
                </span>
              </td>
              <td class="number quiet">{i === 0 ? '' : showShare(row.conversion, 1)}</td>
              <td class="number" data-figure="current">
                {showCount(row.currentCount)}
              </td>
              <td class="number" data-figure="lost">
                {showCount(row.lostCount)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="sum" data-sum={String(sum)} data-whole={String(whole)}>
        {parts.slice(0, 5).map(showBig).join(' + ')} in stages
        {' + '}
        <Link to={stagePath('LOST', slice)}>{showCount(funnel.lostCount)} lost</Link>
        {' + '}
        <Link to={stagePath('DORMANT', slice)}>{showCount(funnel.dormantCount)} dormant</Link>
        {' = '}
        <strong>{showCount(funnel.customerCount)} customers</strong>
        {sum !== whole && <span class="tag bad">The parts sum to {showCount(sum)}</span>}
        <span class="quiet"> · {showCount(funnel.recycledCount)} moved back or came back at least once</span>
      </p>
    </div>
  );
}

const showBig = (n: bigint) => showCount(n);
