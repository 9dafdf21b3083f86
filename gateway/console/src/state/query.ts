// Reading for pages: one answer, or pages of a list.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asApiError, type ApiError } from '../api/status';

export interface Answer<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
}

// Loads when `key` changes; none is loaded for a null key. While it is loaded anew the old answer stays.
export function useAnswer<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ key: string | null; data?: T; error?: ApiError; loading: boolean }>({ key, loading: key !== null });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (key === null) {
      setState({ key, loading: false });
      return;
    }
    const abort = new AbortController();
    setState((old) => (old.key === key ? { ...old, loading: true } : { key, loading: true }));
    latest.current(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ key, data, loading: false }),
      (error) => !abort.signal.aborted && setState({ key, error: asApiError(error), loading: false }),
    );
    return () => abort.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const own = state.key === key;
  return { data: own ? state.data : undefined, error: own ? state.error : undefined, loading: own ? state.loading : key !== null, reload };
}

// Where one is in a list that is paged by key: the tokens of the pages so far.
export class PageTrail {
  private constructor(private readonly tokens: readonly string[]) {}
  static readonly start = new PageTrail(['']);

  get token(): string {
    return this.tokens.at(-1)!;
  }
  get number(): number {
    return this.tokens.length;
  }
  get first(): boolean {
    return this.tokens.length === 1;
  }
  next(token: string): PageTrail {
    return token === '' ? this : new PageTrail([...this.tokens, token]);
  }
  previous(): PageTrail {
    return this.first ? this : new PageTrail(this.tokens.slice(0, -1));
  }
}

export interface Page<T> {
  items: T[];
  nextPageToken: string;
}
export interface Pages<T> extends Answer<Page<T>> {
  items: T[];
  number: number;
  next: (() => void) | undefined;
  previous: (() => void) | undefined;
}

export function usePages<T>(key: string | null, load: (pageToken: string, signal: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const [where, setWhere] = useState({ key, trail: PageTrail.start });
  const trail = where.key === key ? where.trail : PageTrail.start;
  const answer = useAnswer(key === null ? null : `${key}\n${trail.token}`, (signal) => load(trail.token, signal));
  const token = answer.data?.nextPageToken ?? '';
  return {
    ...answer,
    items: answer.data?.items ?? [],
    number: trail.number,
    next: token ? () => setWhere({ key, trail: trail.next(token) }) : undefined,
    previous: trail.first ? undefined : () => setWhere({ key, trail: trail.previous() }),
  };
}
