import { useState } from 'preact/hooks';
import type { Customer } from '../../api/types';
import type { ApiError } from '../../api/status';
import { SelectField, TextField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { customerPath } from '../../parts/link';
import { navigate } from '../../state/router';
import { useSession } from '../../state/session';
import { changedFields, reconcile } from './conflict';
import { type CustomerField, type CustomerForm, fieldLabels, toForm, toWrite } from './customer_form';

interface FieldsProps {
  form: CustomerForm;
  set: (field: CustomerField, value: string) => void;
  error: ApiError | undefined;
}

function CustomerFields({ form, set, error }: FieldsProps) {
  const text = (field: CustomerField, more: Partial<Parameters<typeof TextField>[0]> = {}) => (
    <TextField label={fieldLabels[field]} value={form[field]} onChange={(value) => set(field, value)} error={error?.fieldMessage(snake(field))} {...more} />
  );
  return (
    <>
      {text('displayName', { required: true, maxLength: 255, class: 'whole', autoFocus: true })}
      <SelectField label="Type" value={form.type} options={['ORGANIZATION', 'PERSON']} onChange={(value) => set('type', value)} />
      {text('registrationNumber', { maxLength: 64 })}
      {text('industry', { maxLength: 128 })}
      {text('source', { maxLength: 128, placeholder: 'trade fair, referral, …' })}
      {text('employeeCount', { type: 'number', inputMode: 'numeric' })}
      {text('foundedYear', { type: 'number', inputMode: 'numeric' })}
      {text('revenueAmount', { inputMode: 'decimal' })}
      {text('revenueCurrency', { maxLength: 3, placeholder: 'KRW', list: ['KRW', 'USD', 'EUR', 'JPY'] })}
      {text('email', { type: 'email' })}
      {text('phone')}
      {text('web')}
      {text('tags', { hint: 'separated by commas' })}
    </>
  );
}

const snake = (field: string) => field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

interface EditProps {
  customer: Customer;
  onClose: () => void;
  onDone: () => void;
}

export function EditCustomer({ customer, onClose, onDone }: EditProps) {
  const { api } = useSession();
  // What the form was filled from; after a conflict that is the customer as it is now.
  const [base, setBase] = useState(customer);
  const [form, setForm] = useState(() => toForm(customer));
  const [clash, setClash] = useState<{ theirs: CustomerForm; both: CustomerField[]; taken: CustomerField[] }>();
  const [wrong, setWrong] = useState<ApiError>();
  const set = (field: CustomerField, value: string) => setForm((old) => ({ ...old, [field]: value }));

  const send = async (requestId: (body: unknown) => string) => {
    setWrong(undefined);
    const fields = changedFields(toForm(base), form);
    if (fields.length === 0) return 'Nothing was changed';
    const { body, mask } = toWrite(form, fields, base);
    const sent = { ...body, etag: base.etag };
    try {
      await api.patch(`/v1/${customer.name}`, sent, { updateMask: mask.join(','), requestId: requestId({ sent, mask }) });
    } catch (error) {
      setWrong(error as ApiError);
      throw error;
    }
    return 'Saved';
  };

  // Nothing of either side is thrown away: theirs is taken over where I changed nothing, and where both did, I choose.
  const onStale = (error: ApiError): boolean => {
    if (!error.stale) return false;
    void api.get<Customer>(`/v1/${customer.name}`).then((now) => {
      const theirs = toForm(now);
      const { theirs: taken, both } = reconcile(toForm(base), form, theirs);
      const merged = { ...form };
      for (const field of taken) merged[field] = theirs[field];
      setForm(merged);
      setBase(now);
      setClash({ theirs, both, taken });
    });
    return true;
  };

  return (
    <FormDialog title={`Edit ${customer.displayName}`} submit={clash ? 'Save over it' : 'Save'} send={send} onClose={onClose} onDone={onDone} onError={onStale} wide>
      {clash && (
        <div class="notice warn whole" role="alert" data-conflict>
          <p>
            <strong>Someone else changed this customer while you were editing</strong>
            <span>Nothing of yours was saved yet, and nothing of theirs is lost.</span>
          </p>
          {clash.taken.length > 0 && <p>Taken over from them: {clash.taken.map((field) => `${fieldLabels[field]} (${clash.theirs[field] || 'empty'})`).join(', ')}.</p>}
          {clash.both.length === 0 ? (
            <p>You changed different fields, so you can save yours.</p>
          ) : (
            <ul>
              {clash.both.map((field) => (
                <li key={field}>
                  {fieldLabels[field]}: yours is “{form[field] || 'empty'}”, theirs is “{clash.theirs[field] || 'empty'}”{' '}
                  {form[field] !== clash.theirs[field] && (
                    <button type="button" class="link" onClick={() => set(field, clash.theirs[field])}>
                      Take theirs
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <CustomerFields form={form} set={set} error={wrong} />
    </FormDialog>
  );
}

export function NewCustomer({ onClose }: { onClose: () => void }) {
  const { api, account } = useSession();
  const [form, setForm] = useState(() => toForm({}));
  const [wrong, setWrong] = useState<ApiError>();
  const [made, setMade] = useState<Customer>();
  const set = (field: CustomerField, value: string) => setForm((old) => ({ ...old, [field]: value }));
  const send = async (requestId: (body: unknown) => string) => {
    setWrong(undefined);
    const fields = changedFields({ ...toForm({}), type: '' }, form);
    const { body } = toWrite(form, fields, {});
    // A representative's new customer is their own; otherwise it lies in the team's pool.
    if (account.subject.startsWith('representatives/')) body.owner = account.subject;
    try {
      const customer = await api.post<Customer>('/v1/customers', body, { requestId: requestId(body) });
      setMade(customer);
      navigate(customerPath(customer.name));
    } catch (error) {
      setWrong(error as ApiError);
      throw error;
    }
    return 'The customer was created';
  };
  return (
    <FormDialog title="New customer" submit="Create" send={send} onClose={onClose} onDone={() => {}} disabled={made !== undefined} wide>
      <CustomerFields form={form} set={set} error={wrong} />
    </FormDialog>
  );
}
