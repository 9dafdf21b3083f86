// What happened with a customer, from whichever list tells it, as lines of one kind.
import type { Contact, Interaction, Need, Transition } from '../../api/types';
import { showMoney } from '../../format/show';
import { words } from '../../format/words';

export interface Line {
  key: string;
  time: string;
  what: string;
  text: string;
  more: string;
  who: string;
  planned: boolean;
}

export interface TimelineEntry {
  time: string;
  interaction?: Interaction | null;
  contact?: Contact | null;
  need?: Need | null;
  change?: { resource: string; actor: string; method: string; fields?: { field: string; oldValue: string; newValue: string }[] } | null;
}

const someone = (actor: string) => (actor.startsWith('representatives/') ? actor : '');

export function ofInteraction(one: Interaction): Line {
  const state = one.state === 'HELD' ? '' : words(one.state).toLowerCase();
  return {
    key: one.name,
    time: one.eventTime,
    what: [words(one.channel), one.direction === 'INBOUND' ? 'from them' : '', state].filter(Boolean).join(', '),
    text: one.subject,
    more: one.outcome,
    who: one.representative,
    planned: one.state === 'PLANNED',
  };
}

export function ofTransition(one: Transition): Line {
  const from = words(one.fromStage);
  return {
    key: one.name,
    time: one.eventTime,
    what: words(one.direction) || 'Bought again',
    text: from ? `${from} → ${words(one.toStage)}` : `Entered as ${words(one.toStage).toLowerCase()}`,
    more: one.reason,
    who: someone(one.actor),
    planned: false,
  };
}

// A value of a changed field is told as JSON: `"Optics"`, `120`, `["a","b"]`.
export function plainValue(json: string): string {
  if (!json) return 'empty';
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value)) return value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ') || 'empty';
    return typeof value === 'object' ? json : String(value);
  } catch {
    return json;
  }
}

export function ofEntry(entry: TimelineEntry, at: number): Line {
  const base = { time: entry.time, who: '', planned: false, more: '' };
  if (entry.interaction) return { ...ofInteraction(entry.interaction), time: entry.time };
  if (entry.contact) return { ...base, key: entry.contact.name, what: 'Contact', text: entry.contact.displayName, more: entry.contact.jobTitle };
  if (entry.need) return { ...base, key: entry.need.name, what: 'Need', text: entry.need.description, more: entry.need.budget?.currencyCode ? `budget ${showMoney(entry.need.budget)}` : '' };
  const change = entry.change;
  const fields = change?.fields ?? [];
  const created = change?.method.startsWith('Create') ?? false;
  return {
    ...base,
    key: `${entry.time}${change?.resource ?? ''}${at}`,
    what: created ? 'Created' : 'Changed',
    text: fields.length <= 2 && !created ? fields.map((f) => `${f.field.replace(/_/g, ' ')}: ${plainValue(f.oldValue)} → ${plainValue(f.newValue)}`).join('; ') : `${fields.length} fields`,
    more: fields.length > 2 || created ? fields.map((f) => f.field.replace(/_/g, ' ')).join(', ') : '',
    who: someone(change?.actor ?? ''),
  };
}

export const newestFirst = (a: Line, b: Line): number => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0);

// Moves among what was read. Moves older than the oldest line would pretend that nothing else happened in between.
export function merged(lines: Line[], moves: Line[], goesOn: boolean): Line[] {
  const oldest = goesOn ? (lines.at(-1)?.time ?? '') : '';
  return [...lines, ...moves.filter((move) => move.time >= oldest)].sort(newestFirst);
}
