import { useState } from 'preact/hooks';
import type { Opportunity, Order } from '../../api/types';
import { quoted, words } from '../../format/words';
import { showDate, showDay, showMoney } from '../../format/show';
import { Link } from '../../parts/link';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Table } from '../../parts/table';
import { Tag } from '../../parts/tags';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { NewOpportunity } from '../opportunity_dialogs';
import { SetCreditLimit, creditLimitNote, useCreditLimit } from './credit_limit';

export function Deals({ customer, turn, onChange }: { customer: string; turn: number; onChange: () => void }) {
  const { api, mayWrite } = useSession();
  const [adding, setAdding] = useState(false);
  const answer = useAnswer(`${customer} deals ${turn}`, async (signal) => {
    const found = await api.get<{ opportunities?: Opportunity[]; nextPageToken: string }>('/v1/opportunities', { filter: `customer = ${quoted(customer)}`, pageSize: 200 }, signal);
    return (found.opportunities ?? []).sort((a, b) => (a.openTime < b.openTime ? 1 : -1));
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
      <Loaded answer={answer} what="Opportunities">
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No opportunities yet.</Empty>
          ) : (
            <Table
              caption="Opportunities"
              rows={rows}
              keyOf={(row) => row.name}
              columns={[
                { head: 'What', cell: (row) => row.displayName || <span class="quiet">–</span> },
                { head: 'Step', cell: (row) => <Tag kind={row.step === 'WON' ? 'good' : row.step === 'LOST' ? 'bad' : ''}>{words(row.step)}</Tag> },
                { head: 'Amount', number: true, cell: (row) => showMoney(row.amount) },
                { head: 'Opened', cell: (row) => showDay(row.openTime) },
                { head: 'Closes', cell: (row) => (row.closeTime ? showDay(row.closeTime) : showDate(row.expectedCloseDate)) },
              ]}
            />
          )
        }
      </Loaded>
      {adding && <NewOpportunity customer={customer} onClose={() => setAdding(false)} onDone={onChange} />}
    </Panel>
  );
}

export function Orders({ customer, turn, onChange }: { customer: string; turn: number; onChange: () => void }) {
  const { api } = useSession();
  const limit = useCreditLimit(customer, turn);
  const answer = useAnswer(`${customer} orders ${turn}`, async (signal) => {
    const found = await api.get<{ orders?: Order[] }>('/v1/orders', { filter: `customer = ${quoted(customer)}`, pageSize: 200 }, signal);
    return (found.orders ?? []).sort((a, b) => (a.orderTime < b.orderTime ? 1 : -1));
  });
  return (
    <Panel title="Orders" note={creditLimitNote(limit.data)} actions={<SetCreditLimit limit={limit.data} onChange={onChange} />}>
      <Loaded answer={answer} what="Orders">
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No orders yet.</Empty>
          ) : (
            <Table
              caption="Orders"
              rows={rows}
              keyOf={(row) => row.name}
              columns={[
                { head: 'Ordered', cell: (row) => <Link to={`/${row.name}`}>{showDay(row.orderTime)}</Link> },
                { head: 'Total', number: true, cell: (row) => showMoney(row.total) },
                { head: 'Paid', number: true, cell: (row) => showMoney(row.paid) },
                { head: 'Due', cell: (row) => showDate(row.dueDate) },
                { head: 'State', cell: (row) => <Tag kind={row.state === 'PAID' ? 'good' : row.state === 'CANCELLED' ? 'bad' : ''}>{words(row.state)}</Tag> },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
