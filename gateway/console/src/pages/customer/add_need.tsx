import { useState } from 'preact/hooks';
import { parseAmount } from '../../format/exact';
import { toDateParts } from '../../format/show';
import { AreaField, SelectField, TextField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { useNames } from '../../state/directory';
import { useSession } from '../../state/session';

interface Props {
  customer: string;
  onClose: () => void;
  onDone: () => void;
}

export function AddNeed({ customer, onClose, onDone }: Props) {
  const { api, directory } = useSession();
  const products = [...useNames(directory).products.values()].map((p) => p.displayName);
  const [description, setDescription] = useState('');
  const [product, setProduct] = useState('');
  const [quantity, setQuantity] = useState('');
  const [budget, setBudget] = useState('');
  const [currency, setCurrency] = useState('KRW');
  const [decides, setDecides] = useState('');
  const [urgency, setUrgency] = useState('');
  const amount = budget.trim() ? parseAmount(budget, currency.trim().toUpperCase()) : undefined;
  const send = async (requestId: (body: unknown) => string) => {
    const body = {
      description: description.trim(),
      ...(product.trim() && { productInterest: product.trim() }),
      ...(quantity && { quantity }),
      ...(amount && { budget: amount }),
      ...(toDateParts(decides) && { decisionDate: toDateParts(decides) }),
      ...(urgency && { urgency }),
    };
    await api.post(`/v1/${customer}/needs`, body, { requestId: requestId(body) });
    return 'The need was added';
  };
  return (
    <FormDialog title="Add need" submit="Add" send={send} onClose={onClose} onDone={onDone} disabled={budget.trim() !== '' && !amount}>
      <AreaField label="What for" value={description} onChange={setDescription} required maxLength={1000} rows={2} />
      <TextField label="Product interest" value={product} onChange={setProduct} list={products} maxLength={255} class="whole" />
      <TextField label="Budget" value={budget} onChange={setBudget} inputMode="decimal" error={budget.trim() && !amount ? 'is no amount, as in 1,500,000' : undefined} />
      <TextField label="Currency" value={currency} onChange={setCurrency} maxLength={3} list={['KRW', 'USD', 'EUR', 'JPY']} />
      <TextField label="Pieces" type="number" value={quantity} onChange={setQuantity} inputMode="numeric" />
      <TextField label="They decide on" type="date" value={decides} onChange={setDecides} />
      <SelectField label="Urgency" value={urgency} none="Not known" options={['LOW', 'MEDIUM', 'HIGH']} onChange={setUrgency} />
    </FormDialog>
  );
}
