import { useState } from 'preact/hooks';
import { AreaField, SelectField, TextField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { useSession } from '../../state/session';

interface Props {
  customer: string;
  onClose: () => void;
  onDone: () => void;
}

// `2026-11-25T09:30` of this place, as the input wants it.
export function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function LogInteraction({ customer, onClose, onDone }: Props) {
  const { api } = useSession();
  const [channel, setChannel] = useState('CALL');
  const [direction, setDirection] = useState('OUTBOUND');
  const [state, setState] = useState('HELD');
  const [time, setTime] = useState(localNow);
  const [subject, setSubject] = useState('');
  const [outcome, setOutcome] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { channel, direction, state, subject: subject.trim(), outcome: outcome.trim(), eventTime: new Date(time).toISOString() };
    await api.post(`/v1/${customer}/interactions`, body, { requestId: requestId(body) });
    return state === 'PLANNED' ? 'The interaction is planned' : 'The interaction is logged';
  };
  return (
    <FormDialog title="Log interaction" submit="Log" send={send} onClose={onClose} onDone={onDone}>
      <SelectField label="Channel" value={channel} options={['CALL', 'MEETING', 'EMAIL', 'VISIT', 'EVENT', 'MESSAGE', 'NOTE']} onChange={setChannel} />
      <SelectField label="Direction" value={direction} options={['OUTBOUND', 'INBOUND']} onChange={setDirection} />
      <SelectField label="It was" value={state} options={[['HELD', 'held'], ['PLANNED', 'planned'], ['NOT_HELD', 'not held']]} onChange={setState} />
      <TextField label="When" type="datetime-local" value={time} onChange={setTime} required />
      <TextField label="Subject" value={subject} onChange={setSubject} maxLength={255} class="whole" autoFocus />
      <AreaField label="What came of it" value={outcome} onChange={setOutcome} maxLength={4000} />
    </FormDialog>
  );
}
