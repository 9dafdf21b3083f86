import { useState } from 'preact/hooks';
import type { Customer, FollowUp, Interaction, Stage, Tier } from '../api/types';
import { asApiError } from '../api/status';
import { newRequestId } from '../api/client';
import { showAgo, showCount, showTime } from '../format/show';
import { allOf, quoted, words } from '../format/words';
import { AreaField, SelectField, TextField } from '../parts/form';
import { FormDialog } from '../parts/dialog';
import { CustomerLink, Named } from '../parts/link';
import { Empty, Loaded, Panel } from '../parts/panel';
import { PagedTable } from '../parts/table';
import { StageTag, Tag, TierTag } from '../parts/tags';
import { say } from '../parts/toast';
import { useAnswer, usePages } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';
import { localNow } from './customer/log_interaction';

// What somebody should do next, and why. A representative sees their own; managers those of their teams.
export function InboxPage() {
  const { api, account, mayWrite } = useSession();
  const [query, set] = useParameters();
  const state = query.get('state') || 'OPEN';
  const kind = query.get('kind') ?? '';
  const own = account.subject.startsWith('representatives/') && account.role === 'REPRESENTATIVE';
  const [turn, setTurn] = useState(0);
  const [finishing, setFinishing] = useState<FollowUp>();
  const filter = allOf(kind && `kind = ${kind}`, own && `owner = ${quoted(account.subject)}`);
  const pages = usePages<FollowUp>(`followUps ${filter} ${state} ${turn}`, async (pageToken, signal) => {
    const answer = await api.get<{ followUps?: FollowUp[]; nextPageToken: string }>('/v1/followUps', { filter, states: [state], pageSize: 50, pageToken }, signal);
    return { items: answer.followUps ?? [], nextPageToken: answer.nextPageToken };
  });
  const again = () => setTurn((n) => n + 1);
  const snooze = async (one: FollowUp, days: number) => {
    const until = new Date(Date.now() + days * 86_400_000).toISOString();
    try {
      await api.post(`/v1/${one.name}:snooze`, { snoozeUntil: until, etag: one.etag, requestId: newRequestId() });
      say(days === 1 ? 'Hidden until tomorrow' : `Hidden for ${days} days`);
    } catch (error) {
      say(asApiError(error).message);
    }
    again();
  };
  return (
    <>
      <div class="page-head">
        <h1>Inbox</h1>
        <div class="filters">
          <SelectField label="Show" value={state} options={[['OPEN', 'Open'], ['SNOOZED', 'Snoozed'], ['DONE', 'Done']]} onChange={(value) => set({ state: value })} />
          <SelectField label="Kind" value={kind} none="All" options={['REMINDER', 'REPURCHASE', 'STALLED']} onChange={(value) => set({ kind: value })} />
        </div>
      </div>
      <div class={own ? '' : 'columns wide-first'}>
        <Panel title="Follow-ups" note="due first">
          <PagedTable
            pages={pages}
            what="The list of follow-ups"
            empty={state === 'OPEN' ? 'Nothing to do: everything is followed up.' : 'None.'}
            keyOf={(row) => row.name}
            columns={[
              {
                head: 'Due',
                cell: (row) => (
                  <span class={row.state === 'OPEN' && Date.parse(row.dueTime) < Date.now() ? 'late' : ''} title={showTime(row.dueTime)}>
                    {showAgo(row.dueTime)}
                  </span>
                ),
              },
              { head: 'Customer', cell: (row) => <CustomerLink customer={row.customer} /> },
              {
                head: 'What to do, and why',
                cell: (row) => (
                  <span>
                    <Tag kind={row.kind === 'STALLED' ? 'warn' : ''}>{words(row.kind)}</Tag> {row.why}
                    {row.note && <span class="quiet small"> {row.note}</span>}
                  </span>
                ),
              },
              {
                head: 'Whose',
                cell: (row) => (
                  <span>
                    <Named resource={row.owner} none="the pool" />
                    {row.addressee === 'MANAGER' && <Tag kind="warn">Manager</Tag>}
                  </span>
                ),
              },
              {
                head: 'Do',
                cell: (row) =>
                  mayWrite && row.state !== 'DONE' ? (
                    <span class="row-actions">
                      <button type="button" onClick={() => setFinishing(row)}>
                        Done
                      </button>
                      <button type="button" class="link" onClick={() => void snooze(row, 1)}>
                        Tomorrow
                      </button>
                      <button type="button" class="link" onClick={() => void snooze(row, 7)}>
                        In a week
                      </button>
                    </span>
                  ) : null,
              },
            ]}
          />
        </Panel>
        {!own && (
          <div class="stack">
            <Load turn={turn} />
            <Stalled />
          </div>
        )}
      </div>
      <Planned />
      {finishing && <Finish followUp={finishing} onClose={() => setFinishing(undefined)} onDone={again} />}
    </>
  );
}

function Load({ turn }: { turn: number }) {
  const { api } = useSession();
  const answer = useAnswer(`followUps load ${turn}`, async (signal) => (await api.get<{ rows?: { owner: string; openCount: string; overdueCount: string; snoozedCount: string }[] }>('/v1/followUps:summarize', {}, signal)).rows ?? []);
  return (
    <Panel title="Who has how much to do">
      <Loaded answer={answer} what="The load">
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Nobody has anything to do.</Empty>
          ) : (
            <ul class="lines">
              {[...rows]
                .sort((a, b) => Number(b.overdueCount) - Number(a.overdueCount))
                .map((row) => (
                  <li key={row.owner}>
                    <Named resource={row.owner} none="In the pool" />
                    <span class="number">{showCount(row.openCount)} open</span>
                    <span class={`number small ${row.overdueCount === '0' ? 'quiet' : 'late'}`}>{showCount(row.overdueCount)} overdue</span>
                  </li>
                ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface StalledRow {
  stage: Stage;
  tier: Tier;
  level: string;
  customerCount: string;
}

// Customers without contact or progress for longer than their stage and tier allow, and how far that was escalated.
function Stalled() {
  const { api } = useSession();
  const answer = useAnswer('stalled', async (signal) => (await api.get<{ rows?: StalledRow[] }>('/v1/stalledCustomers:summarize', {}, signal)).rows ?? []);
  return (
    <Panel title="Standing still">
      <Loaded answer={answer} what="Standing still" lines={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Nobody stands still.</Empty>
          ) : (
            <ul class="lines">
              {rows.map((row) => (
                <li key={row.stage + row.tier + row.level}>
                  <span>
                    <StageTag stage={row.stage} /> <TierTag tier={row.tier} />
                  </span>
                  <span class="quiet small">{words(row.level).replace('Stall ', '')}</span>
                  <span class="number">{showCount(row.customerCount)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Finish({ followUp, onClose, onDone }: { followUp: FollowUp; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [note, setNote] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { note: note.trim(), etag: followUp.etag };
    await api.post(`/v1/${followUp.name}:complete`, { ...body, requestId: requestId(body) });
    return 'Done';
  };
  return (
    <FormDialog title="Done" submit="Done" send={send} onClose={onClose} onDone={onDone}>
      <p class="whole">{followUp.why}</p>
      <AreaField label="What came of it" value={note} onChange={setNote} maxLength={1000} />
    </FormDialog>
  );
}

export function AddReminder({ customer, onClose, onDone }: { customer: string; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [why, setWhy] = useState('');
  const [due, setDue] = useState(localNow);
  const send = async (requestId: (body: unknown) => string) => {
    const body = { customer, why: why.trim(), dueTime: new Date(due).toISOString() };
    await api.post('/v1/followUps', body, { requestId: requestId(body) });
    return 'The reminder is in the inbox';
  };
  return (
    <FormDialog title="Remind me" submit="Remind" send={send} onClose={onClose} onDone={onDone}>
      <AreaField label="What to do" value={why} onChange={setWhy} required maxLength={1000} rows={2} />
      <TextField label="When" type="datetime-local" value={due} onChange={setDue} required />
    </FormDialog>
  );
}

// Contacts that are planned for the customers one changed last: there is no list of them over all customers.
function Planned() {
  const { api, account } = useSession();
  const own = account.role === 'REPRESENTATIVE';
  const answer = useAnswer(own ? 'planned' : null, async (signal) => {
    const { customers = [] } = await api.get<{ customers?: Customer[] }>('/v1/customers', { orderBy: 'update_time desc', pageSize: 20, filter: `owner = ${quoted(account.subject)}` }, signal);
    const lists = await Promise.all(customers.map(async (c) => (await api.get<{ interactions?: Interaction[] }>(`/v1/${c.name}/interactions`, { pageSize: 10 }, signal)).interactions ?? []));
    return lists.flat().filter((one) => one.state === 'PLANNED').sort((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
  });
  if (!own || answer.data?.length === 0) return null;
  return (
    <Panel title="Planned contacts" note="of the 20 customers that changed last">
      <Loaded answer={answer} what="Planned contacts">
        {(rows) => (
          <ul class="lines">
            {rows.map((row) => (
              <li key={row.name}>
                <span title={showTime(row.eventTime)} class={Date.parse(row.eventTime) < Date.now() ? 'late' : ''}>
                  {showAgo(row.eventTime)}
                </span>
                <CustomerLink customer={row.name.split('/').slice(0, 2).join('/')} />
                <span>
                  {words(row.channel)}
                  {row.subject && `: ${row.subject}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
