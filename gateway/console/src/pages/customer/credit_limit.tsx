import { useState } from 'preact/hooks';
import { type Money, amountText, parseAmount } from '../../format/exact';
import { showDay, showMoney } from '../../format/show';
import { FormDialog } from '../../parts/dialog';
import { TextField } from '../../parts/form';
import { type Answer, useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface CreditLimit {
  name: string;
  amount?: Money | null;
  startTime?: string | null;
  etag: string;
}

export function useCreditLimit(customer: string, turn: number): Answer<CreditLimit> {
  const { api } = useSession();
  return useAnswer(`${customer}/creditLimit ${turn}`, (signal) => api.get<CreditLimit>(`/v1/${customer}/creditLimit`, {}, signal));
}

export function creditLimitNote(limit: CreditLimit | undefined): string {
  if (!limit) return '';
  return limit.amount?.currencyCode ? `may owe ${showMoney(limit.amount)} since ${showDay(limit.startTime ?? '')}` : 'no credit limit';
}

// Managers and administrators say what the customer may owe.
export function SetCreditLimit({ limit, onChange }: { limit: CreditLimit | undefined; onChange: () => void }) {
  const { account } = useSession();
  const [open, setOpen] = useState(false);
  if (!limit || (account.role !== 'MANAGER' && account.role !== 'ADMINISTRATOR')) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Credit limit
      </button>
      {open && <Form limit={limit} onClose={() => setOpen(false)} onDone={onChange} />}
    </>
  );
}

function Form({ limit, onClose, onDone }: { limit: CreditLimit; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [amount, setAmount] = useState(amountText(limit.amount));
  const [currency, setCurrency] = useState(limit.amount?.currencyCode || 'USD');
  const money = amount.trim() ? parseAmount(amount, currency.trim().toUpperCase()) : undefined;
  const send = async (requestId: (body: unknown) => string) => {
    const body = { name: limit.name, etag: limit.etag, ...(money && { amount: money }) };
    await api.patch(`/v1/${limit.name}`, body, { requestId: requestId(body) });
    return money ? `The customer may owe ${showMoney(money)}` : 'There is no credit limit any more';
  };
  return (
    <FormDialog title="Credit limit" submit={amount.trim() ? 'Set' : 'Lift'} send={send} onClose={onClose} onDone={onDone} disabled={amount.trim() !== '' && !money}>
      <TextField label="May owe" value={amount} onChange={setAmount} inputMode="decimal" hint="empty: no limit" error={amount.trim() && !money ? 'is no amount, as in 12,000' : undefined} autoFocus />
      <TextField label="Currency" value={currency} onChange={setCurrency} maxLength={3} hint="the base currency" />
    </FormDialog>
  );
}
