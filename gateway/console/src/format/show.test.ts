import { describe, expect, it } from 'vitest';
import * as show from './show';

const plain = (text: string) => text.replace(/[\u00a0\u202f\u2212]/g, (c) => (c === '\u2212' ? '-' : ' '));

describe('money', () => {
  it('has the places of its currency, and every digit', () => {
    expect(show.showMoney({ currencyCode: 'KRW', units: '9007199254740993', nanos: 0 }, 'ko-KR')).toBe('₩9,007,199,254,740,993');
    expect(show.showMoney({ currencyCode: 'USD', units: '1234', nanos: 565_000_000 }, 'en-US')).toBe('$1,234.57');
    expect(plain(show.showMoney({ currencyCode: 'EUR', units: '-1234', nanos: -500_000_000 }, 'de-DE'))).toBe('-1.234,50 €');
    expect(plain(show.showMoney({ currencyCode: 'USD', units: '0', nanos: -500_000_000 }, 'en-US'))).toBe('-$0.50');
    expect(show.showMoney({ currencyCode: 'JPY', units: '0', nanos: 0 }, 'en-US')).toBe('¥0');
    expect(show.showMoney(undefined)).toBe('–');
    expect(show.showMoney({ currencyCode: '', units: '0', nanos: 0 })).toBe('–');
  });
  it('is short as people of the language say it', () => {
    const money = { currencyCode: 'KRW', units: '1234567890', nanos: 0 };
    expect(show.showMoneyShort(money, 'ko-KR')).toBe('₩12.3억');
    expect(show.showMoneyShort(money, 'en-US')).toBe('₩1.23B');
  });
});

describe('figures', () => {
  it('of millionths are exact', () => {
    expect(show.showMicros('62345678', 1, 'en')).toBe('62.3');
    expect(show.showMicros('100000000', 1, 'en')).toBe('100.0');
    expect(plain(show.showMicros('-49999', 1, 'en'))).toBe('0.0');
    expect(plain(show.showSigned(-123n, 1, 'en'))).toBe('-12.3');
    expect(show.showSigned(123n, 1, 'en')).toBe('+12.3');
    expect(plain(show.showSigned(-3n, 1, 'en'))).toBe('-0.3');
    expect(show.showSigned(0n, 1, 'en')).toBe('0.0');
  });
  it('count in groups', () => {
    expect(show.showCount('1234567', 'en')).toBe('1,234,567');
    expect(show.showCount(0, 'en')).toBe('0');
  });
  it('shares', () => {
    expect(show.showShare(0.1234, 1, 'en')).toBe('12.3%');
    expect(show.showMicroShare('10000', 0, 'en')).toBe('1%');
  });
});

describe('dates', () => {
  it('of a day are that day in every time zone', () => {
    expect(show.showDate({ year: 2026, month: 1, day: 31 }, 'en-US')).toBe('Jan 31, 2026');
    expect(show.showDate({ year: 2026, month: 1, day: 31 }, 'ko-KR')).toBe('2026년 1월 31일');
    expect(show.showDate(undefined)).toBe('–');
  });
  it('are told from now', () => {
    const now = Date.parse('2026-11-25T00:00:00Z');
    expect(show.showAgo('2026-11-22T00:00:00Z', now, 'en')).toBe('3 days ago');
    expect(show.showAgo('2026-11-25T02:00:00Z', now, 'en')).toBe('in 2 hours');
    expect(show.showAgo('2026-11-22T00:00:00Z', now, 'ko')).toBe('3일 전');
  });
  it('survive an input', () => {
    expect(show.fromDateParts(show.toDateParts('2026-03-04'))).toBe('2026-03-04');
    expect(show.toDateParts('04.03.2026')).toBeUndefined();
  });
  it('durations are told in days or hours', () => {
    expect(show.showDuration('7200s', 'en')).toBe('2 hours');
    expect(show.showDuration('864000s', 'en')).toBe('10 days');
  });
});
