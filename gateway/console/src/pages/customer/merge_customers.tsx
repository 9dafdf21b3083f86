import { useState } from 'preact/hooks';
import type { Customer } from '../../api/types';
import { showCount } from '../../format/show';
import { FormDialog } from '../../parts/dialog';
import { Named } from '../../parts/link';
import { Loaded } from '../../parts/panel';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { openChoices } from './merge_choices';

interface Preview {
  survivor: Customer;
  merge: { contactCount: string; needCount: string; interactionCount: string; subsidiaryCount: string };
}

export function MergeCustomers({ survivor, other, onClose, onDone }: { survivor: Customer; other: Customer; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const fields = [...theirs].sort();
  const body = { mergedCustomer: other.name, fieldsFromMerged: fields, survivorEtag: survivor.etag, mergedEtag: other.etag };
  const preview = useAnswer(`${survivor.name} merge ${JSON.stringify(body)}`, (signal) => api.post<Preview>(`/v1/${survivor.name}:previewMerge`, body, {}, signal));
  const choose = (field: string, fromOther: boolean) => {
    const next = new Set(theirs);
    if (fromOther) next.add(field);
    else next.delete(field);
    setTheirs(next);
  };
  const send = async (requestId: (body: unknown) => string) => {
    await api.post(`/v1/${survivor.name}:merge`, { ...body, requestId: requestId(body) });
    return `${other.displayName} is a part of this customer now`;
  };
  const open = openChoices(survivor, other);
  return (
    <FormDialog title="Merge two customers" submit="Merge" send={send} onClose={onClose} onDone={onDone} wide disabled={!preview.data}>
      <p class="whole">
        <strong>{other.displayName}</strong> becomes a part of <strong>{survivor.displayName}</strong>; its name keeps working, and the merge can be undone.
      </p>
      {open.length > 0 && (
        <table class="whole">
          <caption class="unseen">Which value to keep</caption>
          <thead>
            <tr>
              <th scope="col">Keep</th>
              <th scope="col">This customer’s</th>
              <th scope="col">The other’s</th>
            </tr>
          </thead>
          <tbody>
            {open.map(([field, label, text]) => (
              <tr key={field}>
                <th scope="row">{label}</th>
                {[survivor, other].map((customer, i) => (
                  <td key={customer.name}>
                    <label class="check">
                      <input type="radio" name={field} checked={theirs.has(field) === (i === 1)} onChange={() => choose(field, i === 1)} />
                      {field === 'owner' ? <Named resource={customer.owner} /> : text(customer)}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div class="whole">
        <Loaded answer={preview} what="What would move" lines={1}>
          {({ merge }) => (
            <p class="quiet">
              {showCount(merge.contactCount)} contacts, {showCount(merge.needCount)} needs, {showCount(merge.interactionCount)} interactions and {showCount(merge.subsidiaryCount)} subsidiaries move.
            </p>
          )}
        </Loaded>
      </div>
    </FormDialog>
  );
}
