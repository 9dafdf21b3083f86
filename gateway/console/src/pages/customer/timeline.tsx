import { useState } from 'preact/hooks';
import type { Interaction, Transition } from '../../api/types';
import { showAgo, showTime } from '../../format/show';
import { words } from '../../format/words';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Named } from '../../parts/link';
import { Tag } from '../../parts/tags';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';

interface Line {
  key: string;
  time: string;
  what: string;
  text: string;
  more: string;
  who: string;
  planned: boolean;
}

function ofInteraction(one: Interaction): Line {
  const state = one.state === 'HELD' ? '' : words(one.state).toLowerCase();
  return {
    key: one.name,
    time: one.eventTime,
    what: [words(one.channel), one.direction === 'INBOUND' ? 'from them' : '', state].filter(Boolean).join(', '),
    text: one.subject,
    more: one.outcome,
    who: one.representative,
    planned: one.state === 'PLANNED',
  };
}
function ofTransition(one: Transition): Line {
  const from = words(one.fromStage);
  return {
    key: one.name,
    time: one.eventTime,
    what: words(one.direction) || 'Bought again',
    text: from ? `${from} → ${words(one.toStage)}` : `Entered as ${words(one.toStage).toLowerCase()}`,
    more: one.reason,
    who: one.actor.startsWith('representatives/') ? one.actor : '',
    planned: false,
  };
}

export const newestFirst = (a: Line, b: Line): number => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0);

// Every contact that the company had, and every move, in one row of time.
export function Timeline({ customer, transitions, turn }: { customer: string; transitions: Transition[]; turn: number }) {
  const { api } = useSession();
  const [size, setSize] = useState(15);
  const answer = useAnswer(`${customer}/timeline ${size} ${turn}`, async (signal) => {
    const list = await api.get<{ interactions?: Interaction[]; nextPageToken: string }>(`/v1/${customer}/interactions`, { pageSize: size }, signal);
    return { lines: (list.interactions ?? []).map(ofInteraction), more: list.nextPageToken !== '' };
  });
  return (
    <Panel title="Timeline" note="contacts and moves, newest first">
      <Loaded answer={answer} what="The timeline" lines={6}>
        {(data) => {
          // Moves older than the oldest interaction that was read would tell a gap.
          const oldest = data.more ? (data.lines.at(-1)?.time ?? '') : '';
          const lines = [...data.lines, ...transitions.filter((t) => t.eventTime >= oldest).map(ofTransition)].sort(newestFirst);
          if (lines.length === 0) return <Empty>Nothing has happened yet.</Empty>;
          return (
            <>
              <ol class="timeline">
                {lines.map((line) => (
                  <li key={line.key} class={line.planned ? 'planned' : ''}>
                    <time class="quiet small" dateTime={line.time} title={showTime(line.time)}>
                      {showAgo(line.time)}
                    </time>
                    <div>
                      <p>
                        <Tag>{line.what}</Tag> <strong>{line.text}</strong>
                        {line.who && (
                          <span class="quiet small">
                            {' '}
                            <Named resource={line.who} />
                          </span>
                        )}
                      </p>
                      {line.more && <p class="quiet small">{line.more}</p>}
                    </div>
                  </li>
                ))}
              </ol>
              {data.more && (
                <button type="button" class="link" onClick={() => setSize(size + 100)}>
                  Show older
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
