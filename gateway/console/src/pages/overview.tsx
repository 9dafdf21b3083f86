import type { Api } from '../api/client';
import type { Customer, Funnel, Journey, Pyramid } from '../api/types';
import { FunnelChart } from '../charts/funnel';
import { PyramidChart } from '../charts/pyramid';
import { showAgo, showCount, showDay, showMoney, showMoneyShort, showTime } from '../format/show';
import { type Money, sumByCurrency } from '../format/exact';
import { CustomerLink, Named } from '../parts/link';
import { Empty, Loaded, Panel } from '../parts/panel';
import { FlowPanel } from './flow';
import { SlicePicker, sliceOf } from '../parts/slice';
import { StageTag, Tile } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';

interface StepRow {
  step: string;
  opportunityCount: string;
  amount: Money;
}

export function OverviewPage() {
  const { api } = useSession();
  const [query, set] = useParameters();
  const slice = sliceOf(query);
  const key = JSON.stringify(slice);
  const funnel = useAnswer(`funnel ${key}`, (signal) => api.get<Funnel>('/v1/funnel', { ...slice }, signal));
  const pyramid = useAnswer(`pyramid ${key}`, (signal) => api.get<Pyramid>('/v1/pyramid', { ...slice }, signal));
  const link = new URLSearchParams(Object.entries(slice).filter(([, value]) => value)).toString();
  return (
    <>
      <div class="page-head">
        <h1>Overview</h1>
        <SlicePicker slice={slice} onChange={set} />
      </div>
      <Tiles funnel={funnel.data} pyramid={pyramid.data} />
      <div class="columns">
        <Panel title="Funnel" note="distinct customers, over what you may see">
          <Loaded answer={funnel} what="The funnel" lines={7}>
            {(data) => (Number(data.customerCount) === 0 ? <Empty>No customers here yet.</Empty> : <FunnelChart funnel={data} slice={link && `&${link}`} />)}
          </Loaded>
        </Panel>
        <Panel title="Value pyramid" note={pyramid.data ? `as of ${showDay(pyramid.data.asOfTime)}` : ''}>
          <Loaded answer={pyramid} what="The pyramid" lines={7}>
            {(data) => <PyramidChart pyramid={data} slice={link && `&${link}`} />}
          </Loaded>
        </Panel>
        <FlowPanel slice={slice} />
        <div class="stack">
          <RecentMoves />
          <RecentCustomers />
        </div>
      </div>
    </>
  );
}

// Of what the caller may see, without the slice: neither of these sums can be sliced.
function Tiles({ funnel, pyramid }: { funnel: Funnel | undefined; pyramid: Pyramid | undefined }) {
  const { api } = useSession();
  const deals = useAnswer('deals', (signal) => api.get<{ rows?: StepRow[] }>('/v1/opportunities:summarize', {}, signal));
  const orders = useAnswer('orders', (signal) => api.get<{ orderCount: string; baseTotal: Money; basePaid: Money }>('/v1/orders:summarize', {}, signal));
  const open = deals.data?.rows?.filter((row) => row.step !== 'WON' && row.step !== 'LOST');
  const sums = open ? sumByCurrency(open.map((row) => row.amount)) : [];
  const count = open?.reduce((n, row) => n + BigInt(row.opportunityCount), 0n);
  return (
    <div class="tiles">
      <Tile label="Customers" value={funnel ? showCount(funnel.customerCount) : '…'} note={funnel ? `${showCount(funnel.lostCount)} lost, ${showCount(funnel.dormantCount)} dormant` : ''} />
      <Tile label="Revenue in the horizon" value={pyramid ? showMoneyShort(pyramid.revenue) : '–'} title={pyramid ? showMoney(pyramid.revenue) : ''} note={pyramid ? `${showMoneyShort(pyramid.profit)} profit` : ''} />
      <Tile
        label="Open pipeline"
        value={deals.error ? '–' : open ? sums.map((sum) => showMoneyShort(sum)).join(' + ') || '0' : '…'}
        title={sums.map((sum) => showMoney(sum)).join(' + ')}
        note={count === undefined ? (deals.error?.message ?? '') : `${showCount(count)} opportunities`}
      />
      <Tile
        label="Ordered so far"
        value={orders.error ? '–' : orders.data ? showMoneyShort(orders.data.baseTotal) : '…'}
        title={orders.data ? showMoney(orders.data.baseTotal) : ''}
        note={orders.data ? `${showCount(orders.data.orderCount)} orders, ${showMoneyShort(orders.data.basePaid)} paid` : (orders.error?.message ?? '')}
      />
    </div>
  );
}

interface Moves {
  days: number;
  some: boolean; // More moved than could be looked through.
  journeys: Journey[];
}

// Journeys are listed by customer, not by time: so the time is shortened until all of it fits into one answer.
async function recentMoves(api: Api, today: number, signal: AbortSignal): Promise<Moves> {
  for (const days of [30, 7, 1]) {
    const since = new Date(today - days * 86_400_000).toISOString();
    const { journeys = [], nextPageToken } = await api.get<{ journeys?: Journey[]; nextPageToken: string }>('/v1/journeys', { filter: `stage_time >= "${since}"`, pageSize: 500 }, signal);
    if (nextPageToken && days > 1) continue;
    return { days, some: Boolean(nextPageToken), journeys: journeys.sort((a, b) => (a.stageTime < b.stageTime ? 1 : -1)).slice(0, 7) };
  }
  throw new Error('unreachable');
}

function RecentMoves() {
  const { api } = useSession();
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000; // So that a redraw does not ask anew.
  const answer = useAnswer(`moves ${today}`, (signal) => recentMoves(api, today, signal));
  const note = answer.data && (answer.data.some ? 'some of those of the last day' : answer.data.days === 1 ? 'since yesterday' : `within ${answer.data.days} days`);
  return (
    <Panel title="Moved lately" note={note}>
      <Loaded answer={answer} what="Recent moves">
        {({ journeys }) =>
          journeys.length === 0 ? (
            <Empty>Nobody has moved in the last 30 days.</Empty>
          ) : (
            <ul class="lines">
              {journeys.map((journey) => (
                <li key={journey.name}>
                  <CustomerLink customer={journey.name.replace(/\/journey$/, '')} />
                  <StageTag stage={journey.stage} />
                  <span class="quiet small" title={showTime(journey.stageTime)}>
                    {showAgo(journey.stageTime)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function RecentCustomers() {
  const { api } = useSession();
  const answer = useAnswer('recent', async (signal) => {
    const { customers = [] } = await api.get<{ customers?: Customer[] }>('/v1/customers', { orderBy: 'update_time desc', pageSize: 5 }, signal);
    return customers;
  });
  return (
    <Panel title="Profiles changed lately">
      <Loaded answer={answer} what="Recent changes">
        {(customers) =>
          customers.length === 0 ? (
            <Empty>No customers yet.</Empty>
          ) : (
            <ul class="lines">
              {customers.map((customer) => (
                <li key={customer.name}>
                  <CustomerLink customer={customer.name} name={customer.displayName} />
                  <Named resource={customer.owner} none="in the pool" />
                  <span class="quiet small" title={showTime(customer.updateTime)}>
                    {showAgo(customer.updateTime)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
