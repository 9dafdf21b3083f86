// Calls of the JSON API, as google.api.http maps it.
import { asApiError, toApiError } from './status';

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

// `?pageSize=50&filter=…`; what is empty is left out, a list is repeated.
export function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '' || value === false) continue;
    if (Array.isArray(value)) for (const one of value) parameters.append(key, one);
    else parameters.append(key, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

// crypto.randomUUID is there in secure contexts only; a gateway in the company's own network may have no TLS.
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// One id for as long as the same thing is sent: pressing the button again after a broken connection has no second
// effect, and a changed form is another request.
export class RequestIds {
  private last: { body: string; id: string } | undefined;

  for(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.last?.body !== text) this.last = { body: text, id: newRequestId() };
    return this.last.id;
  }
}

export class Api {
  constructor(
    private readonly token: string,
    private readonly onSignedOut: () => void = () => {},
  ) {}

  // The token has ended: as an answer's status, or within a stream.
  signedOut(): void {
    if (this.token) this.onSignedOut();
  }

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.call<T>('GET', `${path}${queryText(query)}`, undefined, signal);
  }
  post<T>(path: string, body: unknown, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.call<T>('POST', `${path}${queryText(query)}`, body, signal);
  }
  patch<T>(path: string, body: unknown, query?: Query): Promise<T> {
    return this.call<T>('PATCH', `${path}${queryText(query)}`, body);
  }

  // The answer's body as it comes, for streams: a JSON object a line.
  async open(path: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return (await this.fetch('GET', `${path}${queryText(query)}`, undefined, signal, 'application/x-ndjson')).body!;
  }

  private async call<T>(verb: string, url: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return (await (await this.fetch(verb, url, body, signal)).json()) as T;
  }

  private async fetch(verb: string, url: string, body: unknown, signal?: AbortSignal, accept = 'application/json'): Promise<Response> {
    const headers: Record<string, string> = { accept };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(url, {
        method: verb,
        headers,
        cache: 'no-store',
        credentials: 'omit',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error;
      throw asApiError(error);
    }
    if (response.ok) return response;
    const error = await toApiError(response);
    if (error.signedOut) this.signedOut();
    throw error;
  }
}
