// Figures, money and dates for people, by Intl in the browser's language.
import { type Money, roundTo, toNanos } from './exact';

export const locale: string = typeof navigator === 'undefined' ? 'en' : (navigator.languages?.[0] ?? navigator.language ?? 'en');

const formatters = new Map<string, Intl.NumberFormat>();
function numberFormat(options: Intl.NumberFormatOptions, language: string): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) formatters.set(key, (made = new Intl.NumberFormat(language, options)));
  return made;
}

// An integer of 10^-places, exactly, in the shape that `options` give.
function decimal(value: bigint, places: number, options: Intl.NumberFormatOptions, language: string): string {
  const fixed = { ...options, minimumFractionDigits: places, maximumFractionDigits: places };
  const magnitude = value < 0n ? -value : value;
  const scale = 10n ** BigInt(places);
  const whole = magnitude / scale;
  const fraction = String(magnitude % scale).padStart(places, '0');
  // Intl sets sign, groups and symbols; a zero has no sign there, so -0.5 borrows that of -1.
  const parts = numberFormat(fixed, language).formatToParts(value < 0n ? (whole === 0n ? -1n : -whole) : whole);
  return parts
    .map((part) => {
      if (part.type === 'fraction') return fraction;
      if (part.type === 'integer' && whole === 0n) return '0';
      return part.value;
    })
    .join('');
}

export function showCount(value: bigint | number | string, language = locale): string {
  return numberFormat({}, language).format(typeof value === 'string' ? BigInt(value || '0') : value);
}

export function showMoney(money: Money | null | undefined, language = locale): string {
  if (!money?.currencyCode) return '–';
  let options: Intl.NumberFormatOptions = { style: 'currency', currency: money.currencyCode };
  let places: number;
  try {
    places = numberFormat(options, language).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    options = {};
    places = 2;
  }
  const text = decimal(roundTo(toNanos(money), 9, places), places, options, language);
  return 'currency' in options ? text : `${text} ${money.currencyCode}`;
}

// `₩1.2B`, `12.3억`: for tiles and bars; the exact figure stands beside it or in its title.
export function showMoneyShort(money: Money | null | undefined, language = locale): string {
  if (!money?.currencyCode) return '–';
  const value = Number(roundTo(toNanos(money), 9, 2)) / 100;
  try {
    return numberFormat({ style: 'currency', currency: money.currencyCode, notation: 'compact', minimumFractionDigits: 0, maximumSignificantDigits: 3 }, language).format(value);
  } catch {
    return showMoney(money, language);
  }
}

// Millionths, `62,345,678` → `62.3`.
export function showMicros(micros: bigint | string | number, places = 1, language = locale): string {
  return decimal(roundTo(BigInt(micros), 6, places), places, {}, language);
}
// 10^-places, with its sign: `+12.3`, `−4.0`.
export function showSigned(value: bigint, places: number, language = locale): string {
  return decimal(value, places, { signDisplay: 'exceptZero' }, language);
}
export function showScaled(value: bigint, places: number, language = locale): string {
  return decimal(value, places, {}, language);
}

export function showShare(share: number | null | undefined, places = 0, language = locale): string {
  return numberFormat({ style: 'percent', minimumFractionDigits: places, maximumFractionDigits: places }, language).format(share ?? 0);
}
export function showMicroShare(micros: string | number | bigint, places = 1, language = locale): string {
  return showShare(Number(micros) / 1e6, places, language);
}

export interface DateParts {
  year: number;
  month: number;
  day: number;
}

const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };

export function showDate(date: DateParts | null | undefined, language = locale): string {
  if (!date?.year) return '–';
  // A day, not a moment: it is the same one everywhere.
  const moment = new Date(Date.UTC(date.year, (date.month || 1) - 1, date.day || 1));
  return new Intl.DateTimeFormat(language, { ...day, timeZone: 'UTC' }).format(moment);
}
export function showDay(time: string | null | undefined, language = locale): string {
  return time ? new Intl.DateTimeFormat(language, day).format(new Date(time)) : '–';
}
export function showTime(time: string | null | undefined, language = locale): string {
  if (!time) return '–';
  return new Intl.DateTimeFormat(language, { ...day, hour: '2-digit', minute: '2-digit' }).format(new Date(time));
}
export function showClock(time: string | number | Date, language = locale): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time));
}

// `3 days ago`, `in 2 hours`.
export function showAgo(time: string | null | undefined, now: number = Date.now(), language = locale): string {
  if (!time) return '–';
  const seconds = (new Date(time).getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of [['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]] as const) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(Math.round(seconds), 'second');
}

// A google.protobuf.Duration, `86400s`, in days or hours.
export function showDuration(duration: string | null | undefined, language = locale): string {
  if (!duration) return '–';
  const hours = Number.parseFloat(duration) / 3600;
  const [value, unit] = hours >= 48 ? [hours / 24, 'day'] : [hours, 'hour'];
  return numberFormat({ style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: value < 10 ? 1 : 0 }, language).format(value);
}

// `2026-01-31` of an <input type="date"> and back.
export function toDateParts(text: string): DateParts | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) } : undefined;
}
export function fromDateParts(date: DateParts | null | undefined): string {
  if (!date?.year) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}
