import { useState } from 'preact/hooks';
import type { Order, Payment } from '../api/types';
import { type Money, amountText, fromNanos, parseAmount, toNanos } from '../format/exact';
import { showCount, showDate, showDay, showMoney, showMoneyShort, showTime } from '../format/show';
import { allOf, words } from '../format/words';
import { SelectField, TextField } from '../parts/form';
import { CustomerLink, Link, Named } from '../parts/link';
import { FormDialog } from '../parts/dialog';
import { Empty, Loaded, Panel } from '../parts/panel';
import { PagedTable, Table } from '../parts/table';
import { Tag, Tile } from '../parts/tags';
import { useAnswer, usePages } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';

interface Summary {
  orderCount: string;
  customerCount: string;
  baseTotal: Money;
  baseCost: Money;
  basePaid: Money;
  baseNetTotal?: Money | null;
  cancelledCount?: string;
}

const overdue = (order: Order): boolean => {
  if (order.state !== 'PLACED' || !order.dueDate?.year) return false;
  return Date.UTC(order.dueDate.year, order.dueDate.month - 1, order.dueDate.day + 1) < Date.now();
};

export function StateTag({ order }: { order: Order }) {
  if (overdue(order)) return <Tag kind="warn">Overdue</Tag>;
  return <Tag kind={order.state === 'PAID' ? 'good' : order.state === 'CANCELLED' ? 'bad' : ''}>{words(order.state)}</Tag>;
}

export function OrdersPage() {
  const { api } = useSession();
  const [query, set] = useParameters();
  const state = query.get('state') ?? '';
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const filter = allOf(state && `state = ${state}`, from && `order_time >= "${from}"`, to && `order_time < "${to}"`);
  const summary = useAnswer(`orders ${filter}`, (signal) => api.get<Summary>('/v1/orders:summarize', { filter }, signal));
  const pages = usePages<Order>(`orders list ${filter}`, async (pageToken, signal) => {
    const answer = await api.get<{ orders?: Order[]; nextPageToken: string }>('/v1/orders', { filter, orderBy: 'order_time desc', pageSize: 50, pageToken }, signal);
    return { items: answer.orders ?? [], nextPageToken: answer.nextPageToken };
  });
  return (
    <>
      <div class="page-head">
        <h1>Orders</h1>
        <div class="filters">
          <SelectField label="State" value={state} none="All" options={['PLACED', 'PAID', 'CANCELLED']} onChange={(value) => set({ state: value })} />
          <TextField label="From" type="date" value={from} onChange={(value) => set({ from: value })} />
          <TextField label="Before" type="date" value={to} onChange={(value) => set({ to: value })} />
        </div>
      </div>
      <Loaded answer={summary} what="The sums" lines={2}>
        {(sums) => (
          <div class="tiles">
            <Tile label="Orders" value={showCount(sums.orderCount)} note={`of ${showCount(sums.customerCount)} customers`} />
            <Tile label="Total" value={showMoneyShort(sums.baseTotal)} title={showMoney(sums.baseTotal)} note={showMoney(sums.baseTotal)} />
            <Tile label="Margin" value={showMoneyShort(fromNanos(toNanos(sums.baseTotal) - toNanos(sums.baseCost), sums.baseTotal?.currencyCode ?? ''))} title={showMoney(sums.baseCost)} note={`${showMoneyShort(sums.baseCost)} cost`} />
            <Tile label="Paid" value={showMoneyShort(sums.basePaid)} title={showMoney(sums.basePaid)} note={showMoney(sums.basePaid)} />
          </div>
        )}
      </Loaded>
      <Panel title="Orders" note="newest first">
        <PagedTable
          pages={pages}
          what="Orders"
          empty="No order fits all of this."
          keyOf={(row) => row.name}
          columns={[
            { head: 'Ordered', cell: (row) => <Link to={`/${row.name}`}>{showDay(row.orderTime)}</Link> },
            { head: 'Customer', cell: (row) => <CustomerLink customer={row.customer} /> },
            { head: 'What', cell: (row) => <Lines order={row} /> },
            { head: 'Total', number: true, cell: (row) => showMoney(row.total) },
            { head: 'Paid', number: true, cell: (row) => showMoney(row.paid) },
            { head: 'Due', cell: (row) => showDate(row.dueDate) },
            { head: 'State', cell: (row) => <StateTag order={row} /> },
          ]}
        />
      </Panel>
    </>
  );
}

function Lines({ order }: { order: Order }) {
  const [first, ...rest] = order.lines;
  if (!first) return <span class="quiet">–</span>;
  return (
    <span>
      {first.description || <Named resource={first.product} />}
      {rest.length > 0 && <span class="quiet small"> and {rest.length} more</span>}
    </span>
  );
}

export function OrderPage({ name }: { name: string }) {
  const { api, mayWrite } = useSession();
  const [turn, setTurn] = useState(0);
  const [doing, setDoing] = useState<'pay' | 'cancel'>();
  const answer = useAnswer(`${name} ${turn}`, (signal) => api.get<Order>(`/v1/${name}`, {}, signal));
  const payments = useAnswer(`${name} payments ${turn}`, async (signal) => (await api.get<{ payments?: Payment[] }>(`/v1/${name}/payments`, { pageSize: 200 }, signal)).payments ?? []);
  return (
    <Loaded answer={answer} what="The order" lines={8}>
      {(order) => {
        const owed = fromNanos(toNanos(order.total) - toNanos(order.returned) - toNanos(order.paid), order.total.currencyCode);
        return (
          <>
            <div class="customer-head">
              <div>
                <h1>Order of {showDay(order.orderTime)}</h1>
                <p class="facts">
                  <StateTag order={order} />
                  <CustomerLink customer={order.customer} />
                  <strong>{showMoney(order.total)}</strong>
                  {order.externalId?.id && (
                    <span class="quiet">
                      {order.externalId.system} {order.externalId.id}
                    </span>
                  )}
                </p>
                {order.cancelReason && <p>Cancelled: {order.cancelReason}</p>}
              </div>
              {mayWrite && order.state === 'PLACED' && toNanos(owed) > 0n && (
                <div class="actions">
                  <button type="button" class="primary" onClick={() => setDoing('pay')}>
                    Record payment
                  </button>
                  <button type="button" onClick={() => setDoing('cancel')}>
                    Cancel the order
                  </button>
                </div>
              )}
            </div>
            <div class="columns">
              <Panel title="Lines" note={`margin ${showMoney(fromNanos(toNanos(order.baseTotal) - toNanos(order.baseCost), order.baseTotal.currencyCode))}`}>
                <Table
                  caption="Lines of the order"
                  rows={order.lines}
                  keyOf={(line) => line.product + line.description + line.amount.units}
                  columns={[
                    { head: 'What', cell: (line) => line.description || <Named resource={line.product} /> },
                    { head: 'Pieces', number: true, cell: (line) => showCount(line.quantity) },
                    { head: 'Amount', number: true, cell: (line) => showMoney(line.amount) },
                    { head: 'Cost of one', number: true, cell: (line) => showMoney(line.unitCost) },
                  ]}
                />
                <p class="sum">
                  Total {showMoney(order.total)} − paid {showMoney(order.paid)}
                  {order.returned?.currencyCode && toNanos(order.returned) > 0n && ` − returned ${showMoney(order.returned)}`} = <strong>{showMoney(owed)} open</strong>
                  {order.dueDate?.year ? <span class="quiet">, due {showDate(order.dueDate)}</span> : ''}
                </p>
              </Panel>
              <Panel title="Payments">
                <Loaded answer={payments} what="Payments">
                  {(rows) =>
                    rows.length === 0 ? (
                      <Empty>Nothing was paid yet.</Empty>
                    ) : (
                      <Table
                        caption="Payments"
                        rows={rows}
                        keyOf={(row) => row.name}
                        columns={[
                          { head: 'Paid', cell: (row) => showTime(row.payTime) },
                          { head: 'Amount', number: true, cell: (row) => showMoney(row.amount) },
                        ]}
                      />
                    )
                  }
                </Loaded>
              </Panel>
            </div>
            {doing === 'pay' && <RecordPayment order={order} owed={owed} onClose={() => setDoing(undefined)} onDone={() => setTurn((n) => n + 1)} />}
            {doing === 'cancel' && <CancelOrder order={order} onClose={() => setDoing(undefined)} onDone={() => setTurn((n) => n + 1)} />}
          </>
        );
      }}
    </Loaded>
  );
}

function RecordPayment({ order, owed, onClose, onDone }: { order: Order; owed: Money; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [amount, setAmount] = useState(amountText(owed));
  const money = parseAmount(amount, owed.currencyCode);
  const send = async (requestId: (body: unknown) => string) => {
    const body = { amount: money };
    await api.post(`/v1/${order.name}/payments`, body, { requestId: requestId(body) });
    return 'The payment is recorded';
  };
  return (
    <FormDialog title="Record payment" submit="Record" send={send} onClose={onClose} onDone={onDone} disabled={!money}>
      <TextField label={`Amount, ${owed.currencyCode}`} value={amount} onChange={setAmount} inputMode="decimal" hint={money ? `${showMoney(money)} of ${showMoney(owed)} open` : 'is no amount, as in 1,500,000'} autoFocus />
    </FormDialog>
  );
}

function CancelOrder({ order, onClose, onDone }: { order: Order; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [reason, setReason] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { reason: reason.trim(), etag: order.etag };
    await api.post(`/v1/${order.name}:cancel`, { ...body, requestId: requestId(body) });
    return 'The order is cancelled';
  };
  return (
    <FormDialog title="Cancel the order" submit="Cancel it" send={send} onClose={onClose} onDone={onDone}>
      <p class="whole">It will count as if it had never been placed, and the customer’s journey is worked out anew without it.</p>
      <TextField label="Why" value={reason} onChange={setReason} required maxLength={1000} class="whole" autoFocus />
    </FormDialog>
  );
}
