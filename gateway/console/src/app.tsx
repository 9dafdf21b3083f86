import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Api } from './api/client';
import { Shell } from './shell';
import { Directory } from './state/directory';
import { type Session, SessionContext, type SignedIn, keepSession, restoreSession } from './state/session';
import { SignIn } from './pages/sign_in';
import { Toasts } from './parts/toast';

export function App() {
  const [signedIn, setSignedIn] = useState<SignedIn | undefined>(restoreSession);
  const [ended, setEnded] = useState(false);

  const enter = useCallback((session: SignedIn) => {
    keepSession(session);
    setEnded(false);
    setSignedIn(session);
  }, []);
  const leave = useCallback((because: 'asked' | 'refused') => {
    keepSession(undefined);
    setEnded(because === 'refused');
    setSignedIn(undefined);
  }, []);

  const session = useMemo<Session | undefined>(() => {
    if (!signedIn) return undefined;
    const api = new Api(signedIn.token, () => leave('refused'));
    const role = signedIn.account.role;
    return { ...signedIn, api, directory: new Directory(api), signOut: () => leave('asked'), mayWrite: role !== 'ANALYST' };
  }, [signedIn]);
  useEffect(() => {
    document.documentElement.lang = 'en';
  }, []);

  return (
    <>
      {session ? (
        <SessionContext.Provider value={session}>
          <Shell key={session.token} />
        </SessionContext.Provider>
      ) : (
        <SignIn ended={ended} onSignedIn={enter} />
      )}
      <Toasts />
    </>
  );
}
