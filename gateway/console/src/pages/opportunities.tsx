import { useState } from 'preact/hooks';
import { type Opportunity, type Step, steps } from '../api/types';
import { asApiError } from '../api/status';
import { newRequestId } from '../api/client';
import { type Money, sumByCurrency } from '../format/exact';
import { showCount, showDate, showMoney, showMoneyShort, showDay } from '../format/show';
import { allOf, quoted, words } from '../format/words';
import { CustomerLink, Named } from '../parts/link';
import { SelectField } from '../parts/form';
import { Empty, ErrorNotice, Skeleton } from '../parts/panel';
import { useOwnerOptions } from '../parts/slice';
import { Pager } from '../parts/table';
import { say } from '../parts/toast';
import { useNames } from '../state/directory';
import { useAnswer, usePages } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';
import { ForecastPanel } from './forecast';
import { EditOpportunity, LoseOpportunity, WinOpportunity } from './opportunity_dialogs';

type Dialog = { kind: 'win' | 'lose' | 'edit'; opportunity: Opportunity } | undefined;

interface StepRow {
  step: Step;
  opportunityCount: string;
  amount: Money;
}

// A column for each step. Each is paged by itself; what stands over it is counted by the server over all of it.
export function OpportunitiesPage() {
  const { api, directory } = useSession();
  const [query, set] = useParameters();
  const owner = query.get('owner') ?? '';
  const product = query.get('product') ?? '';
  const [turn, setTurn] = useState(0);
  const [dialog, setDialog] = useState<Dialog>();
  const [carried, setCarried] = useState<Opportunity>();
  const filter = allOf(owner && `owner = ${quoted(owner)}`, product && `product = ${quoted(product)}`);
  const summary = useAnswer(`deals ${filter} ${turn}`, async (signal) => (await api.get<{ rows?: StepRow[] }>('/v1/opportunities:summarize', { filter }, signal)).rows ?? []);
  const owners = useOwnerOptions('');
  const products = [...useNames(directory).products.values()].map((p): [string, string] => [p.name, p.displayName]);

  const move = async (opportunity: Opportunity, step: Step) => {
    if (step === opportunity.step) return;
    if (step === 'WON') return setDialog({ kind: 'win', opportunity });
    if (step === 'LOST') return setDialog({ kind: 'lose', opportunity });
    try {
      await api.patch(`/v1/${opportunity.name}`, { step, etag: opportunity.etag }, { updateMask: 'step', requestId: newRequestId() });
      say(`Moved to ${words(step).toLowerCase()}`);
    } catch (error) {
      const failure = asApiError(error);
      say(failure.stale ? 'Someone else changed it meanwhile; here it is as it is now' : failure.message);
    }
    setTurn((n) => n + 1);
  };

  return (
    <>
      <div class="page-head">
        <h1>Opportunities</h1>
        <div class="filters">
          <SelectField label="Owner" value={owner} none="Everyone" options={owners} onChange={(value) => set({ owner: value })} />
          <SelectField label="Product" value={product} none="All" options={products} onChange={(value) => set({ product: value })} />
        </div>
      </div>
      <ForecastPanel owner={owner} product={product} turn={turn} />
      {summary.error && <ErrorNotice error={summary.error} what="The sums" retry={summary.reload} />}
      <div class="board">
        {steps.map((step) => (
          <Column
            key={step}
            step={step}
            filter={filter}
            turn={turn}
            rows={summary.data?.filter((row) => row.step === step)}
            onMove={move}
            onEdit={(opportunity) => setDialog({ kind: 'edit', opportunity })}
            carried={carried}
            onCarry={setCarried}
          />
        ))}
      </div>
      {dialog?.kind === 'win' && <WinOpportunity opportunity={dialog.opportunity} onClose={() => setDialog(undefined)} onDone={() => setTurn((n) => n + 1)} />}
      {dialog?.kind === 'lose' && <LoseOpportunity opportunity={dialog.opportunity} onClose={() => setDialog(undefined)} onDone={() => setTurn((n) => n + 1)} />}
      {dialog?.kind === 'edit' && <EditOpportunity opportunity={dialog.opportunity} onClose={() => setDialog(undefined)} onDone={() => setTurn((n) => n + 1)} />}
    </>
  );
}

interface ColumnProps {
  step: Step;
  filter: string;
  turn: number;
  rows: StepRow[] | undefined;
  onMove: (opportunity: Opportunity, step: Step) => void;
  onEdit: (opportunity: Opportunity) => void;
  carried: Opportunity | undefined;
  onCarry: (opportunity: Opportunity | undefined) => void;
}

function Column({ step, filter, turn, rows, onMove, onEdit, carried, onCarry }: ColumnProps) {
  const { api, mayWrite } = useSession();
  const [over, setOver] = useState(false);
  const closed = step === 'WON' || step === 'LOST';
  const pages = usePages<Opportunity>(`${step} ${filter} ${turn}`, async (pageToken, signal) => {
    const answer = await api.get<{ opportunities?: Opportunity[]; nextPageToken: string }>('/v1/opportunities', { filter: allOf(`step = ${step}`, filter), orderBy: 'open_time desc', pageSize: closed ? 8 : 25, pageToken }, signal);
    return { items: answer.opportunities ?? [], nextPageToken: answer.nextPageToken };
  });
  const count = rows?.reduce((n, row) => n + BigInt(row.opportunityCount), 0n);
  const sums = sumByCurrency(rows?.map((row) => row.amount) ?? []);
  return (
    <section
      class={`column ${closed ? 'closed' : ''} ${over ? 'over' : ''}`}
      aria-label={words(step)}
      data-step={step}
      onDragOver={(event) => carried && (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (carried) onMove(carried, step);
        onCarry(undefined);
      }}
    >
      <header>
        <h2>{words(step)}</h2>
        <span class="count">{count === undefined ? '' : showCount(count)}</span>
        <p class="quiet small" title={sums.map((sum) => showMoney(sum)).join(' + ')}>
          {sums.map((sum) => showMoneyShort(sum)).join(' + ') || (rows ? 'no amount' : '')}
        </p>
      </header>
      {pages.error ? (
        <ErrorNotice error={pages.error} what="This column" retry={pages.reload} />
      ) : !pages.data ? (
        <Skeleton lines={5} />
      ) : pages.items.length === 0 ? (
        <Empty>None.</Empty>
      ) : (
        <ul>
          {pages.items.map((one) => (
            <li key={one.name} class="card" draggable={mayWrite && !closed} onDragStart={() => onCarry(one)} onDragEnd={() => onCarry(undefined)}>
              <p class="card-title">
                {closed || !mayWrite ? (
                  one.displayName || 'Without a name'
                ) : (
                  <button type="button" class="link" onClick={() => onEdit(one)}>
                    {one.displayName || 'Without a name'}
                  </button>
                )}
              </p>
              <p>
                <CustomerLink customer={one.customer} />
              </p>
              <p class="spread">
                <strong>{showMoney(one.amount)}</strong>
                <span class="quiet small">{closed ? words(one.lostReason) : `${one.probabilityPercent}%`}</span>
              </p>
              <p class="spread quiet small">
                <Named resource={one.owner} none="nobody" />
                <span>{closed ? showDay(one.closeTime) : showDate(one.expectedCloseDate)}</span>
              </p>
              {mayWrite && !closed && (
                <label class="move">
                  <span class="unseen">Move {one.displayName} to</span>
                  <select value={one.step} onChange={(event) => (onMove(one, event.currentTarget.value as Step), (event.currentTarget.value = one.step))}>
                    {steps.map((to) => (
                      <option key={to} value={to} selected={to === one.step}>
                        {words(to)}
                      </option>
                    ))}
                  </select>
                </label>
              )}
            </li>
          ))}
        </ul>
      )}
      <Pager pages={pages} />
    </section>
  );
}
