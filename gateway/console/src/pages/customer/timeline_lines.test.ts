import { describe, expect, it } from 'vitest';
import type { Interaction, Transition } from '../../api/types';
import { merged, ofEntry, ofInteraction, ofTransition, plainValue } from './timeline_lines';

const call = (name: string, eventTime: string) => ofInteraction({ name, eventTime, channel: 'CALL', direction: 'INBOUND', state: 'HELD', subject: 's', outcome: '', representative: '', etag: '' } as Interaction);
const move = (eventTime: string) => ofTransition({ name: `t${eventTime}`, eventTime, direction: 'ADVANCE', fromStage: 'LEAD', toStage: 'ORDER', reason: '', actor: 'users/x', cause: '' } as Transition);

describe('timeline', () => {
  it('shows moves among what was read, and none beyond its end', () => {
    const lines = [call('a', '2026-03-01T00:00:00Z'), call('b', '2026-02-01T00:00:00Z')];
    const moves = [move('2026-01-01T00:00:00Z'), move('2026-02-15T00:00:00Z')];
    expect(merged(lines, moves, true).map((l) => l.time.slice(5, 10))).toEqual(['03-01', '02-15', '02-01']);
    expect(merged(lines, moves, false)).toHaveLength(4);
  });
  it('tells what changed from what to what', () => {
    const line = ofEntry({ time: 't', change: { resource: 'customers/1', actor: 'representatives/2', method: 'UpdateCustomer', fields: [{ field: 'founded_year', oldValue: '', newValue: '1987' }] } }, 0);
    expect([line.what, line.text, line.who]).toEqual(['Changed', 'founded year: empty → 1987', 'representatives/2']);
    expect(plainValue('["a","b"]')).toBe('a, b');
    expect(plainValue('"한빛"')).toBe('한빛');
  });
});
