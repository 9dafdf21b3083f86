// Who is signed in. The token lives in this tab only: in memory, and in sessionStorage so that a reload keeps it.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from '../api/client';
import type { Account } from '../api/types';
import type { Directory } from './directory';

export interface SignedIn {
  token: string;
  account: Account;
  name: string; // As shown.
}

const key = 'clientele.session';

export function restoreSession(): SignedIn | undefined {
  try {
    const text = sessionStorage.getItem(key);
    return text ? (JSON.parse(text) as SignedIn) : undefined;
  } catch {
    return undefined;
  }
}
export function keepSession(session: SignedIn | undefined): void {
  try {
    if (session) sessionStorage.setItem(key, JSON.stringify(session));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage may be forbidden: then the token is in memory only.
  }
}

export interface Session extends SignedIn {
  api: Api;
  directory: Directory;
  signOut: () => void;
  mayWrite: boolean;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('not signed in');
  return session;
}
