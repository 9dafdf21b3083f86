import { describe, expect, it } from 'vitest';
import { allOf, eventWords, quoted, words } from './words';

describe('words', () => {
  it('tells enum names as people do', () => {
    expect(words('SALES_CONTRIBUTION')).toBe('Sales contribution');
    expect(words('REPURCHASE')).toBe('Re-purchase');
    expect(words('STAGE_UNSPECIFIED')).toBe('');
    expect(eventWords('type.googleapis.com/clientele.lifecycle.v1.OrderPlaced')).toBe('Order placed');
  });
  it('quotes what is typed into a filter', () => {
    expect(quoted('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
    expect(allOf('step = WON', '', false, 'owner:*')).toBe('step = WON AND owner:*');
  });
});
