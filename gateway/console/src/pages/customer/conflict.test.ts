import { describe, expect, it } from 'vitest';
import { changedFields, reconcile } from './conflict';

const before = { displayName: 'Hanbit', industry: 'Optics', source: '', tags: 'a' };

describe('reconcile', () => {
  it('tells who changed what', () => {
    const mine = { ...before, displayName: 'Hanbit Co.', source: 'fair' };
    const theirs = { ...before, displayName: '한빛', industry: 'Lasers' };
    expect(reconcile(before, mine, theirs)).toEqual({ mine: ['source'], theirs: ['industry'], both: ['displayName'] });
  });
  it('sees no conflict where both did the same', () => {
    const same = { ...before, displayName: '한빛' };
    expect(reconcile(before, same, same)).toEqual({ mine: [], theirs: ['displayName'], both: [] });
  });
});

describe('changedFields', () => {
  it('names only what differs', () => {
    expect(changedFields(before, { ...before, tags: '' })).toEqual(['tags']);
  });
});
