import { useState } from 'preact/hooks';
import type { Funnel, Representative, Team } from '../api/types';
import { showCount, showDuration, showShare } from '../format/show';
import { words } from '../format/words';
import { Link, Named } from '../parts/link';
import { Empty, Loaded, Panel } from '../parts/panel';
import { Table } from '../parts/table';
import { Tag } from '../parts/tags';
import { useNames } from '../state/directory';
import { useAnswer } from '../state/query';
import { useSession } from '../state/session';

// Teams nest; each is shown with the people in it, and how its funnel converts.
export function TeamsPage() {
  const directory = useNames(useSession().directory);
  const teams = [...directory.teams.values()];
  const tops = teams.filter((team) => !directory.teams.has(team.parent));
  return (
    <>
      <div class="page-head">
        <h1>Teams</h1>
      </div>
      <Departments />
      <Panel title="Teams and their people" note="figures are over what you may see">
        {tops.length === 0 ? (
          <Empty>No teams yet.</Empty>
        ) : (
          <ul class="tree">
            {tops.map((team) => (
              <Branch key={team.name} team={team} teams={teams} people={[...directory.representatives.values()]} depth={0} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

function Branch({ team, teams, people, depth }: { team: Team; teams: Team[]; people: Representative[]; depth: number }) {
  const [open, setOpen] = useState(depth < 2);
  const below = teams.filter((one) => one.parent === team.name);
  const own = people.filter((one) => one.team === team.name).sort((a, b) => Number(b.manager) - Number(a.manager) || a.displayName.localeCompare(b.displayName));
  return (
    <li>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <strong>{team.displayName}</strong> <span class="quiet small">{own.length > 0 && `${own.length} people`}</span>
          {open && <TeamFigures team={team.name} />}
        </summary>
        {own.length > 0 && (
          <ul class="people-list">
            {own.map((one) => (
              <li key={one.name}>
                <Link to={`/customers?owner=${encodeURIComponent(one.name)}`}>{one.displayName}</Link>
                {one.manager && <Tag>Manager</Tag>}
                <span class="quiet small">{words(one.department)}</span>
                {one.state === 'INACTIVE' && <Tag kind="warn">Inactive</Tag>}
              </li>
            ))}
          </ul>
        )}
        {below.length > 0 && depth < 20 && (
          <ul>
            {below.map((one) => (
              <Branch key={one.name} team={one} teams={teams} people={people} depth={depth + 1} />
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}

function TeamFigures({ team }: { team: string }) {
  const { api } = useSession();
  const answer = useAnswer(`${team} funnel`, (signal) => api.get<Funnel>('/v1/funnel', { team }, signal));
  const funnel = answer.data;
  if (!funnel || funnel.customerCount === '0') return <span class="quiet small">{funnel ? 'no customers' : ''}</span>;
  const first = Number(funnel.stages[0]?.reachedCount) || 1;
  const ordered = Number(funnel.stages.find((row) => row.stage === 'ORDER')?.reachedCount);
  const again = Number(funnel.stages.find((row) => row.stage === 'REPURCHASE')?.reachedCount);
  return (
    <span class="team-figures small">
      <Link to={`/?team=${encodeURIComponent(team)}`}>{showCount(funnel.customerCount)} customers</Link>
      <span>{showShare(ordered / first)} ordered</span>
      <span>{showShare(again / first)} bought again</span>
    </span>
  );
}

interface DepartmentRow {
  department: string;
  team: string;
  representative: string;
  transitionCount: string;
  handedOverCount: string;
  acceptedCount: string;
  bouncedCount: string;
  pendingCount: string;
  lostCount: string;
  medianDwell?: string | null;
  p90Dwell?: string | null;
  repurchaseCount: string;
}

function Departments() {
  const { api } = useSession();
  const answer = useAnswer('departments', async (signal) => (await api.get<{ rows?: DepartmentRow[] }>('/v1/departments', {}, signal)).rows ?? []);
  return (
    <Panel title="Departments" note="what they hand over, and whether the next one keeps it">
      <Loaded answer={answer} what="The figures of departments" lines={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No moves yet.</Empty>
          ) : (
            <Table
              caption="Departments"
              rows={rows}
              keyOf={(row) => row.department + row.team + row.representative}
              columns={[
                { head: 'Department', cell: (row) => <strong>{words(row.department) || <Named resource={row.team} />}</strong> },
                { head: 'Handed over', number: true, cell: (row) => showCount(row.handedOverCount) },
                { head: 'Accepted', number: true, cell: (row) => showCount(row.acceptedCount) },
                { head: 'Bounced back', number: true, cell: (row) => showCount(row.bouncedCount) },
                { head: 'Pending', number: true, cell: (row) => showCount(row.pendingCount) },
                { head: 'Lost', number: true, cell: (row) => showCount(row.lostCount) },
                { head: 'Median stay', number: true, cell: (row) => showDuration(row.medianDwell) },
                { head: 'Re-purchases', number: true, cell: (row) => showCount(row.repurchaseCount) },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
