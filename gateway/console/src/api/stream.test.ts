import { describe, expect, it } from 'vitest';
import { Api } from './client';
import { LineReader, followFeed, readLines, waitMs, type FeedEntry, type FeedMessage, type FeedState } from './stream';

const bytes = (text: string) => new TextEncoder().encode(text);
const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe('LineReader', () => {
  it('joins what the network cut, also inside a character', () => {
    const all = bytes('{"name":"김서연"}\n{"name":"b"}\n{"na');
    for (let cut = 0; cut <= all.length; ++cut) {
      const reader = new LineReader();
      const lines = [...reader.push(all.slice(0, cut)), ...reader.push(all.slice(cut))];
      expect(lines).toEqual(['{"name":"김서연"}', '{"name":"b"}']);
    }
  });
});

describe('readLines', () => {
  it('ends with the error that the last line tells', async () => {
    const read = async () => {
      const got: unknown[] = [];
      for await (const message of readLines(streamOf(bytes('{"head":"1"}\n{"error":{"code":14,"message":"shutting down"}}\n')))) got.push(message);
      return got;
    };
    await expect(read()).rejects.toThrow('shutting down');
  });
});

describe('followFeed', () => {
  it('goes on behind the last entry after a break, and misses and repeats nothing', async () => {
    const log: FeedEntry[] = Array.from({ length: 7 }, (_, i) => ({ position: String(i + 1), customer: '', eventTime: '', event: { '@type': 'x' } }));
    const asked: string[] = [];
    const seen: string[] = [];
    const stop = new AbortController();
    const api = new Api('');
    api.open = async (_path, query) => {
      if (String(query.after).length > 9) return streamOf(bytes('{"entries":[],"head":"7"}\n'));
      asked.push(String(query.after));
      const rest = log.slice(Number(query.after), Number(query.after) + 2); // Breaks off after two.
      const messages: FeedMessage[] = rest.map((entry) => ({ entries: [entry], head: '7' }));
      return streamOf(bytes(messages.map((m) => `${JSON.stringify(m)}\n`).join('')));
    };
    const states: FeedState[] = [];
    await followFeed(
      api,
      '/v1/feeds/customer:read',
      4,
      {
        onEntries: (entries) => {
          seen.push(...entries.map((e) => e.position));
          if (seen.at(-1) === '7') stop.abort();
        },
        onState: (state) => states.push(state),
      },
      stop.signal,
    );
    expect(seen).toEqual(['4', '5', '6', '7']);
    expect(asked).toEqual(['3', '5']);
    expect(states).toContain('live');
  });

  it('tells when the token has ended, in the last line of a stream', async () => {
    let signedOut = 0;
    const api = new Api('token', () => ++signedOut);
    api.open = async () => streamOf(bytes('{"error":{"code":16,"message":"the token has expired"}}\n'));
    await followFeed(api, '/v1/feeds/customer:read', 4, { onEntries: () => {}, onState: () => {} }, new AbortController().signal);
    expect(signedOut).toBe(1);
  });

  it('waits longer after each failure, but never more than 15 s', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(waitMs)).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
  });
});
