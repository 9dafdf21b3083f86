import { useState } from 'preact/hooks';
import type { Opportunity, Order } from '../../api/types';
import { quoted, words } from '../../format/words';
import { showDate, showDay, showMoney } from '../../format/show';
import { Link } from '../../parts/link';
import { Panel } from '../../parts/panel';
import { PagedTable } from '../../parts/table';
import { Tag } from '../../parts/tags';
import { usePages } from '../../state/query';
import { useSession } from '../../state/session';
import { NewOpportunity } from '../opportunity_dialogs';
import { StateTag } from '../orders';
import { SetCreditLimit, creditLimitNote, useCreditLimit } from './credit_limit';

export function Deals({ customer, turn, onChange }: { customer: string; turn: number; onChange: () => void }) {
  const { api, mayWrite } = useSession();
  const [adding, setAdding] = useState(false);
  const pages = usePages<Opportunity>(`${customer} deals ${turn}`, async (pageToken, signal) => {
    const found = await api.get<{ opportunities?: Opportunity[]; nextPageToken: string }>('/v1/opportunities', { filter: `customer = ${quoted(customer)}`, orderBy: 'open_time desc', pageSize: 20, pageToken }, signal);
    return { items: found.opportunities ?? [], nextPageToken: found.nextPageToken };
  });
  return (
    <Panel
      title="Opportunities"
      actions={
        mayWrite && (
          <button type="button" onClick={() => setAdding(true)}>
            New opportunity
          </button>
        )
      }
    >
      <PagedTable
        pages={pages}
        what="Opportunities"
        empty="No opportunities yet."
        keyOf={(row) => row.name}
        columns={[
          { head: 'What', cell: (row) => row.displayName || <span class="quiet">–</span> },
          { head: 'Step', cell: (row) => <Tag kind={row.step === 'WON' ? 'good' : row.step === 'LOST' ? 'bad' : ''}>{words(row.step)}</Tag> },
          { head: 'Amount', number: true, cell: (row) => showMoney(row.amount) },
          { head: 'Opened', cell: (row) => showDay(row.openTime) },
          { head: 'Closes', cell: (row) => (row.closeTime ? showDay(row.closeTime) : showDate(row.expectedCloseDate)) },
        ]}
      />
      {adding && <NewOpportunity customer={customer} onClose={() => setAdding(false)} onDone={onChange} />}
    </Panel>
  );
}

export function Orders({ customer, turn, onChange }: { customer: string; turn: number; onChange: () => void }) {
  const { api } = useSession();
  const limit = useCreditLimit(customer, turn);
  const pages = usePages<Order>(`${customer} orders ${turn}`, async (pageToken, signal) => {
    const found = await api.get<{ orders?: Order[]; nextPageToken: string }>('/v1/orders', { filter: `customer = ${quoted(customer)}`, orderBy: 'order_time desc', pageSize: 20, pageToken }, signal);
    return { items: found.orders ?? [], nextPageToken: found.nextPageToken };
  });
  return (
    <Panel title="Orders" note={creditLimitNote(limit.data)} actions={<SetCreditLimit limit={limit.data} onChange={onChange} />}>
      <PagedTable
        pages={pages}
        what="Orders"
        empty="No orders yet."
        keyOf={(row) => row.name}
        columns={[
          { head: 'Ordered', cell: (row) => <Link to={`/${row.name}`}>{showDay(row.orderTime)}</Link> },
          { head: 'Total', number: true, cell: (row) => showMoney(row.total) },
          { head: 'Paid', number: true, cell: (row) => showMoney(row.paid) },
          { head: 'Due', cell: (row) => showDate(row.dueDate) },
          { head: 'State', cell: (row) => <StateTag order={row} /> },
        ]}
      />
    </Panel>
  );
}
