import { useState } from 'preact/hooks';
import type { Interaction, Transition } from '../../api/types';
import { ApiError } from '../../api/status';
import { showAgo, showTime } from '../../format/show';
import { Empty, Loaded, Panel } from '../../parts/panel';
import { Named } from '../../parts/link';
import { Tag } from '../../parts/tags';
import { useAnswer } from '../../state/query';
import { useSession } from '../../state/session';
import { type TimelineEntry, merged, ofEntry, ofInteraction, ofTransition } from './timeline_lines';

// Every contact that the company had, every change and every move, in one row of time.
export function Timeline({ customer, transitions, turn }: { customer: string; transitions: Transition[]; turn: number }) {
  const { api } = useSession();
  const [size, setSize] = useState(20);
  const answer = useAnswer(`${customer}/timeline ${size} ${turn}`, async (signal) => {
    try {
      const list = await api.get<{ entries?: TimelineEntry[]; nextPageToken: string }>(`/v1/${customer}/timeline`, { pageSize: size }, signal);
      return { lines: (list.entries ?? []).map(ofEntry), goesOn: list.nextPageToken !== '' };
    } catch (error) {
      if (!(error instanceof ApiError) || !error.notOffered) throw error;
      const list = await api.get<{ interactions?: Interaction[]; nextPageToken: string }>(`/v1/${customer}/interactions`, { pageSize: size }, signal);
      return { lines: (list.interactions ?? []).map(ofInteraction), goesOn: list.nextPageToken !== '' };
    }
  });
  return (
    <Panel title="Timeline" note="contacts, changes and moves, newest first">
      <Loaded answer={answer} what="The timeline" lines={6}>
        {(data) => {
          const lines = merged(data.lines, transitions.map(ofTransition), data.goesOn);
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
              {data.goesOn && size < 1000 && (
                <button type="button" class="link" onClick={() => setSize(Math.min(1000, size + 100))}>
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
