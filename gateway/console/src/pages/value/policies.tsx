import { Empty, Loaded, Panel } from '../../parts/panel';
import { Table } from '../../parts/table';
import { Tag } from '../../parts/tags';
import { words } from '../../format/words';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface Policy {
  name: string;
  displayName: string;
  condition: string;
  goal: string;
  state?: string;
}

// When a customer's value changes, policies say what to do.
export function PoliciesPanel() {
  const { api } = useSession();
  const answer = useAnswer('policies', async (signal) => (await api.get<{ policies?: Policy[] }>('/v1/policies', { pageSize: 100 }, signal)).policies ?? []);
  return (
    <Panel title="Policies" note="what a change of value recommends">
      <Loaded answer={answer} what="The list of policies" lines={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No policies yet.</Empty>
          ) : (
            <Table
              caption="Policies"
              rows={rows}
              keyOf={(row) => row.name}
              columns={[
                { head: 'Policy', cell: (row) => <strong>{row.displayName}</strong> },
                { head: 'When', cell: (row) => <code>{row.condition}</code> },
                { head: 'Goal', cell: (row) => <Tag>{words(row.goal)}</Tag> },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
