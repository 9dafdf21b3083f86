import { type Completeness, type Customer, type FunnelCustomer, type Journey, type Score, type Stage, stages, tiers } from '../api/types';
import type { Query } from '../api/client';
import { ApiError } from '../api/status';
import { allOf, quoted, words } from '../format/words';
import { showAgo, showCount, showDay, showMicros, showMoney, showShare, showTime } from '../format/show';
import { CustomerLink, Named } from '../parts/link';
import { SelectField, TextField } from '../parts/form';
import { Panel } from '../parts/panel';
import { SlicePicker, sliceOf, type Slice } from '../parts/slice';
import { PagedTable } from '../parts/table';
import { Meter, StageTag, TierTag } from '../parts/tags';
import { type Page, useAnswer, usePages } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';
import { NewCustomer } from './customer/edit_customer';
import { useEffect, useState } from 'preact/hooks';

type Set = (changes: Record<string, string>) => void;
const views: [string, string][] = [
  ['profile', 'Profiles'],
  ['stage', 'By stage'],
  ['value', 'By value'],
];

// Three ways into the customer base, each with a list of its own that the server pages by key.
export function CustomersPage() {
  const session = useSession();
  const [query, set] = useParameters();
  const view = query.get('view') || 'profile';
  const [creating, setCreating] = useState(false);
  return (
    <>
      <div class="page-head">
        <h1>Customers</h1>
        <nav class="tabs" aria-label="View">
          {views.map(([key, text]) => (
            <button type="button" key={key} aria-pressed={view === key} onClick={() => set({ view: key === 'profile' ? '' : key, stage: '', tier: '', figure: '' })}>
              {text}
            </button>
          ))}
        </nav>
        {session.mayWrite && (
          <button type="button" class="primary" onClick={() => setCreating(true)}>
            New customer
          </button>
        )}
      </div>
      {view === 'stage' ? <ByStage query={query} set={set} /> : view === 'value' ? <ByValue query={query} set={set} /> : <Profiles query={query} set={set} />}
      {creating && <NewCustomer onClose={() => setCreating(false)} />}
    </>
  );
}

function Profiles({ query, set }: { query: URLSearchParams; set: Set }) {
  const { api, directory } = useSession();
  const slice = sliceOf(query);
  const text = query.get('q') ?? '';
  const type = query.get('type') ?? '';
  const order = query.get('order') || 'update_time desc';
  const filter = allOf(
    text && `display_name = ${quoted(`*${text}*`)}`,
    type && `type = ${type}`,
    slice.industry && `industry = ${quoted(slice.industry)}`,
    slice.owner && `owner = ${quoted(slice.owner)}`,
    slice.team && `team = ${quoted(slice.team)}`,
    slice.targetMarket && `target_markets = ${quoted(slice.targetMarket)}`,
  );
  // A name, number or address alone is searched for; together with anything else it is a part of the filter.
  const searched = text !== '' && filter === `display_name = ${quoted(`*${text}*`)}` && !query.get('order');
  // A filter without an index is refused on a large base until somebody says that it may take its time.
  const [scanned, setScanned] = useState('');
  const allowScan = scanned !== '' && scanned === filter;
  const pages = usePages<Found>(`customers ${filter} ${order} ${searched} ${allowScan}`, async (pageToken, signal) => {
    const page = searched ? await search(api, text, pageToken, signal) : undefined;
    const found = page ?? (await list(api, { filter, orderBy: order, pageSize: 50, pageToken, allowScan }, signal));
    directory.learn(found.items);
    return found;
  });
  return (
    <Panel title="Profiles" note="sorted and paged by the server">
      <div class="filters">
        <Typed label="Find" value={text} onChange={(q) => set({ q })} placeholder="Name, 이름, e-mail, phone, id" />
        <SelectField label="Type" value={type} none="All" options={['ORGANIZATION', 'PERSON']} onChange={(value) => set({ type: value })} />
        <SlicePicker slice={slice} onChange={set} />
      </div>
      {pages.error?.reason === 'FILTER_NEEDS_SCAN' && (
        <p class="small">
          No index serves this together, so every customer would be looked at.{' '}
          <button type="button" class="link" onClick={() => setScanned(filter)}>
            Search anyway
          </button>
        </p>
      )}
      <PagedTable
        pages={pages}
        what="Customers"
        empty={filter ? 'No customer fits all of this.' : 'There are no customers that you may see.'}
        keyOf={(row) => row.name}
        orderBy={order}
        onOrder={(value) => set({ order: value })}
        columns={[
          { head: 'Name', order: 'display_name', cell: (row) => <NameCell row={row} /> },
          { head: 'Type', cell: (row) => <span class="quiet">{words(row.type)}</span> },
          { head: 'Industry', cell: (row) => row.industry || <span class="quiet">–</span> },
          { head: 'Employees', number: true, cell: (row) => (row.employeeCount === '0' ? <span class="quiet">–</span> : showCount(row.employeeCount)) },
          { head: 'Owner', cell: (row) => <Named resource={row.owner} none="in the pool" /> },
          { head: 'Team', cell: (row) => <Named resource={row.team} /> },
          {
            head: 'Changed',
            order: 'update_time',
            number: true,
            cell: (row) => (
              <span class="quiet" title={showTime(row.updateTime)}>
                {showAgo(row.updateTime)}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

interface Found extends Customer {
  match?: string;
}

function NameCell({ row }: { row: Found }) {
  const met = row.match && !row.match.startsWith('NAME') ? words(row.match) : '';
  return (
    <>
      <CustomerLink customer={row.name} name={row.displayName} />
      {met && <span class="quiet small"> by {met.toLowerCase()}</span>}
    </>
  );
}

type Api = ReturnType<typeof useSession>['api'];

// Undefined where the server has no search, or the text has nothing to search for.
async function search(api: Api, text: string, pageToken: string, signal: AbortSignal): Promise<Page<Found> | undefined> {
  try {
    const answer = await api.get<{ results?: { customer: Customer; match: string }[]; nextPageToken: string }>('/v1/customers:search', { query: text, pageSize: 50, pageToken }, signal);
    return { items: (answer.results ?? []).map(({ customer, match }) => ({ ...customer, match })), nextPageToken: answer.nextPageToken };
  } catch (error) {
    if (!(error instanceof ApiError) || !(error.notOffered || error.notFound || error.fields.length > 0)) throw error;
    return undefined;
  }
}

async function list(api: Api, asked: Query, signal: AbortSignal): Promise<Page<Found>> {
  const answer = await api.get<{ customers?: Customer[]; nextPageToken: string }>('/v1/customers', asked, signal);
  return { items: answer.customers ?? [], nextPageToken: answer.nextPageToken };
}

const allStages: Stage[] = [...stages, 'LOST', 'DORMANT'];

function ByStage({ query, set }: { query: URLSearchParams; set: Set }) {
  const { api } = useSession();
  const slice = sliceOf(query);
  const stage = (query.get('stage') || 'LEAD') as Stage;
  const aside = stage === 'LOST' || stage === 'DORMANT';
  const sliced = Boolean(slice.team || slice.owner || slice.industry || slice.targetMarket);
  const pages = usePages<FunnelCustomer>(`funnel customers ${stage} ${JSON.stringify(slice)}`, async (pageToken, signal) => {
    const figure = aside ? stage : 'CURRENT';
    const asked = { figure, stage: aside ? '' : stage, ...slice, pageSize: 50, pageToken };
    return await listFunnelCustomers(api, asked, sliced, signal);
  });
  // What is known of what the next stage asks for: one call for the whole page.
  const next = aside ? undefined : stages[stages.indexOf(stage as (typeof stages)[number]) + 1];
  const names = pages.items.map((row) => row.customer);
  const known = useAnswer(next && names.length > 0 ? `known ${next} ${names.join()}` : null, async (signal) => {
    const answer = await api.post<{ completenesses?: Completeness[] }>('/v1/customers:batchCheckCompleteness', { names, stage: next }, {}, signal);
    return new Map((answer.completenesses ?? []).map((one) => [one.customer, one]));
  });
  return (
    <Panel title="In this stage now" note="as many as the funnel counts">
      <div class="filters">
        <SelectField label="Stage" value={stage} options={allStages} onChange={(value) => set({ stage: value })} />
        <SlicePicker slice={slice} onChange={set} />
      </div>
      <PagedTable
        pages={pages}
        what="Customers by stage"
        empty="Nobody is in this stage."
        keyOf={(row) => row.customer}
        columns={[
          { head: 'Name', cell: (row) => <CustomerLink customer={row.customer} name={row.displayName} /> },
          { head: 'Stage', cell: (row) => <StageTag stage={row.stage} /> },
          { head: 'Since', cell: (row) => <span title={showTime(row.stageTime)}>{showDay(row.stageTime)}</span> },
          { head: 'For', number: true, cell: (row) => <span class="quiet">{showAgo(row.stageTime)}</span> },
          ...(next && !known.error ? [{ head: `Known for ${words(next).toLowerCase()}`, cell: (row: FunnelCustomer) => <KnownCell known={known.data?.get(row.customer)} /> }] : []),
          { head: 'Furthest', cell: (row) => <StageTag stage={row.furthestStage} /> },
          { head: 'Owner', cell: (row) => <Named resource={row.owner} /> },
        ]}
      />
    </Panel>
  );
}

function KnownCell({ known }: { known: Completeness | undefined }) {
  if (!known) return <span class="quiet">…</span>;
  return (
    <span title={known.missingItems.map((item) => item.description).join('\n')}>
      <Meter share={known.share} label={`${showShare(known.share)} known`} /> <span class="small">{showShare(known.share)}</span>
    </span>
  );
}

// A server without the funnel's lists has journeys, which cannot be sliced.
async function listFunnelCustomers(api: Api, asked: Record<string, string | number>, sliced: boolean, signal: AbortSignal) {
  try {
    const answer = await api.get<{ customers?: FunnelCustomer[]; nextPageToken: string }>('/v1/funnel/customers', asked, signal);
    return { items: answer.customers ?? [], nextPageToken: answer.nextPageToken };
  } catch (error) {
    if (sliced || !(error instanceof ApiError) || !error.notOffered) throw error;
    const stage = asked.stage || asked.figure;
    const answer = await api.get<{ journeys?: Journey[]; nextPageToken: string }>('/v1/journeys', { filter: `stage = ${stage}`, pageSize: 50, pageToken: asked.pageToken }, signal);
    const items = (answer.journeys ?? []).map((journey) => ({
      customer: journey.name.replace(/\/journey$/, ''),
      displayName: '',
      owner: '',
      stage: journey.stage,
      furthestStage: journey.furthestStage,
      stageTime: journey.stageTime,
    }));
    return { items, nextPageToken: answer.nextPageToken };
  }
}

function ByValue({ query, set }: { query: URLSearchParams; set: Set }) {
  const { api } = useSession();
  const slice: Slice = sliceOf(query);
  const tier = query.get('tier') ?? '';
  const pages = usePages<Score>(`scores ${tier} ${JSON.stringify(slice)}`, async (pageToken, signal) => {
    const asked = { filter: tier && `tier = ${tier}`, ...slice, pageSize: 50, pageToken };
    const answer = await api.get<{ scores?: Score[]; nextPageToken: string }>('/v1/scores', asked, signal);
    return { items: answer.scores ?? [], nextPageToken: answer.nextPageToken };
  });
  return (
    <Panel title="Most valuable first" note="as many as the pyramid counts">
      <div class="filters">
        <SelectField label="Tier" value={tier} none="All tiers" options={tiers} onChange={(value) => set({ tier: value })} />
        <SlicePicker slice={slice} onChange={set} />
      </div>
      <PagedTable
        pages={pages}
        what="Customers by value"
        empty="Nobody has a score here."
        keyOf={(row) => row.name}
        columns={[
          { head: 'Name', cell: (row) => <CustomerLink customer={row.name.replace(/\/score$/, '')} /> },
          { head: 'Tier', cell: (row) => <TierTag tier={row.tier} /> },
          { head: 'Score', number: true, cell: (row) => showMicros(row.scoreMicros) },
          ...(['SALES_CONTRIBUTION', 'SALES_EXPECTATION', 'CREDIT', 'PROFIT_CONTRIBUTION', 'DEMONSTRATION_EFFECT'] as const).map((factor) => ({
            head: words(factor).replace(' contribution', '').replace(' effect', ''),
            number: true,
            cell: (row: Score) => <FactorCell micros={row.factors.find((f) => f.factor === factor)?.scoreMicros} />,
          })),
          { head: 'Revenue', number: true, cell: (row) => showMoney(row.revenue) },
        ]}
      />
    </Panel>
  );
}

function FactorCell({ micros }: { micros: string | undefined }) {
  if (micros === undefined) return <span class="quiet">–</span>;
  return <span title={showMicros(micros, 6)}>{showMicros(micros, 0)}</span>;
}

// Asks the server when the typing has paused.
function Typed({ value, onChange, ...field }: { label: string; value: string; onChange: (value: string) => void; placeholder: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return <TextField {...field} type="search" value={text} onChange={setText} />;
}
