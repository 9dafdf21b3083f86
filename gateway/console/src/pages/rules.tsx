import { useState } from 'preact/hooks';
import type { Department, Stage } from '../api/types';
import { showCount, showShare } from '../format/show';
import { words } from '../format/words';
import { FormDialog } from '../parts/dialog';
import { SelectField, TextField } from '../parts/form';
import { Empty, ErrorNotice, Loaded, Panel } from '../parts/panel';
import { Table } from '../parts/table';
import { Meter, Tag } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useSession } from '../state/session';

interface Requirement {
  id: string;
  description: string;
  supplier: Department;
  weight: number;
  customerType?: string;
  field?: string;
  [condition: string]: unknown;
}
interface RequirementSet {
  name: string;
  stage: Stage;
  requirements: Requirement[];
  etag: string;
}
interface Preview {
  customerCount: string;
  shortCountBefore: string;
  shortCountAfter: string;
  newlyShortCount: string;
  newlyCompleteCount: string;
}

// What must be known of a customer before it may enter a stage. Data, not code: an administrator changes it, and sees
// before saving how many customers would newly fall short.
export function RulesPage() {
  const { api, account } = useSession();
  const [turn, setTurn] = useState(0);
  const [editing, setEditing] = useState<RequirementSet>();
  const answer = useAnswer(`requirementSets ${turn}`, async (signal) => (await api.get<{ requirementSets?: RequirementSet[] }>('/v1/requirementSets', {}, signal)).requirementSets ?? []);
  return (
    <>
      <div class="page-head">
        <h1>What each stage asks for</h1>
      </div>
      {answer.error && <ErrorNotice error={answer.error} what="What each stage asks for" retry={answer.reload} />}
      <div class="columns">
        {(answer.data ?? []).map((set) => (
          <Panel
            key={set.name}
            title={words(set.stage)}
            note={`${set.requirements.length} pieces of information`}
            actions={
              account.role === 'ADMINISTRATOR' && (
                <button type="button" onClick={() => setEditing(set)}>
                  Change
                </button>
              )
            }
          >
            {set.requirements.length === 0 ? <Empty>It asks for nothing.</Empty> : <Requirements set={set} />}
          </Panel>
        ))}
      </div>
      {editing && <Change set={editing} onClose={() => setEditing(undefined)} onDone={() => setTurn((n) => n + 1)} />}
    </>
  );
}

function Requirements({ set }: { set: RequirementSet }) {
  const total = set.requirements.reduce((sum, one) => sum + one.weight, 0);
  return (
    <Table
      caption={`What ${words(set.stage).toLowerCase()} asks for`}
      rows={[...set.requirements].sort((a, b) => b.weight - a.weight)}
      keyOf={(one) => one.id}
      columns={[
        { head: 'Told when it is missing', cell: (one) => one.description },
        { head: 'Supplied by', cell: (one) => <Tag>{words(one.supplier) || 'Anyone'}</Tag> },
        {
          head: 'Counts',
          cell: (one) => (
            <>
              <Meter share={one.weight / total} label={showShare(one.weight / total)} /> <span class="small">{showShare(one.weight / total)}</span>
            </>
          ),
        },
      ]}
    />
  );
}

const fields: [string, string][] = [
  ['registration_number', 'Registration number'],
  ['industry', 'Industry'],
  ['employee_count', 'Employees'],
  ['annual_revenue', 'Annual revenue'],
  ['founded_year', 'Year of founding'],
  ['source', 'Source'],
  ['addresses', 'An address'],
  ['tags', 'A tag'],
  ['owner', 'An owner'],
];

function Change({ set, onClose, onDone }: { set: RequirementSet; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [requirements, setRequirements] = useState(set.requirements);
  const [adding, setAdding] = useState('');
  const preview = useAnswer(`${set.name} preview ${JSON.stringify(requirements)}`, (signal) => api.post<Preview>(`/v1/${set.name}:preview`, { requirementSet: { requirements } }, {}, signal));
  const change = (id: string, what: Partial<Requirement>) => setRequirements(requirements.map((one) => (one.id === id ? { ...one, ...what } : one)));
  const add = (field: string) => {
    setAdding('');
    const label = fields.find(([key]) => key === field)?.[1];
    if (label) setRequirements([...requirements, { id: field, description: `${label} is not known.`, supplier: 'SALES', weight: 1, field }]);
  };
  const send = async (requestId: (body: unknown) => string) => {
    const body = { requirements, etag: set.etag };
    await api.patch(`/v1/${set.name}`, body, { updateMask: 'requirements', requestId: requestId(body) });
    return `What ${words(set.stage).toLowerCase()} asks for is changed`;
  };
  return (
    <FormDialog title={`What ${words(set.stage).toLowerCase()} asks for`} submit="Save" send={send} onClose={onClose} onDone={onDone} wide disabled={requirements.some((one) => !(one.weight >= 1))}>
      <ul class="whole cards">
        {requirements.map((one) => (
          <li key={one.id} class="rule">
            <TextField label="Told when it is missing" value={one.description} onChange={(description) => change(one.id, { description })} required maxLength={255} />
            <SelectField label="Supplied by" value={one.supplier} options={['MARKETING', 'SALES', 'SERVICE']} onChange={(supplier) => change(one.id, { supplier: supplier as Department })} />
            <TextField label="Weight" type="number" value={String(one.weight)} onChange={(weight) => change(one.id, { weight: Number(weight) })} inputMode="numeric" required />
            <button type="button" class="link" onClick={() => setRequirements(requirements.filter((other) => other.id !== one.id))}>
              Remove<span class="unseen"> {one.description}</span>
            </button>
          </li>
        ))}
      </ul>
      <SelectField label="Ask for another field" value={adding} none="Choose…" options={fields.filter(([key]) => !requirements.some((one) => one.id === key))} onChange={add} />
      <div class="whole" aria-live="polite">
        <Loaded answer={preview} what="What it would do" lines={1}>
          {(data) => (
            <p>
              <strong>{showCount(data.newlyShortCount)}</strong> customers would newly fall short, {showCount(data.newlyCompleteCount)} no longer; {showCount(data.shortCountAfter)} of {showCount(data.customerCount)} in all (
              {showCount(data.shortCountBefore)} today).
            </p>
          )}
        </Loaded>
      </div>
    </FormDialog>
  );
}
