import { useState } from 'preact/hooks';
import { type Factor, type Tier, tiers } from '../../api/types';
import { type Money, roundTo } from '../../format/exact';
import { showCount, showDay, showMicroShare, showSigned } from '../../format/show';
import { words } from '../../format/words';
import { SelectField } from '../../parts/form';
import { CustomerLink } from '../../parts/link';
import { Empty, Loaded, Panel } from '../../parts/panel';
import type { Slice } from '../../parts/slice';
import { PagedTable } from '../../parts/table';
import { TierTag } from '../../parts/tags';
import { useAnswer, usePages } from '../../state/query';
import { useSession } from '../../state/session';

interface Cell {
  toTier: Tier;
  customerCount: string;
  shareMicros: string;
  drivers?: { factor: Factor; customerCount: string }[];
}
interface Row {
  fromTier: Tier;
  customerCount: string;
  cells: Cell[];
}
interface Migration {
  rows: Row[];
  from: { asOfTime: string; customerCount: string };
  to: { asOfTime: string; customerCount: string };
  expectations?: { tier: Tier; meanProfit: Money; expectedValue: Money }[];
}
interface Run {
  name: string;
  state: string;
  purpose: string;
  asOfTime: string;
}
interface Moved {
  customer: string;
  fromTier: Tier;
  toTier: Tier;
  fromScoreMicros: string;
  toScoreMicros: string;
  driver?: Factor;
}

// Who moved between the tiers since a run: a row for where they were, a column for where they are.
export function MigrationPanel({ slice }: { slice: Slice }) {
  const { api } = useSession();
  const runs = useAnswer('runs', async (signal) => ((await api.get<{ scoringRuns?: Run[] }>('/v1/scoringRuns', { pageSize: 100 }, signal)).scoringRuns ?? []).filter((run) => run.state === 'FINISHED' && run.purpose !== 'PREVIEW'));
  const [chosen, setChosen] = useState('');
  const [cell, setCell] = useState<[Tier, Tier]>();
  // The run before the newest: the newest is the state in force.
  const from = chosen || (runs.data?.[1] ?? runs.data?.[0])?.name || '';
  const span = { 'span.fromRun': from, 'span.team': slice.team, 'span.owner': slice.owner, 'span.industry': slice.industry, 'span.targetMarket': slice.targetMarket };
  const answer = useAnswer(from ? `migration ${JSON.stringify(span)}` : null, (signal) => api.get<Migration>('/v1/migration', span, signal));
  return (
    <Panel
      title="Migration"
      note={answer.data ? `from ${showDay(answer.data.from.asOfTime)} to ${showDay(answer.data.to.asOfTime)}` : 'who moved between the tiers'}
      actions={
        runs.data && runs.data.length > 0 ? (
          <SelectField label="Since" value={from} options={runs.data.map((run): [string, string] => [run.name, showDay(run.asOfTime)])} onChange={setChosen} class="inline" />
        ) : undefined
      }
    >
      <Loaded answer={runs} what="Migration between tiers" lines={6}>
        {(list) =>
          list.length === 0 ? (
            <Empty>Nobody was scored yet, so there is nothing to compare.</Empty>
          ) : (
            <Loaded answer={answer} what="Migration between tiers" lines={6}>
              {(data) => <Matrix data={data} chosen={cell} onChoose={setCell} />}
            </Loaded>
          )
        }
      </Loaded>
      {cell && <Behind span={span} cell={cell} />}
    </Panel>
  );
}

const tierName = (tier: Tier) => words(tier) || 'New';

function Matrix({ data, chosen, onChoose }: { data: Migration; chosen: [Tier, Tier] | undefined; onChoose: (cell: [Tier, Tier]) => void }) {
  return (
    <div class="scroll">
      <table class="matrix">
        <caption class="unseen">Customers by tier before and now</caption>
        <thead>
          <tr>
            <th scope="col">From ╲ to</th>
            {tiers.map((tier) => (
              <th scope="col" key={tier} class="number">
                {words(tier)}
              </th>
            ))}
            <th scope="col" class="number">
              All
            </th>
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.fromTier}>
              <th scope="row">
                {words(row.fromTier) ? <TierTag tier={row.fromTier} /> : <span class="tag">New</span>}
              </th>
              {row.cells.map((cell) => {
                const share = Number(cell.shareMicros) / 1e6;
                const up = tiers.indexOf(cell.toTier as (typeof tiers)[number]) < tiers.indexOf(row.fromTier as (typeof tiers)[number]);
                const same = cell.toTier === row.fromTier;
                return (
                  <td key={cell.toTier} class={`number cell ${same ? 'same' : up || !words(row.fromTier) ? 'up' : 'down'}`}>
                    <span class="heat" style={{ opacity: Math.sqrt(share) * 0.5 }} />
                    <button
                      type="button"
                      class="link"
                      disabled={cell.customerCount === '0'}
                      aria-pressed={chosen?.[0] === row.fromTier && chosen[1] === cell.toTier}
                      title={`${showMicroShare(cell.shareMicros)} of ${tierName(row.fromTier).toLowerCase()} customers`}
                      onClick={() => onChoose([row.fromTier, cell.toTier])}
                    >
                      {showCount(cell.customerCount)}
                    </button>
                  </td>
                );
              })}
              <td class="number">{showCount(row.customerCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Behind({ span, cell: [from, to] }: { span: Record<string, string>; cell: [Tier, Tier] }) {
  const { api } = useSession();
  const filter = `from_tier = ${from} AND to_tier = ${to}`;
  const pages = usePages<Moved>(`migrations ${filter} ${JSON.stringify(span)}`, async (pageToken, signal) => {
    const answer = await api.get<{ migrations?: Moved[]; nextPageToken: string }>('/v1/migrations', { ...span, filter, pageSize: 20, pageToken }, signal);
    return { items: answer.migrations ?? [], nextPageToken: answer.nextPageToken };
  });
  return (
    <section class="behind">
      <h3>
        {tierName(from)} → {words(to)}
      </h3>
      <PagedTable
        pages={pages}
        what="Who moved"
        empty="Nobody."
        keyOf={(row) => row.customer}
        columns={[
          { head: 'Customer', cell: (row) => <CustomerLink customer={row.customer} /> },
          { head: 'Score', number: true, cell: (row) => showSigned(roundTo(BigInt(row.toScoreMicros) - BigInt(row.fromScoreMicros), 6, 1), 1) },
          { head: 'Moved most by', cell: (row) => words(row.driver) || <span class="quiet">the boundaries, or others</span> },
        ]}
      />
    </section>
  );
}
