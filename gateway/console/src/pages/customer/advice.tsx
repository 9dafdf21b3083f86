import { useState } from 'preact/hooks';
import type { Customer, Department } from '../../api/types';
import { asApiError } from '../../api/status';
import { newRequestId } from '../../api/client';
import { showShare } from '../../format/show';
import { words } from '../../format/words';
import { MergeCustomers } from './merge_customers';
import { CustomerLink } from '../../parts/link';
import { Loaded, Panel } from '../../parts/panel';
import { Tag } from '../../parts/tags';
import { say } from '../../parts/toast';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

export interface Recommendation {
  customer: string;
  policy: string;
  policyDisplayName: string;
  goal: string;
  department: Department;
  recommendedAction: string;
  reason: string;
}

// What the policies recommend for this customer. Where there is nothing, or no policies at all, nothing is shown.
export function Advice({ customer, turn }: { customer: string; turn: number }) {
  const { api } = useSession();
  const answer = useAnswer(`${customer} advice ${turn}`, async (signal) => (await api.get<{ recommendations?: Recommendation[] }>('/v1/recommendations', { customer, pageSize: 10 }, signal)).recommendations ?? []);
  if (answer.error?.notOffered || answer.error?.notFound || answer.data?.length === 0 || (answer.loading && !answer.data)) return null;
  return (
    <Panel title="Recommended now">
      <Loaded answer={answer} what="Recommendations" lines={2}>
        {(rows) => (
          <ul class="cards">
            {rows.map((row) => (
              <li key={row.policy}>
                <p>
                  <strong>{row.recommendedAction}</strong> <Tag kind="good">{words(row.goal)}</Tag> <Tag>{words(row.department) || 'Anyone'}</Tag>
                </p>
                <p class="small quiet">
                  {row.policyDisplayName}: {row.reason}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

interface Duplicate {
  customer: Customer;
  score: number;
  reasons?: { kind: string; weight: number }[];
}

// Others that may be the same customer, with what speaks for it and against it.
export function Duplicates({ customer: survivor, turn, onChange }: { customer: Customer; turn: number; onChange: () => void }) {
  const { api, mayWrite } = useSession();
  const customer = survivor.name;
  const [merging, setMerging] = useState<Customer>();
  const [again, setAgain] = useState(0);
  const answer = useAnswer(`${customer} duplicates ${turn} ${again}`, async (signal) => (await api.get<{ duplicates?: Duplicate[] }>(`/v1/${customer}/duplicates`, {}, signal)).duplicates ?? []);
  const dismiss = async (other: Customer) => {
    try {
      await api.post(`/v1/${customer}:dismissDuplicate`, { other: other.name, requestId: newRequestId() });
      say(`${other.displayName} is another customer`);
    } catch (error) {
      say(asApiError(error).message);
    }
    setAgain(again + 1);
  };
  if (!answer.data || answer.data.length === 0) return null;
  return (
    <div class="notice warn">
      <p>
        <strong>{answer.data.length === 1 ? 'Another customer may be the same' : `${answer.data.length} other customers may be the same`}</strong>
      </p>
      <ul class="plain">
        {answer.data.slice(0, 5).map((one) => (
          <li key={one.customer.name}>
            <CustomerLink customer={one.customer.name} name={one.customer.displayName} /> <strong>{showShare(one.score)}</strong>{' '}
            <span class="quiet small">{(one.reasons ?? []).map((reason) => words(reason.kind).toLowerCase()).join(', ')}</span>{' '}
            {mayWrite && (
              <span class="row-actions">
                <button type="button" class="link small" onClick={() => setMerging(one.customer)}>
                  Merge
                </button>
                <button type="button" class="link small" onClick={() => void dismiss(one.customer)}>
                  Not the same
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {merging && <MergeCustomers survivor={survivor} other={merging} onClose={() => setMerging(undefined)} onDone={onChange} />}
    </div>
  );
}
