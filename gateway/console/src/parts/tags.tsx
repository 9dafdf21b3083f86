import type { Stage, Tier } from '../api/types';
import { words } from '../format/words';

export function StageTag({ stage }: { stage: Stage | undefined }) {
  if (!words(stage)) return <span class="quiet">–</span>;
  return <span class={`tag stage-${stage!.toLowerCase()}`}>{words(stage)}</span>;
}
export function TierTag({ tier }: { tier: Tier | undefined }) {
  if (!words(tier)) return <span class="quiet">–</span>;
  return <span class={`tag tier-${tier!.toLowerCase()}`}>{words(tier)}</span>;
}
export function Tag({ children, kind = '' }: { children: string; kind?: 'good' | 'bad' | 'warn' | '' }) {
  return <span class={`tag ${kind}`}>{children}</span>;
}

// A share as a bar, with the figure beside it for everyone.
export function Meter({ share, label }: { share: number; label: string }) {
  return (
    <span class="meter" role="img" aria-label={label}>
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}

export function Tile({ label, value, title, note }: { label: string; value: string; title?: string; note?: string }) {
  return (
    <div class="tile" title={title}>
      <span class="label">{label}</span>
      <span class="value">{value}</span>
      {note && <span class="quiet small">{note}</span>}
    </div>
  );
}
