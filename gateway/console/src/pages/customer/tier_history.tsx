import type { Factor, Tier } from '../../api/types';
import { showDay, showSigned, showMicros } from '../../format/show';
import { words } from '../../format/words';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Table } from '../../parts/table';
import { TierTag } from '../../parts/tags';
import { roundTo } from '../../format/exact';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface TierChange {
  asOfTime: string;
  fromTier: Tier;
  toTier: Tier;
  fromScoreMicros: string;
  toScoreMicros: string;
  driver: Factor;
  driverMicros: string;
}

export function TierHistory({ customer, turn }: { customer: string; turn: number }) {
  const { api } = useSession();
  const answer = useAnswer(`${customer}/tierChanges ${turn}`, async (signal) => (await api.get<{ tierChanges?: TierChange[] }>(`/v1/${customer}/tierChanges`, { pageSize: 50 }, signal)).tierChanges ?? []);
  return (
    <Panel title="Tier history">
      <Loaded answer={answer} what="The tier history" lines={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>The tier has not changed since the first scoring.</Empty>
          ) : (
            <Table
              caption="Changes of tier"
              rows={rows}
              keyOf={(row) => row.asOfTime + row.toTier}
              columns={[
                { head: 'As of', cell: (row) => showDay(row.asOfTime) },
                { head: 'From', cell: (row) => <TierTag tier={row.fromTier} /> },
                { head: 'To', cell: (row) => <TierTag tier={row.toTier} /> },
                { head: 'Score', number: true, cell: (row) => showMicros(row.toScoreMicros) },
                {
                  head: 'Moved most by',
                  cell: (row) =>
                    words(row.driver) ? (
                      <span>
                        {words(row.driver)} <span class="quiet">{showSigned(roundTo(BigInt(row.driverMicros), 6, 1), 1)}</span>
                      </span>
                    ) : (
                      <span class="quiet">{words(row.fromTier) ? 'the boundaries' : 'first scoring'}</span>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
