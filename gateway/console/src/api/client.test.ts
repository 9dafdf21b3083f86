import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RequestIds, newRequestId, queryText } from './client';

// Browsers have it; Node 18 does not show it.
globalThis.crypto ??= webcrypto as Crypto;

describe('queryText', () => {
  it('leaves out what is empty and repeats lists', () => {
    expect(queryText({ pageSize: 50, filter: '', pageToken: undefined, names: ['customers/1', 'customers/2'] })).toBe(
      '?pageSize=50&names=customers%2F1&names=customers%2F2',
    );
    expect(queryText({})).toBe('');
  });
  it('escapes what a filter may hold', () => {
    const text = queryText({ filter: 'display_name = "*홍&길*"' });
    expect(new URLSearchParams(text.slice(1)).get('filter')).toBe('display_name = "*홍&길*"');
  });
});

describe('request ids', () => {
  it('are UUIDs of version 4', () => {
    expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newRequestId()).not.toBe(newRequestId());
  });
  it('stay for the same request and change with it', () => {
    const ids = new RequestIds();
    const first = ids.for({ subject: 'call' });
    expect(ids.for({ subject: 'call' })).toBe(first);
    expect(ids.for({ subject: 'visit' })).not.toBe(first);
  });
});
