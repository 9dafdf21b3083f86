import type { Contact, Need } from '../../api/types';
import { showCount, showDate, showMoney } from '../../format/show';
import { words } from '../../format/words';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Tag } from '../../parts/tags';
import { say } from '../../parts/toast';
import { asApiError } from '../../api/status';
import { newRequestId } from '../../api/client';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { AddContact } from './add_contact';
import { useState } from 'preact/hooks';

interface Props {
  customer: string;
  turn: number;
  onChange: () => void;
}

export function Contacts({ customer, turn, onChange }: Props) {
  const { api, mayWrite } = useSession();
  const [adding, setAdding] = useState(false);
  const answer = useAnswer(`${customer}/contacts ${turn}`, async (signal) => (await api.get<{ contacts?: Contact[] }>(`/v1/${customer}/contacts`, { pageSize: 100 }, signal)).contacts ?? []);
  return (
    <Panel
      title="Contacts"
      actions={
        mayWrite && (
          <button type="button" onClick={() => setAdding(true)}>
            Add contact
          </button>
        )
      }
    >
      <Loaded answer={answer} what="Contacts">
        {(contacts) =>
          contacts.length === 0 ? (
            <Empty>No contacts yet.</Empty>
          ) : (
            <ul class="cards">
              {contacts.map((contact) => (
                <li key={contact.name}>
                  <p>
                    <strong>{contact.displayName}</strong> <span class="quiet">{contact.jobTitle}</span>
                    {words(contact.buyingRole) && <Tag>{words(contact.buyingRole)}</Tag>}
                  </p>
                  {contact.contactPoints.map((point) => (
                    <p class="small quiet" key={point.kind + point.value}>
                      {words(point.kind)} {point.value}
                    </p>
                  ))}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <AddContact customer={customer} onClose={() => setAdding(false)} onDone={onChange} />}
    </Panel>
  );
}

export function Needs({ customer, turn, onChange }: Props) {
  const { api, mayWrite } = useSession();
  const answer = useAnswer(`${customer}/needs ${turn}`, async (signal) => (await api.get<{ needs?: Need[] }>(`/v1/${customer}/needs`, { pageSize: 100 }, signal)).needs ?? []);
  const close = async (need: Need, state: string) => {
    try {
      await api.patch(`/v1/${need.name}`, { state, etag: need.etag }, { updateMask: 'state', requestId: newRequestId() });
      say(`The need is ${words(state).toLowerCase()}`);
    } catch (error) {
      const failure = asApiError(error);
      say(failure.stale ? 'Someone else changed this need meanwhile; here it is as it is now' : failure.message);
    }
    onChange();
  };
  return (
    <Panel title="Needs">
      <Loaded answer={answer} what="Needs">
        {(needs) =>
          needs.length === 0 ? (
            <Empty>No needs are known yet.</Empty>
          ) : (
            <ul class="cards">
              {[...needs]
                .sort((a, b) => Number(b.state === 'OPEN') - Number(a.state === 'OPEN') || (a.createTime < b.createTime ? 1 : -1))
                .map((need) => (
                  <li key={need.name} class={need.state === 'OPEN' ? '' : 'past'}>
                    <p>
                      <strong>{need.description}</strong> <Tag kind={need.state === 'MET' ? 'good' : ''}>{words(need.state)}</Tag>
                      {need.urgency === 'HIGH' && <Tag kind="warn">Urgent</Tag>}
                    </p>
                    <p class="small quiet">
                      {[need.productInterest, need.quantity !== '0' && `${showCount(need.quantity)} pieces`, need.budget?.currencyCode && `budget ${showMoney(need.budget)}`, need.decisionDate?.year && `decides ${showDate(need.decisionDate)}`]
                        .filter(Boolean)
                        .join(' · ')}
                    </p>
                    {mayWrite && need.state === 'OPEN' && (
                      <p class="small">
                        <button type="button" class="link" onClick={() => void close(need, 'MET')}>
                          Met
                        </button>{' '}
                        <button type="button" class="link" onClick={() => void close(need, 'WITHDRAWN')}>
                          Withdrawn
                        </button>
                      </p>
                    )}
                  </li>
                ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
