import { describe, expect, it } from 'vitest';
import { PageTrail } from './query';

describe('PageTrail', () => {
  it('goes forward by token and back the way it came', () => {
    const third = PageTrail.start.next('a').next('b');
    expect([third.number, third.token]).toEqual([3, 'b']);
    expect([third.previous().number, third.previous().token]).toEqual([2, 'a']);
    expect(third.previous().previous().first).toBe(true);
    expect(PageTrail.start.previous().token).toBe('');
  });
  it('stays on the last page', () => {
    expect(PageTrail.start.next('a').next('').token).toBe('a');
  });
});
