import { useState } from 'preact/hooks';
import { type Completeness, type Journey, type MissingItem, type Stage, type TransitionCheck, stages } from '../../api/types';
import { ApiError } from '../../api/status';
import { words } from '../../format/words';
import { showShare } from '../../format/show';
import { AreaField, SelectField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/panel';
import { Meter, Tag } from '../../parts/tags';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { nextStage } from './customer_page';

// Each missing item, and who supplies it.
export function MissingItems({ items }: { items: MissingItem[] }) {
  return (
    <ul class="missing">
      {items.map((item) => (
        <li key={item.requirement}>
          <span>{item.description}</span>
          <Tag>{words(item.supplier) || 'Anyone'}</Tag>
          <span class="quiet small">{item.share > 0 ? showShare(item.share) : 'must be met'}</span>
        </li>
      ))}
    </ul>
  );
}

interface Props {
  journey: Journey;
  onClose: () => void;
  onDone: () => void;
}

// A move that skips, goes back, comes back or leaves has to say why.
export function reasonNeeded(from: Stage, to: Stage): boolean {
  const a = stages.indexOf(from as (typeof stages)[number]);
  const b = stages.indexOf(to as (typeof stages)[number]);
  return !(a >= 0 && b === a + 1);
}

export function MoveJourney({ journey, onClose, onDone }: Props) {
  const { api, account } = useSession();
  const [stage, setStage] = useState<Stage>(() => nextStage(journey));
  const [reason, setReason] = useState('');
  const [override, setOverride] = useState(false);
  const customer = journey.name.replace(/\/journey$/, '');
  const check = useAnswer(`${journey.name} check ${stage}`, async (signal): Promise<TransitionCheck> => {
    try {
      return await api.get<TransitionCheck>(`/v1/${journey.name}:checkTransition`, { stage }, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.notOffered) throw error;
      return await checkByCompleteness(stage, signal);
    }
  });
  // A server without CheckTransition still knows what the stage asks for.
  const checkByCompleteness = async (to: Stage, signal: AbortSignal): Promise<TransitionCheck> => {
    const asked = (stages as readonly string[]).includes(to);
    const known = asked ? await api.get<Completeness>(`/v1/${customer}:checkCompleteness`, { stage: to }, signal).catch(() => undefined) : undefined;
    return {
      fromStage: journey.stage,
      toStage: to,
      direction: '',
      allowed: true,
      reasonRequired: reasonNeeded(journey.stage, to),
      refusal: '',
      missingItems: known?.missingItems ?? [],
      completenessShare: known?.share ?? 1,
    };
  };
  const send = async (requestId: (body: unknown) => string) => {
    const body = { stage, reason: reason.trim(), etag: journey.etag, ...(override && { overrideRequirements: true }) };
    await api.post(`/v1/${journey.name}:transition`, { ...body, requestId: requestId(body) });
    return `Moved to ${words(stage).toLowerCase()}`;
  };
  const found = check.data;
  const blocked = found !== undefined && (found.refusal !== '' || (!found.allowed && !override));
  return (
    <FormDialog
      title="Move through the lifecycle"
      submit={`Move to ${words(stage).toLowerCase()}`}
      send={send}
      onClose={onClose}
      onDone={onDone}
      disabled={blocked || (found?.reasonRequired === true && reason.trim() === '') || (override && reason.trim() === '')}
    >
      <SelectField
        label={`From ${words(journey.stage).toLowerCase()} to`}
        value={stage}
        options={[...stages, 'LOST', 'DORMANT'].filter((s) => s !== journey.stage)}
        onChange={(value) => setStage(value as Stage)}
        class="whole"
      />
      <div class="whole">
        <Loaded answer={check} what="What the stage asks for" lines={3}>
          {(data) => (
            <>
              {data.refusal && <p class="notice bad">{data.refusal}</p>}
              <p class="complete">
                <Meter share={data.completenessShare} label={`${showShare(data.completenessShare)} known`} />
                <strong>{showShare(data.completenessShare)}</strong> of what it asks for is known
                {words(data.direction) && <Tag>{words(data.direction)}</Tag>}
              </p>
              {data.missingItems.length > 0 && (
                <>
                  <p class="small quiet">{data.allowed ? 'Missing, but not required:' : 'Missing, with who supplies it:'}</p>
                  <MissingItems items={data.missingItems} />
                </>
              )}
            </>
          )}
        </Loaded>
      </div>
      <AreaField label={found?.reasonRequired ? 'Why (required)' : 'Why'} value={reason} onChange={setReason} maxLength={1000} rows={2} />
      {account.role === 'ADMINISTRATOR' && found !== undefined && !found.allowed && !found.refusal && (
        <label class="check whole">
          <input type="checkbox" checked={override} onChange={(event) => setOverride(event.currentTarget.checked)} /> Move it although something is missing; this is recorded with the reason
        </label>
      )}
    </FormDialog>
  );
}
