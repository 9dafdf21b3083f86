import { useState } from 'preact/hooks';
import type { Opportunity } from '../api/types';
import { amountText, parseAmount } from '../format/exact';
import { fromDateParts, showMoney, toDateParts } from '../format/show';
import { AreaField, SelectField, TextField } from '../parts/form';
import { FormDialog } from '../parts/dialog';
import { useNames } from '../state/directory';
import { useSession } from '../state/session';

interface Props {
  onClose: () => void;
  onDone: () => void;
}

export function NewOpportunity({ customer, ...props }: Props & { customer: string }) {
  const { api, directory } = useSession();
  const products = [...useNames(directory).products.values()];
  const [name, setName] = useState('');
  const [product, setProduct] = useState('');
  const [amount, setAmount] = useState('');
  const [currency, setCurrency] = useState('KRW');
  const [closes, setCloses] = useState('');
  const money = amount.trim() ? parseAmount(amount, currency.trim().toUpperCase()) : undefined;
  const send = async (requestId: (body: unknown) => string) => {
    const body = { customer, displayName: name.trim(), ...(product && { product }), ...(money && { amount: money }), ...(toDateParts(closes) && { expectedCloseDate: toDateParts(closes) }) };
    await api.post('/v1/opportunities', body, { requestId: requestId(body) });
    return 'The opportunity was opened';
  };
  const choose = (value: string) => {
    setProduct(value);
    const price = directory.products.get(value)?.listPrice;
    if (price?.currencyCode && !amount) {
      setAmount(amountText(price));
      setCurrency(price.currencyCode);
    }
  };
  return (
    <FormDialog title="New opportunity" submit="Open" send={send} {...props} disabled={amount.trim() !== '' && !money}>
      <TextField label="What" value={name} onChange={setName} maxLength={255} class="whole" required autoFocus />
      <SelectField label="Product" value={product} none="Not said yet" options={products.map((p): [string, string] => [p.name, p.displayName])} onChange={choose} class="whole" />
      <TextField label="Amount" value={amount} onChange={setAmount} inputMode="decimal" error={amount.trim() && !money ? 'is no amount, as in 1,500,000' : undefined} />
      <TextField label="Currency" value={currency} onChange={setCurrency} maxLength={3} list={['KRW', 'USD', 'EUR', 'JPY']} />
      <TextField label="Expected to close" type="date" value={closes} onChange={setCloses} />
    </FormDialog>
  );
}

export function WinOpportunity({ opportunity, ...props }: Props & { opportunity: Opportunity }) {
  const { api } = useSession();
  const currency = opportunity.amount?.currencyCode ?? '';
  const [amount, setAmount] = useState(amountText(opportunity.amount));
  const [due, setDue] = useState('');
  const money = parseAmount(amount, currency);
  const send = async (requestId: (body: unknown) => string) => {
    const body = { etag: opportunity.etag, amount: money, ...(toDateParts(due) && { dueDate: toDateParts(due) }) };
    await api.post(`/v1/${opportunity.name}:win`, { ...body, requestId: requestId(body) });
    return 'Won, and the order is placed';
  };
  return (
    <FormDialog title={`Won: ${opportunity.displayName || 'opportunity'}`} submit="Place the order" send={send} {...props} disabled={!money || !currency}>
      <TextField label={`Order total, ${currency || 'without an amount it cannot be won'}`} value={amount} onChange={setAmount} inputMode="decimal" hint={money ? showMoney(money) : ''} autoFocus />
      <TextField label="To be paid by" type="date" value={due} onChange={setDue} />
    </FormDialog>
  );
}

export function LoseOpportunity({ opportunity, ...props }: Props & { opportunity: Opportunity }) {
  const { api } = useSession();
  const [reason, setReason] = useState('PRICE');
  const [note, setNote] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { etag: opportunity.etag, lostReason: reason, lostNote: note.trim() };
    await api.post(`/v1/${opportunity.name}:lose`, { ...body, requestId: requestId(body) });
    return 'Closed as lost';
  };
  return (
    <FormDialog title={`Lost: ${opportunity.displayName || 'opportunity'}`} submit="Close as lost" send={send} {...props} disabled={reason === 'OTHER' && note.trim() === ''}>
      <SelectField label="Why" value={reason} options={['PRICE', 'COMPETITOR', 'NO_BUDGET', 'NO_DECISION', 'TIMING', 'POOR_FIT', 'UNRESPONSIVE', 'OTHER']} onChange={setReason} class="whole" />
      <AreaField label={reason === 'OTHER' ? 'In words (required)' : 'In words'} value={note} onChange={setNote} maxLength={1000} />
    </FormDialog>
  );
}

export function EditOpportunity({ opportunity, ...props }: Props & { opportunity: Opportunity }) {
  const { api } = useSession();
  const [name, setName] = useState(opportunity.displayName);
  const [amount, setAmount] = useState(amountText(opportunity.amount));
  const [currency, setCurrency] = useState(opportunity.amount?.currencyCode || 'KRW');
  const [percent, setPercent] = useState(String(opportunity.probabilityPercent));
  const [closes, setCloses] = useState(fromDateParts(opportunity.expectedCloseDate));
  const [category, setCategory] = useState(opportunity.forecastCategory);
  const money = amount.trim() ? parseAmount(amount, currency.trim().toUpperCase()) : undefined;
  const send = async (requestId: (body: unknown) => string) => {
    const body = {
      etag: opportunity.etag,
      displayName: name.trim(),
      probabilityPercent: Number(percent),
      forecastCategory: category,
      ...(money && { amount: money }),
      ...(toDateParts(closes) && { expectedCloseDate: toDateParts(closes) }),
    };
    // What was emptied is in the mask without a value.
    const mask = 'displayName,probabilityPercent,forecastCategory,amount,expectedCloseDate';
    await api.patch(`/v1/${opportunity.name}`, body, { updateMask: mask, requestId: requestId(body) });
    return 'Saved';
  };
  return (
    <FormDialog title="Edit opportunity" submit="Save" send={send} {...props} disabled={amount.trim() !== '' && !money}>
      <TextField label="What" value={name} onChange={setName} maxLength={255} class="whole" autoFocus />
      <TextField label="Amount" value={amount} onChange={setAmount} inputMode="decimal" error={amount.trim() && !money ? 'is no amount, as in 1,500,000' : undefined} />
      <TextField label="Currency" value={currency} onChange={setCurrency} maxLength={3} list={['KRW', 'USD', 'EUR', 'JPY']} />
      <TextField label="Probability, %" type="number" value={percent} onChange={setPercent} inputMode="numeric" />
      <TextField label="Expected to close" type="date" value={closes} onChange={setCloses} />
      <SelectField label="Forecast" value={category} options={['PIPELINE', 'BEST_CASE', 'COMMIT', 'OMITTED']} onChange={setCategory} />
    </FormDialog>
  );
}
