import { showCount, showDuration, showMoney, showShare } from '../format/show';
import type { Money } from '../format/exact';
import type { Stage } from '../api/types';
import { Empty, Loaded, Panel } from '../parts/panel';
import type { Slice } from '../parts/slice';
import { Table } from '../parts/table';
import { StageTag } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useSession } from '../state/session';

interface StageTime {
  stage: Stage;
  endedCount: string;
  openCount: string;
  medianTime?: string | null;
  p90Time?: string | null;
}
interface Velocity {
  openCount: string;
  wonCount: string;
  lostCount: string;
  winRate: number;
  cycleDays: number;
  averageWonAmount?: Money | null;
  velocity?: Money | null;
}

// How long customers stay in each stage, and how fast deals make money.
export function FlowPanel({ slice }: { slice: Slice }) {
  const { api } = useSession();
  const key = JSON.stringify(slice);
  const times = useAnswer(`stageTimes ${key}`, async (signal) => (await api.get<{ stages?: StageTime[] }>('/v1/funnel/stageTimes', { ...slice }, signal)).stages ?? []);
  const speed = useAnswer(`velocity ${key}`, async (signal) => (await api.get<{ rows?: Velocity[] }>('/v1/funnel/velocity', { ...slice }, signal)).rows?.[0]);
  return (
    <Panel title="Flow" note="how long they stay, and how fast deals make money">
      <Loaded answer={times} what="Time in stage" lines={5}>
        {(rows) => (
          <Table
            caption="Time in stage"
            rows={rows.filter((row) => row.stage !== 'LOST')}
            keyOf={(row) => row.stage}
            columns={[
              { head: 'Stage', cell: (row) => <StageTag stage={row.stage} /> },
              { head: 'Half are through in', number: true, cell: (row) => showDuration(row.medianTime) },
              { head: '90 % in', number: true, cell: (row) => showDuration(row.p90Time) },
              { head: 'Visits ended', number: true, cell: (row) => showCount(row.endedCount) },
              { head: 'Going on', number: true, cell: (row) => showCount(row.openCount) },
            ]}
          />
        )}
      </Loaded>
      {!times.error && (
        <Loaded answer={speed} what="Velocity" lines={1}>
          {(row) =>
            row ? (
              <p class="sum">
                {showCount(row.openCount)} open × {showMoney(row.averageWonAmount)} × {showShare(row.winRate)} won ÷ {showCount(Math.round(row.cycleDays))} days = <strong>{showMoney(row.velocity)} a day</strong>
              </p>
            ) : (
              <Empty>No deals yet.</Empty>
            )
          }
        </Loaded>
      )}
    </Panel>
  );
}
