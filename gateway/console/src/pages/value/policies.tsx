import { useState } from 'preact/hooks';
import type { Department, ScoringModel } from '../../api/types';
import { type Money, parseAmount } from '../../format/exact';
import { showCount, showDay, showMoney, showShare } from '../../format/show';
import { words } from '../../format/words';
import { FormDialog } from '../../parts/dialog';
import { AreaField, SelectField, TextField } from '../../parts/form';
import { CustomerLink } from '../../parts/link';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { PagedTable, Table } from '../../parts/table';
import { Tag } from '../../parts/tags';
import { useAnswer, usePages } from '../../state/query';
import { useSession } from '../../state/session';
import type { Recommendation } from '../customer/advice';

interface Policy {
  name: string;
  displayName: string;
  condition: string;
  goal: string;
  department: Department;
  recommendedAction: string;
  priority: number;
  disabled: boolean;
}

// When a customer's value changes, policies say what to do; what was done is measured against those held out.
export function PoliciesPanel() {
  const { api } = useSession();
  const answer = useAnswer('policies', async (signal) => (await api.get<{ policies?: Policy[] }>('/v1/policies', { pageSize: 100 }, signal)).policies ?? []);
  const [policy, setPolicy] = useState('');
  const [planning, setPlanning] = useState<Policy>();
  const [turn, setTurn] = useState(0);
  const { mayWrite } = useSession();
  return (
    <>
      <Panel title="Policies" note="what a change of value recommends">
        <Loaded answer={answer} what="Policies" lines={3}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty>No policies yet.</Empty>
            ) : (
              <Table
                caption="Policies"
                rows={rows}
                keyOf={(row) => row.name}
                columns={[
                  {
                    head: 'Policy',
                    cell: (row) => (
                      <>
                        <button type="button" class="link" aria-pressed={policy === row.name} onClick={() => setPolicy(policy === row.name ? '' : row.name)}>
                          <strong>{row.displayName}</strong>
                        </button>
                        {row.disabled && <Tag kind="warn">Off</Tag>}
                      </>
                    ),
                  },
                  { head: 'When', cell: (row) => <code class="small">{row.condition}</code> },
                  { head: 'Then', cell: (row) => row.recommendedAction },
                  { head: 'For', cell: (row) => <Tag kind="good">{words(row.goal)}</Tag> },
                  { head: 'Who', cell: (row) => words(row.department) },
                  {
                    head: 'Do',
                    cell: (row) =>
                      mayWrite ? (
                        <button type="button" class="link" onClick={() => setPlanning(row)}>
                          Plan an action
                        </button>
                      ) : null,
                  },
                ]}
              />
            )
          }
        </Loaded>
        {policy && <Recommended policy={policy} />}
      </Panel>
      {!answer.error && <Actions turn={turn} />}
      {planning && <PlanAction policy={planning} onClose={() => setPlanning(undefined)} onDone={() => setTurn((n) => n + 1)} />}
    </>
  );
}

function Recommended({ policy }: { policy: string }) {
  const { api } = useSession();
  const pages = usePages<Recommendation>(`recommendations ${policy}`, async (pageToken, signal) => {
    const answer = await api.get<{ recommendations?: Recommendation[]; nextPageToken: string }>('/v1/recommendations', { policy, pageSize: 20, pageToken }, signal);
    return { items: answer.recommendations ?? [], nextPageToken: answer.nextPageToken };
  });
  return (
    <section class="behind">
      <h3>For whom</h3>
      <PagedTable
        pages={pages}
        what="Recommendations"
        empty="Its condition holds for nobody now."
        keyOf={(row) => row.customer}
        columns={[
          { head: 'Customer', cell: (row) => <CustomerLink customer={row.customer} /> },
          { head: 'Why', cell: (row) => <span class="quiet">{row.reason}</span> },
        ]}
      />
    </section>
  );
}

interface Action {
  name: string;
  displayName: string;
  goal: string;
  department: Department;
  cost?: Money | null;
  treatedCount: string;
  heldOutCount: string;
  outcomeEndTime: string;
}
interface Effect {
  verdict: string;
  explanation: string;
  uplift?: Money | null;
  incrementalReturn?: number;
  requiredCustomerCount: string;
  complete: boolean;
}

function Actions({ turn }: { turn: number }) {
  const { api } = useSession();
  const answer = useAnswer(`actions ${turn}`, async (signal) => (await api.get<{ actions?: Action[] }>('/v1/actions', { pageSize: 50 }, signal)).actions ?? []);
  return (
    <Panel title="Actions" note="measured against customers who were held out at random">
      <Loaded answer={answer} what="Actions" lines={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Nothing was planned yet.</Empty>
          ) : (
            <Table
              caption="Actions"
              rows={rows}
              keyOf={(row) => row.name}
              columns={[
                { head: 'Action', cell: (row) => <strong>{row.displayName}</strong> },
                { head: 'For', cell: (row) => <Tag kind="good">{words(row.goal)}</Tag> },
                { head: 'Treated', number: true, cell: (row) => showCount(row.treatedCount) },
                { head: 'Held out', number: true, cell: (row) => showCount(row.heldOutCount) },
                { head: 'Cost', number: true, cell: (row) => showMoney(row.cost) },
                { head: 'Counts until', cell: (row) => showDay(row.outcomeEndTime) },
                { head: 'What it brought', cell: (row) => <EffectCell action={row.name} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

// Measuring reads all facts of all that were chosen, so it is asked for, one action at a time.
function EffectCell({ action }: { action: string }) {
  const { api } = useSession();
  const [wanted, setWanted] = useState(false);
  const answer = useAnswer(wanted ? `${action} effect` : null, (signal) => api.get<Effect>(`/v1/${action}:measure`, {}, signal));
  const effect = answer.data;
  if (!wanted)
    return (
      <button type="button" class="link" onClick={() => setWanted(true)}>
        Measure
      </button>
    );
  if (!effect) return <span class="quiet small">{answer.error ? answer.error.message : '…'}</span>;
  const kind = effect.verdict === 'GAIN' ? 'good' : effect.verdict === 'LOSS' || effect.verdict === 'SAMPLE_RATIO_MISMATCH' ? 'bad' : 'warn';
  return (
    <span>
      <Tag kind={kind}>{words(effect.verdict)}</Tag> {showMoney(effect.uplift)}
      {effect.incrementalReturn !== undefined && <span class="quiet"> return {showShare(effect.incrementalReturn)}</span>}
      <span class="quiet small"> {effect.explanation}</span>
    </span>
  );
}

function PlanAction({ policy, onClose, onDone }: { policy: Policy; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const model = useAnswer('current model', (signal) => api.get<ScoringModel>('/v1/scoringModels/current', {}, signal));
  const currency = model.data?.baseCurrencyCode ?? '';
  const [name, setName] = useState(policy.recommendedAction.slice(0, 200));
  const [cost, setCost] = useState('');
  const [share, setShare] = useState('20');
  const [days, setDays] = useState('90');
  // Not the time of sending: pressing again after a lost answer sends the same, and plans nothing twice.
  const [opened] = useState(() => Math.floor(Date.now() / 60_000) * 60_000);
  const money = cost.trim() ? parseAmount(cost, currency) : undefined;
  const send = async (requestId: (body: unknown) => string) => {
    const action = {
      displayName: name.trim(),
      goal: policy.goal,
      department: policy.department,
      policy: policy.name,
      holdOutShareMicros: String(Math.round(Number(share) * 10_000)),
      outcomeEndTime: new Date(opened + Number(days) * 86_400_000).toISOString(),
      ...(money && { cost: money }),
    };
    const planned = await api.post<Action>('/v1/actions:plan', { action, requestId: requestId(action) });
    return `Planned for ${showCount(planned.treatedCount)} customers; ${showCount(planned.heldOutCount)} are held out`;
  };
  return (
    <FormDialog title="Plan an action" submit="Choose the customers" send={send} onClose={onClose} onDone={onDone} disabled={cost.trim() !== '' && !money}>
      <AreaField label="What is done" value={name} onChange={setName} required maxLength={200} rows={2} />
      <TextField label={`Cost, all in all${currency && `, ${currency}`}`} value={cost} onChange={setCost} inputMode="decimal" />
      <SelectField label="Held out, to compare with" value={share} options={[['10', '10 %'], ['20', '20 %'], ['30', '30 %'], ['50', '50 %']]} onChange={setShare} />
      <TextField label="Its outcome counts for days" type="number" value={days} onChange={setDays} inputMode="numeric" required />
      <p class="whole small quiet">Among the customers for whom the policy holds, some are chosen at random and left alone. What the others bring beyond them is the effect.</p>
    </FormDialog>
  );
}
