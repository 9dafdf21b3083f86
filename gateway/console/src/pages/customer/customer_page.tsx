import { useState } from 'preact/hooks';
import { type Completeness, type Customer, type Journey, type Score, type Transition, idOf, stages, type Stage } from '../../api/types';
import { JourneyTrack } from '../../charts/track';
import { ScoreWaterfall } from '../../charts/waterfall';
import { showDay, showMicroShare, showMicros, showMoney, showShare } from '../../format/show';
import { words } from '../../format/words';
import { Link, Named, CustomerLink } from '../../parts/link';
import { Empty, ErrorNotice, Loaded, Panel, Skeleton } from '../../parts/panel';
import { Meter, StageTag, Tag, TierTag } from '../../parts/tags';
import { type Answer, useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { Advice, Duplicates } from './advice';
import { Contacts, Needs } from './people';
import { Deals, Orders } from './deals';
import { AddReminder } from '../inbox';
import { EditCustomer } from './edit_customer';
import { LogInteraction } from './log_interaction';
import { MissingItems, MoveJourney } from './move_journey';
import { AddNeed } from './add_need';
import { Projects } from './projects';
import { Timeline } from './timeline';
import { TierHistory } from './tier_history';
import { Ownership } from './ownership';

export function nextStage(journey: Journey | undefined): Stage {
  const at = stages.indexOf(journey?.stage as (typeof stages)[number]);
  return stages[Math.min(at + 1, stages.length - 1)]!;
}

type Doing = 'edit' | 'interaction' | 'need' | 'move' | 'reminder' | undefined;

// All that is known of one customer. Each part is asked for by itself, so that a part that cannot be had says so and the
// others are shown.
export function CustomerPage({ name }: { name: string }) {
  const { api, directory, mayWrite } = useSession();
  const [doing, setDoing] = useState<Doing>();
  const [turn, setTurn] = useState(0); // Rises with every change that was made here.
  const customer = useAnswer(`${name} ${turn}`, async (signal) => {
    const found = await api.get<Customer>(`/v1/${name}`, {}, signal);
    directory.learn([found]);
    return found;
  });
  const shown = useKept(customer.data);
  const journey = useAnswer(`${name}/journey ${turn}`, (signal) => api.get<Journey>(`/v1/${name}/journey`, {}, signal));
  const transitions = useAnswer(`${name}/transitions ${turn}`, async (signal) => (await api.get<{ transitions?: Transition[] }>(`/v1/${name}/transitions`, { pageSize: 200 }, signal)).transitions ?? []);
  const score = useAnswer(`${name}/score ${turn}`, (signal) => api.get<Score>(`/v1/${name}/score`, {}, signal));

  if (!shown) return customer.error ? <CustomerMissing answer={customer} /> : <Skeleton lines={10} />;
  const done = () => setTurn((n) => n + 1);
  const close = () => setDoing(undefined);
  return (
    <>
      <Head customer={shown} journey={journey.data} score={score.data}>
        {mayWrite && (
          <div class="actions">
            <button type="button" class="primary" onClick={() => setDoing('interaction')}>
              Log interaction
            </button>
            <button type="button" onClick={() => setDoing('need')}>
              Add need
            </button>
            <button type="button" onClick={() => setDoing('reminder')}>
              Remind
            </button>
            <button type="button" onClick={() => setDoing('move')} disabled={!journey.data}>
              Move
            </button>
            <button type="button" onClick={() => setDoing('edit')}>
              Edit
            </button>
          </div>
        )}
      </Head>
      <Duplicates customer={shown} turn={turn} onChange={done} />
      <Panel title="Journey" note={journey.data ? `${words(journey.data.department) || 'Nobody'} is responsible now` : ''}>
        <Loaded answer={journey} what="The journey" lines={2}>
          {(data) => <JourneyTrack journey={data} transitions={transitions.data ?? []} />}
        </Loaded>
      </Panel>
      <div class="columns detail">
        <div class="stack">
          <ScorePanel score={score} />
          <Deals customer={name} turn={turn} onChange={done} />
          <Orders customer={name} turn={turn} onChange={done} />
          <Projects customer={name} turn={turn} onChange={done} />
          <Timeline customer={name} transitions={transitions.data ?? []} turn={turn} />
        </div>
        <div class="stack">
          <Advice customer={name} turn={turn} />
          <CompletenessPanel name={name} journey={journey.data} turn={turn} />
          <Profile customer={shown} onChange={done} />
          <Contacts customer={name} turn={turn} onChange={done} />
          <Needs customer={name} turn={turn} onChange={done} />
          <TierHistory customer={name} turn={turn} />
        </div>
      </div>
      {doing === 'edit' && <EditCustomer customer={shown} onClose={close} onDone={done} />}
      {doing === 'interaction' && <LogInteraction customer={name} onClose={close} onDone={done} />}
      {doing === 'reminder' && <AddReminder customer={name} onClose={close} onDone={done} />}
      {doing === 'need' && <AddNeed customer={name} onClose={close} onDone={done} />}
      {doing === 'move' && journey.data && <MoveJourney journey={journey.data} onClose={close} onDone={done} />}
    </>
  );
}

// The last answer stays while the next is on its way, so that dialogs are not thrown away.
function useKept<T>(value: T | undefined): T | undefined {
  const [kept, setKept] = useState(value);
  if (value !== undefined && value !== kept) setKept(value);
  return value ?? kept;
}

function CustomerMissing({ answer }: { answer: Answer<Customer> }) {
  if (!answer.error!.notFound) return <ErrorNotice error={answer.error!} what="The customer" retry={answer.reload} />;
  return (
    <div class="notice plain" role="alert">
      <p>
        <strong>There is no such customer, or not for you</strong>
        <span>A customer of another team cannot be told from one that does not exist.</span>
      </p>
      <p>
        <Link to="/customers">To your customers</Link>
      </p>
    </div>
  );
}

function Head({ customer, journey, score, children }: { customer: Customer; journey: Journey | undefined; score: Score | undefined; children: preact.ComponentChildren }) {
  return (
    <div class="customer-head">
      <div>
        <h1>{customer.displayName}</h1>
        <p class="facts">
          <StageTag stage={journey?.stage} />
          <TierTag tier={score?.tier} />
          <span>{words(customer.type)}</span>
          {customer.industry && <span>{customer.industry}</span>}
          <span>
            <Named resource={customer.owner} none="In the pool" />
            {customer.team && (
              <span class="quiet">
                {' · '}
                <Named resource={customer.team} />
              </span>
            )}
          </span>
          {customer.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </p>
      </div>
      {children}
    </div>
  );
}

function ScorePanel({ score }: { score: Answer<Score> }) {
  const data = score.data;
  return (
    <Panel
      title={data ? `Score ${showMicros(data.scoreMicros)}` : 'Score'}
      note={data ? `as of ${showDay(data.asOfTime)}${data.revenue ? ` · ${showMoney(data.revenue)} revenue in the horizon` : ''}${data.aliveMicros ? ` · ${showMicroShare(data.aliveMicros, 0)} likely to buy again` : ''}` : ''}
    >
      <Loaded answer={score} what="The score" lines={7}>
        {(found) => <ScoreWaterfall score={found} />}
      </Loaded>
    </Panel>
  );
}

function CompletenessPanel({ name, journey, turn }: { name: string; journey: Journey | undefined; turn: number }) {
  const { api } = useSession();
  const stage = nextStage(journey);
  const answer = useAnswer(journey ? `${name} completeness ${stage} ${turn}` : null, (signal) => api.get<Completeness>(`/v1/${name}:checkCompleteness`, { stage }, signal));
  return (
    <Panel title={journey ? `What is known for ${words(stage).toLowerCase()}` : 'What is known'}>
      {!journey ? (
        <Empty>Without a journey there is no next stage.</Empty>
      ) : (
        <Loaded answer={answer} what="Completeness" lines={4}>
          {(data) => (
            <>
              <p class="complete">
                <Meter share={data.share} label={`${showShare(data.share)} known`} />
                <strong>{showShare(data.share)}</strong>
              </p>
              {data.missingItems.length === 0 ? <Empty>Nothing is missing.</Empty> : <MissingItems items={data.missingItems} />}
            </>
          )}
        </Loaded>
      )}
    </Panel>
  );
}

function Profile({ customer, onChange }: { customer: Customer; onChange: () => void }) {
  const rows: [string, preact.ComponentChildren][] = [
    ['Registration number', customer.registrationNumber],
    ['Employees', customer.employeeCount !== '0' && customer.employeeCount],
    ['Annual revenue', customer.annualRevenue?.currencyCode && showMoney(customer.annualRevenue)],
    ['Founded', customer.foundedYear !== 0 && customer.foundedYear],
    ['Source', customer.source],
    ['Belongs to', customer.parent && <CustomerLink customer={customer.parent} />],
    ...customer.contactPoints.map((point): [string, preact.ComponentChildren] => [`${words(point.kind)}${point.label ? `, ${point.label}` : ''}`, point.value]),
    ...customer.addresses.map((a): [string, preact.ComponentChildren] => [`Address${a.label ? `, ${a.label}` : ''}`, [a.lines, a.postalCode, a.locality, a.regionCode].filter(Boolean).join(', ')]),
    ...customer.externalIds.map((id): [string, preact.ComponentChildren] => [`In ${id.system}`, <code>{id.id}</code>]),
    ['Known since', showDay(customer.createTime)],
    ['Id', <code class="small">{idOf(customer.name)}</code>],
  ];
  return (
    <Panel title="Profile" actions={<Ownership customer={customer} onChange={onChange} />}>
      <dl class="facts-list">
        {rows
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label + String(value)}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Panel>
  );
}
