import { useMemo } from 'preact/hooks';
import { useNames } from '../state/directory';
import { useSession } from '../state/session';
import { SelectField, TextField } from './form';

export interface Slice {
  team: string;
  owner: string;
  industry: string;
  targetMarket: string;
}
export const sliceOf = (query: URLSearchParams): Slice => ({
  team: query.get('team') ?? '',
  owner: query.get('owner') ?? '',
  industry: query.get('industry') ?? '',
  targetMarket: query.get('targetMarket') ?? '',
});

// Teams as a tree: those below are set in.
export function useTeamOptions(): [string, string][] {
  const directory = useNames(useSession().directory);
  return useMemo(() => {
    const below = new Map<string, string[]>();
    for (const team of directory.teams.values()) {
      const parent = directory.teams.has(team.parent) ? team.parent : '';
      below.set(parent, [...(below.get(parent) ?? []), team.name]);
    }
    const options: [string, string][] = [];
    const visit = (parent: string, depth: number) => {
      for (const name of below.get(parent) ?? []) {
        options.push([name, `${'\u2003'.repeat(depth)}${directory.nameOf(name)}`]);
        if (depth < 20) visit(name, depth + 1);
      }
    };
    visit('', 0);
    return options;
  }, [directory, directory.teams.size]);
}

export function useOwnerOptions(team: string): [string, string][] {
  const directory = useNames(useSession().directory);
  return [...directory.representatives.values()]
    .filter((one) => !team || one.team === team)
    .map((one): [string, string] => [one.name, one.displayName])
    .sort((a, b) => a[1].localeCompare(b[1]));
}

export function SlicePicker({ slice, onChange, market = true }: { slice: Slice; onChange: (changes: Record<string, string>) => void; market?: boolean }) {
  const directory = useNames(useSession().directory);
  const markets = [...directory.targetMarkets.values()].map((m): [string, string] => [m.name, m.displayName]);
  const teams = useTeamOptions();
  const owners = useOwnerOptions(slice.team);
  return (
    <div class="filters">
      <SelectField label="Team" value={slice.team} none="All teams" options={teams} onChange={(team) => onChange({ team, owner: '' })} />
      <SelectField label="Owner" value={slice.owner} none="Everyone" options={owners} onChange={(owner) => onChange({ owner })} />
      <LazyText label="Industry" value={slice.industry} onChange={(value) => onChange({ industry: value })} />
      {market && (markets.length > 0 || slice.targetMarket) && (
        <SelectField label="Target market" value={slice.targetMarket} none="All" options={markets} onChange={(targetMarket) => onChange({ targetMarket })} />
      )}
    </div>
  );
}

// Tells what was typed when the typing has ended.
function LazyText({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const later = useMemo(() => {
    let timer: ReturnType<typeof setTimeout>;
    return (text: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => onChange(text), 400);
    };
  }, []);
  return <TextField label={label} type="search" value={value} placeholder="Any" onChange={later} />;
}
