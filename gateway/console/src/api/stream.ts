// Streams of answers as JSON lines, and feeds that go on after a break.
import type { Api } from './client';
import { ApiError, asApiError } from './status';

// Cuts bytes into lines wherever the network cut them, also inside a character.
export class LineReader {
  private readonly decoder = new TextDecoder();
  private rest = '';

  push(bytes: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop()!;
    return lines.filter((line) => line.trim() !== '');
  }
}

// Every answer of one call. The last line of a stream that failed says why.
export async function* readLines<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T, void, undefined> {
  const reader = body.getReader();
  const lines = new LineReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const line of lines.push(value)) {
        const message: unknown = JSON.parse(line);
        const { error } = message as { error?: { code?: number; message?: string } };
        if (error?.code !== undefined) throw new ApiError(200, error);
        yield message as T;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export interface FeedEntry {
  position: string;
  customer: string;
  eventTime: string;
  event: { '@type': string } & Record<string, unknown>;
}
export interface FeedMessage {
  entries: FeedEntry[];
  head: string;
}

export type FeedState = 'connecting' | 'live' | 'waiting';

export const waitMs = (failures: number): number => Math.min(15_000, 500 * 2 ** Math.min(failures, 5));

export interface FeedListener {
  onEntries(entries: FeedEntry[], head: bigint): void;
  onState(state: FeedState, error?: ApiError): void;
}

// Where the log ends now: a reader behind the end is told at once.
export async function readHead(api: Api, path: string, signal: AbortSignal): Promise<bigint> {
  const body = await api.open(path, { after: '9223372036854775806' }, signal);
  for await (const message of readLines<FeedMessage>(body)) return BigInt(message.head);
  return 0n;
}

// Follows a feed until `signal`, from the last `backlog` entries on; after a break it goes on behind the last entry seen.
export async function followFeed(api: Api, path: string, backlog: number, listener: FeedListener, signal: AbortSignal): Promise<void> {
  let after: bigint | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      listener.onState('connecting');
      if (after === undefined) {
        const head = await readHead(api, path, signal);
        after = head > BigInt(backlog) ? head - BigInt(backlog) : 0n;
      }
      const body = await api.open(path, { after: String(after) }, signal);
      listener.onState('live');
      for await (const message of readLines<FeedMessage>(body)) {
        failures = 0;
        const last = message.entries?.at(-1);
        if (last) after = BigInt(last.position);
        listener.onEntries(message.entries ?? [], BigInt(message.head));
      }
    } catch (error) {
      if (signal.aborted) return;
      const failure = asApiError(error);
      listener.onState('waiting', failure);
      if (failure.signedOut) api.signedOut();
      if (failure.forbidden || failure.signedOut || failure.notOffered) return; // Trying again would not help.
    }
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs(failures++));
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve(undefined)), { once: true });
    });
  }
}
