import { useEffect, useState } from 'preact/hooks';
import { Api } from '../api/client';
import { ApiError, asApiError } from '../api/status';
import { type Account, type Representative, type Team, idOf } from '../api/types';
import { words } from '../format/words';
import { TextField } from '../parts/form';
import { ErrorNotice, Skeleton } from '../parts/panel';
import type { SignedIn } from '../state/session';
import { Mark } from '../shell';

interface Person {
  account: Account;
  name: string;
  about: string;
}

// For development: the server gives a token to whoever asks, so we may look up who there is to choose from.
async function peopleToChoose(): Promise<Person[]> {
  const { accessToken } = await new Api('').post<{ accessToken: string }>('/v1/signIn', {});
  const people: Person[] = [{ account: { subject: 'users/administrator', role: 'ADMINISTRATOR' }, name: 'Administrator', about: 'sees and changes everything' }];
  const api = new Api(accessToken);
  const [{ teams = [] }, { representatives = [] }] = await Promise.all([
    api.get<{ teams?: Team[] }>('/v1/teams', { pageSize: 1000 }),
    api.get<{ representatives?: Representative[] }>('/v1/representatives', { pageSize: 1000 }),
  ]).catch(() => [{ teams: [] }, { representatives: [] }] as [{ teams: Team[] }, { representatives: Representative[] }]);
  const teamName = new Map(teams.map((team) => [team.name, team.displayName]));
  for (const one of representatives) {
    people.push({
      account: {
        subject: one.name,
        role: one.manager ? 'MANAGER' : 'REPRESENTATIVE',
        department: one.department === 'SERVICE' ? 'CUSTOMER_SERVICE' : one.department,
        teams: [one.team],
      },
      name: one.displayName,
      about: `${one.manager ? 'manages' : words(one.department).toLowerCase() + ','} ${teamName.get(one.team) ?? ''}`,
    });
  }
  people.push({ account: { subject: 'users/analyst', role: 'ANALYST' }, name: 'Analyst', about: 'reads everything, changes nothing' });
  return people;
}

export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (session: SignedIn) => void }) {
  const [people, setPeople] = useState<Person[] | 'none'>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    document.title = 'Sign in · clientele';
    peopleToChoose().then(setPeople, (failure) => {
      const known = asApiError(failure);
      setPeople('none');
      // Without --dev there is no such sign-in, which is as it should be.
      if (!known.notOffered && !known.signedOut) setError(known);
    });
  }, []);
  const enterAs = async (person: Person) => {
    setError(undefined);
    try {
      const answer = await new Api('').post<{ accessToken: string; account: Account }>('/v1/signIn', { account: person.account });
      onSignedIn({ token: answer.accessToken, account: answer.account, name: person.name });
    } catch (failure) {
      setError(asApiError(failure));
    }
  };
  const enterWith = async (token: string) => {
    setError(undefined);
    try {
      const { account } = await new Api(token).get<{ account: Account }>('/v1/whoAmI');
      let name = idOf(account.subject);
      if (account.subject.startsWith('representatives/')) {
        name = await new Api(token).get<Representative>(`/v1/${account.subject}`).then((r) => r.displayName, () => name);
      }
      onSignedIn({ token, account, name });
    } catch (failure) {
      setError(asApiError(failure));
    }
  };
  return (
    <main class="sign-in">
      <h1>
        <Mark /> clientele
      </h1>
      <p class="quiet">From target customer to repeat buyer: who your customers are, where they stand, and what they are worth.</p>
      {ended && <p class="notice plain">The session has ended. Sign in again to go on.</p>}
      {error && <ErrorNotice error={error} what="Signing in" />}
      {people === undefined ? <Skeleton lines={5} /> : people !== 'none' && <Choice people={people} onChoose={enterAs} />}
      <TokenForm open={people === 'none'} onToken={enterWith} />
    </main>
  );
}

const groups: [Account['role'], string][] = [
  ['ADMINISTRATOR', 'Administrator'],
  ['MANAGER', 'Managers'],
  ['REPRESENTATIVE', 'Representatives'],
  ['ANALYST', 'Analyst'],
];

function Choice({ people, onChoose }: { people: Person[]; onChoose: (person: Person) => void }) {
  const [text, setText] = useState('');
  const wanted = people.filter((p) => `${p.name} ${p.about}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <section class="choice" aria-label="Development sign-in">
      <p class="small quiet">
        This is a development server: choose who you are, without a password. What each of them sees differs, in every list and every figure.
      </p>
      {people.length > 12 && <TextField label="Find a person" type="search" value={text} onChange={setText} />}
      {groups.map(([role, title]) => {
        const some = wanted.filter((p) => p.account.role === role);
        if (some.length === 0) return null;
        const shown = text ? some.slice(0, 60) : some.slice(0, 12);
        return (
          <fieldset key={role}>
            <legend>{title}</legend>
            <div class="people">
              {shown.map((person) => (
                <button type="button" key={person.account.subject} onClick={() => onChoose(person)}>
                  <strong>{person.name}</strong>
                  <span class="quiet small">{person.about}</span>
                </button>
              ))}
            </div>
            {some.length > shown.length && <p class="small quiet">and {some.length - shown.length} more; find them by name</p>}
          </fieldset>
        );
      })}
    </section>
  );
}

function TokenForm({ open, onToken }: { open: boolean; onToken: (token: string) => void }) {
  const [token, setToken] = useState('');
  return (
    <details class="token" open={open}>
      <summary>Sign in with a token</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) onToken(token.trim().replace(/^Bearer\s+/i, ''));
        }}
      >
        <TextField label="Access token" hint="From your identity provider. It is kept in this tab only, and gone when you close it." value={token} onChange={setToken} required />
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </details>
  );
}
