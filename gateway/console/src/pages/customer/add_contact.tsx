import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { useSession } from '../../state/session';

interface Props {
  customer: string;
  onClose: () => void;
  onDone: () => void;
}

const roles = ['DECISION_MAKER', 'ECONOMIC_BUYER', 'TECHNICAL_EVALUATOR', 'INFLUENCER', 'USER', 'SPONSOR'];

export function AddContact({ customer, onClose, onDone }: Props) {
  const { api } = useSession();
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [role, setRole] = useState('');
  const [email, setEmail] = useState('');
  const [phone, setPhone] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = {
      displayName: name.trim(),
      ...(title.trim() && { jobTitle: title.trim() }),
      ...(role && { buyingRole: role }),
      contactPoints: [
        { kind: 'EMAIL', value: email.trim() },
        { kind: 'PHONE', value: phone.trim() },
      ].filter((point) => point.value),
    };
    await api.post(`/v1/${customer}/contacts`, body, { requestId: requestId(body) });
    return 'The contact was added';
  };
  return (
    <FormDialog title="Add contact" submit="Add" send={send} onClose={onClose} onDone={onDone}>
      <TextField label="Name" value={name} onChange={setName} required maxLength={255} autoFocus />
      <TextField label="Job title" value={title} onChange={setTitle} maxLength={128} />
      <SelectField label="Role in buying" value={role} none="Not known" options={roles} onChange={setRole} class="whole" />
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} />
      <TextField label="Phone" value={phone} onChange={setPhone} />
    </FormDialog>
  );
}
