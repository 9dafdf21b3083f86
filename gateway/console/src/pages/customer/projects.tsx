import { useState } from 'preact/hooks';
import type { Department } from '../../api/types';
import { asApiError } from '../../api/status';
import { newRequestId } from '../../api/client';
import type { Money } from '../../format/exact';
import { type DateParts, showCount, showDate, showMoney } from '../../format/show';
import { quoted, words } from '../../format/words';
import { AreaField, SelectField, TextField } from '../../parts/form';
import { FormDialog } from '../../parts/dialog';
import { Named } from '../../parts/link';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Meter, Tag } from '../../parts/tags';
import { say } from '../../parts/toast';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface Project {
  name: string;
  deliveryModel: string;
  displayName: string;
  state: string;
  dueDate?: DateParts | null;
  satisfaction: number;
  taskCount: number;
  finishedTaskCount: number;
  loggedMinutes: string;
  baseCost: Money;
  etag: string;
}
interface Task {
  name: string;
  title: string;
  department: Department;
  assignee: string;
  dueDate?: DateParts | null;
  state: string;
  loggedMinutes: string;
  etag: string;
}

// The work after the order, made from the delivery model's template. A server without it has no such panel.
export function Projects({ customer, turn, onChange }: { customer: string; turn: number; onChange: () => void }) {
  const { api } = useSession();
  const answer = useAnswer(`${customer} projects ${turn}`, async (signal) => (await api.get<{ serviceProjects?: Project[] }>('/v1/serviceProjects', { filter: `customer = ${quoted(customer)}`, pageSize: 50 }, signal)).serviceProjects ?? []);
  if (answer.error?.notOffered || answer.data?.length === 0) return null;
  return (
    <Panel title="Service projects">
      <Loaded answer={answer} what="Service projects" lines={3}>
        {(projects) => (
          <ul class="cards">
            {[...projects]
              .sort((a, b) => Number(b.state === 'OPEN') - Number(a.state === 'OPEN'))
              .map((project) => (
                <li key={project.name}>
                  <ProjectCard project={project} turn={turn} onChange={onChange} />
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function ProjectCard({ project, turn, onChange }: { project: Project; turn: number; onChange: () => void }) {
  const { mayWrite } = useSession();
  const [open, setOpen] = useState(project.state === 'OPEN');
  const [finishing, setFinishing] = useState(false);
  const share = project.taskCount === 0 ? 1 : project.finishedTaskCount / project.taskCount;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>{project.displayName || `${words(project.deliveryModel)} delivery`}</strong> <Tag kind={project.state === 'COMPLETED' ? 'good' : ''}>{words(project.state)}</Tag>{' '}
        <Meter share={share} label={`${project.finishedTaskCount} of ${project.taskCount} tasks are finished`} />{' '}
        <span class="quiet small">
          {project.finishedTaskCount} of {project.taskCount} tasks · due {showDate(project.dueDate)} · {showMoney(project.baseCost)} so far
          {project.satisfaction > 0 && ` · satisfaction ${project.satisfaction}`}
        </span>
      </summary>
      {open && <Tasks project={project} turn={turn} onChange={onChange} />}
      {mayWrite && project.state === 'OPEN' && (
        <button type="button" onClick={() => setFinishing(true)} disabled={share < 1}>
          Complete the project
        </button>
      )}
      {finishing && <Complete project={project} onClose={() => setFinishing(false)} onDone={onChange} />}
    </details>
  );
}

function Tasks({ project, turn, onChange }: { project: Project; turn: number; onChange: () => void }) {
  const { api, mayWrite } = useSession();
  const [logging, setLogging] = useState<Task>();
  const answer = useAnswer(`${project.name} tasks ${turn}`, async (signal) => (await api.get<{ serviceTasks?: Task[] }>(`/v1/${project.name}/tasks`, { pageSize: 200 }, signal)).serviceTasks ?? []);
  const set = async (task: Task, state: string) => {
    try {
      await api.patch(`/v1/${task.name}`, { state, etag: task.etag }, { updateMask: 'state', requestId: newRequestId() });
      say(`${task.title}: ${words(state).toLowerCase()}`);
    } catch (error) {
      say(asApiError(error).message);
    }
    onChange();
  };
  return (
    <>
      <Loaded answer={answer} what="Tasks" lines={3}>
        {(tasks) =>
          tasks.length === 0 ? (
            <Empty>No tasks.</Empty>
          ) : (
            <ul class="lines">
              {tasks.map((task) => (
                <li key={task.name}>
                  <span class={task.state === 'DONE' || task.state === 'SKIPPED' ? 'quiet' : ''}>
                    {task.title}{' '}
                    <span class="quiet small">
                      <Named resource={task.assignee} none={words(task.department) || 'nobody'} />, due {showDate(task.dueDate)}
                      {task.loggedMinutes !== '0' && `, ${showCount(task.loggedMinutes)} min`}
                    </span>
                  </span>
                  {mayWrite && project.state === 'OPEN' ? (
                    <button type="button" class="link small" onClick={() => setLogging(task)}>
                      Log work
                    </button>
                  ) : (
                    <span />
                  )}
                  {mayWrite && project.state === 'OPEN' ? (
                    <select aria-label={`State of ${task.title}`} value={task.state} onChange={(event) => void set(task, event.currentTarget.value)}>
                      {['TO_DO', 'IN_PROGRESS', 'DONE', 'SKIPPED'].map((state) => (
                        <option key={state} value={state} selected={state === task.state}>
                          {words(state)}
                        </option>
                      ))}
                    </select>
                  ) : (
                    <Tag>{words(task.state)}</Tag>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {logging && <LogWork task={logging} onClose={() => setLogging(undefined)} onDone={onChange} />}
    </>
  );
}

function Complete({ project, onClose, onDone }: { project: Project; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [satisfaction, setSatisfaction] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { etag: project.etag, ...(satisfaction && { satisfaction: Number(satisfaction) }) };
    await api.post(`/v1/${project.name}:complete`, { ...body, requestId: requestId(body) });
    return 'The project is complete; its owner is reminded to offer more';
  };
  return (
    <FormDialog title="Complete the project" submit="Complete" send={send} onClose={onClose} onDone={onDone}>
      <SelectField label="How satisfied is the customer" value={satisfaction} none="Not known" options={[['5', '5, very'], ['4', '4'], ['3', '3'], ['2', '2'], ['1', '1, not at all']]} onChange={setSatisfaction} class="whole" />
    </FormDialog>
  );
}

function LogWork({ task, onClose, onDone }: { task: Task; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [minutes, setMinutes] = useState('30');
  const [note, setNote] = useState('');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { minutes: Number(minutes), note: note.trim() };
    await api.post(`/v1/${task.name}:logWork`, { ...body, requestId: requestId(body) });
    return 'The work is logged';
  };
  return (
    <FormDialog title={task.title} submit="Log" send={send} onClose={onClose} onDone={onDone}>
      <TextField label="Minutes" type="number" value={minutes} onChange={setMinutes} inputMode="numeric" required autoFocus />
      <AreaField label="What was done" value={note} onChange={setNote} rows={2} />
    </FormDialog>
  );
}
