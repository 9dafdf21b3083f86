import { type Journey, type Transition, stages } from '../api/types';
import { showAgo, showDay } from '../format/show';
import { words } from '../format/words';

// The lifecycle as a track: what was reached and when, where the customer is now, and what lies ahead.
export function JourneyTrack({ journey, transitions }: { journey: Journey; transitions: Transition[] }) {
  const furthest = stages.indexOf(journey.furthestStage as (typeof stages)[number]);
  const aside = journey.stage === 'LOST' || journey.stage === 'DORMANT';
  const now = aside ? journey.lostFromStage : journey.stage;
  const reachedAt = (stage: string) => transitions.find((t) => t.toStage === stage)?.eventTime;
  return (
    <div class="journey">
      <ol class="track">
        {stages.map((stage, i) => {
          const state = !aside && stage === journey.stage ? 'now' : i <= furthest ? 'reached' : 'ahead';
          const time = reachedAt(stage);
          return (
            <li key={stage} class={state} aria-current={state === 'now' ? 'step' : undefined}>
              <span class="dot" aria-hidden="true" />
              <span class="stage">{words(stage)}</span>
              <span class="quiet small">
                {state === 'now' ? `since ${showDay(journey.stageTime)}` : state === 'reached' ? (time ? showDay(time) : 'passed over') : ''}
              </span>
            </li>
          );
        })}
      </ol>
      {aside && (
        <p class={`aside stage-${journey.stage.toLowerCase()}`}>
          <strong>{words(journey.stage)}</strong> {showAgo(journey.stageTime)}
          {words(now) && `, from ${words(now)}`}
        </p>
      )}
    </div>
  );
}
