import { useState } from 'preact/hooks';
import type { Customer } from '../../api/types';
import { showDay } from '../../format/show';
import { Dialog, FormDialog } from '../../parts/dialog';
import { TextField } from '../../parts/form';
import { Named } from '../../parts/link';
import { Empty, Loaded } from '../../parts/panel';
import { Table } from '../../parts/table';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface OwnershipRecord {
  owner: string;
  team: string;
  startTime: string;
  endTime?: string | null;
  reason: string;
  actor: string;
}

type Doing = 'history' | 'claim' | 'release' | undefined;

// Who owns the customer, and since when; a representative claims from the pool and releases to it.
export function Ownership({ customer, onChange }: { customer: Customer; onChange: () => void }) {
  const { account, mayWrite } = useSession();
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const representative = account.subject.startsWith('representatives/');
  return (
    <>
      {mayWrite && representative && !customer.owner && (
        <button type="button" onClick={() => setDoing('claim')}>
          Claim
        </button>
      )}
      {mayWrite && customer.owner && (
        <button type="button" onClick={() => setDoing('release')}>
          Release
        </button>
      )}
      <button type="button" onClick={() => setDoing('history')}>
        Owners
      </button>
      {doing === 'history' && <History customer={customer.name} onClose={close} />}
      {(doing === 'claim' || doing === 'release') && <Change customer={customer} verb={doing} onClose={close} onDone={onChange} />}
    </>
  );
}

function Change({ customer, verb, onClose, onDone }: { customer: Customer; verb: 'claim' | 'release'; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [reason, setReason] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { etag: customer.etag, ...(verb === 'release' && { reason: reason.trim() }) };
    await api.post(`/v1/${customer.name}:${verb}`, { ...body, requestId: requestId(body) });
    return verb === 'claim' ? 'The customer is yours' : 'The customer is in the pool';
  };
  return (
    <FormDialog title={verb === 'claim' ? 'Claim from the pool' : 'Release to the pool'} submit={verb === 'claim' ? 'Claim' : 'Release'} send={send} onClose={onClose} onDone={onDone}>
      {verb === 'claim' ? (
        <p class="whole">{customer.displayName} becomes yours, and its team your team.</p>
      ) : (
        <TextField label="Why" value={reason} onChange={setReason} maxLength={255} class="whole" hint="for the history of owners" autoFocus />
      )}
    </FormDialog>
  );
}

function History({ customer, onClose }: { customer: string; onClose: () => void }) {
  const { api } = useSession();
  const answer = useAnswer(`${customer}/ownerships`, async (signal) => (await api.get<{ ownerships?: OwnershipRecord[] }>(`/v1/${customer}/ownerships`, { pageSize: 100 }, signal)).ownerships ?? []);
  return (
    <Dialog title="Owners" onClose={onClose} wide>
      <Loaded answer={answer} what="The history of owners" lines={4}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Nobody has owned this customer yet.</Empty>
          ) : (
            <Table
              caption="Owners"
              rows={rows}
              keyOf={(row) => row.startTime + row.owner}
              columns={[
                { head: 'Owner', cell: (row) => <Named resource={row.owner} none="in the pool" /> },
                { head: 'Team', cell: (row) => <Named resource={row.team} /> },
                { head: 'From', cell: (row) => showDay(row.startTime) },
                { head: 'To', cell: (row) => (row.endTime ? showDay(row.endTime) : 'today') },
                { head: 'Why', cell: (row) => <span class="quiet">{row.reason}</span> },
              ]}
            />
          )
        }
      </Loaded>
    </Dialog>
  );
}
