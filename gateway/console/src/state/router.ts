// Addresses of the console: `/console/customers?tier=TOP`. The address holds what a page shows, so that going back,
// reloading and sending a link work.
import { useEffect, useState } from 'preact/hooks';

const base = '/console';

export interface Route {
  path: string; // `/customers/01J…`
  query: URLSearchParams;
}

function current(): Route {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : '/';
  return { path: path.replace(/\/+$/, '') || '/', query: new URLSearchParams(location.search) };
}

const listeners = new Set<() => void>();
addEventListener('popstate', () => listeners.forEach((tell) => tell()));

export function navigate(to: string, replace = false): void {
  if (location.pathname + location.search === base + to) return;
  if (replace) history.replaceState(null, '', base + to);
  else history.pushState(null, '', base + to);
  listeners.forEach((tell) => tell());
  if (!replace) scrollTo(0, 0);
}

export const hrefOf = (to: string): string => base + to;

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const tell = () => setRoute(current());
    listeners.add(tell);
    tell();
    return () => void listeners.delete(tell);
  }, []);
  return route;
}

// One part of the query, `''` when it is not there; setting it keeps the rest.
export function useParameters(): [URLSearchParams, (changes: Record<string, string>) => void] {
  const route = useRoute();
  const set = (changes: Record<string, string>) => {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = query.toString();
    navigate(current().path + (text ? `?${text}` : ''), true);
  };
  return [route.query, set];
}
