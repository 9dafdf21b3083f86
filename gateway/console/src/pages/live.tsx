import { useEffect, useRef, useState } from 'preact/hooks';
import { type FeedEntry, type FeedState, followFeed } from '../api/stream';
import type { ApiError } from '../api/status';
import { showAgo, showClock, showMoney, showTime } from '../format/show';
import type { Money } from '../format/exact';
import { eventWords, words } from '../format/words';
import { CustomerLink } from '../parts/link';
import { Empty, Panel } from '../parts/panel';
import { useSession } from '../state/session';

const feeds = [
  ['customer', 'Profiles'],
  ['lifecycle', 'Progression'],
  ['value', 'Value'],
] as const;
type Feed = (typeof feeds)[number][0];

interface Line {
  key: string;
  feed: Feed;
  entry: FeedEntry;
  seen: number;
}

const kept = 300;

// What the three services tell, as it happens.
export function LivePage() {
  const { api } = useSession();
  const [lines, setLines] = useState<Line[]>([]);
  const [states, setStates] = useState<Partial<Record<Feed, [FeedState, ApiError | undefined]>>>({});
  const [shown, setShown] = useState<Set<Feed>>(new Set(feeds.map(([feed]) => feed)));
  const [paused, setPaused] = useState(false);
  const waiting = useRef<Line[]>([]);
  const pausedNow = useRef(paused);
  pausedNow.current = paused;

  useEffect(() => {
    const stop = new AbortController();
    for (const [feed] of feeds) {
      const listener = {
        onEntries: (entries: FeedEntry[]) => {
          const fresh = entries.map((entry): Line => ({ key: `${feed}${entry.position}`, feed, entry, seen: Date.now() })).reverse();
          if (fresh.length === 0) return;
          waiting.current = [...fresh, ...waiting.current].slice(0, kept);
        },
        onState: (state: FeedState, error?: ApiError) => setStates((old) => ({ ...old, [feed]: [state, error] })),
      };
      void followFeed(api, `/v1/feeds/${feed}:read`, 40, listener, stop.signal);
    }
    // A burst is drawn a few times a second, however many entries it has.
    const timer = setInterval(() => {
      if (pausedNow.current || waiting.current.length === 0) return;
      const fresh = waiting.current;
      waiting.current = [];
      setLines((old) => [...fresh, ...old].slice(0, kept));
    }, 250);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [api]);

  const refused = feeds.every(([feed]) => states[feed]?.[1]?.forbidden);
  const visible = lines.filter((line) => shown.has(line.feed));
  return (
    <>
      <div class="page-head">
        <h1>Live</h1>
        <div class="filters">
          {feeds.map(([feed, title]) => (
            <label class="check" key={feed}>
              <input
                type="checkbox"
                checked={shown.has(feed)}
                onChange={(event) => {
                  const next = new Set(shown);
                  if (event.currentTarget.checked) next.add(feed);
                  else next.delete(feed);
                  setShown(next);
                }}
              />
              {title} <Light state={states[feed]?.[0]} error={states[feed]?.[1]} />
            </label>
          ))}
          <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? 'Go on' : 'Pause'}
          </button>
        </div>
      </div>
      {refused ? (
        <div class="notice plain">
          <p>
            <strong>Not for your role</strong>
            <span>The feeds tell of every customer, so they are for analysts and administrators.</span>
          </p>
        </div>
      ) : (
        <Panel title="As it happens" note={paused ? 'paused; what comes meanwhile is kept' : 'newest first'}>
          {visible.length === 0 ? (
            <Empty>Nothing yet. Change something in another window.</Empty>
          ) : (
            <ol class="timeline live" aria-live="off">
              {visible.map((line) => (
                <li key={line.key} class={Date.now() - line.seen < 4000 ? 'fresh' : ''}>
                  <time class="quiet small" dateTime={line.entry.eventTime} title={showTime(line.entry.eventTime)}>
                    {showClock(line.seen)}
                  </time>
                  <div>
                    <p>
                      <span class={`tag feed-${line.feed}`}>{eventWords(line.entry.event['@type'])}</span>{' '}
                      {line.entry.customer && <CustomerLink customer={line.entry.customer} />} <span>{gist(line.entry)}</span>
                      <span class="quiet small"> happened {showAgo(line.entry.eventTime)}</span>
                    </p>
                  </div>
                </li>
              ))}
            </ol>
          )}
        </Panel>
      )}
    </>
  );
}

function Light({ state, error }: { state: FeedState | undefined; error: ApiError | undefined }) {
  const text = error ? error.message : state === 'live' ? 'live' : state === 'waiting' ? 'trying again' : 'connecting';
  return (
    <span class={`light ${error ? 'off' : (state ?? 'connecting')}`} title={text}>
      <span class="unseen">{text}</span>
    </span>
  );
}

// What matters of an event, in a few words.
export function gist(entry: FeedEntry): string {
  const event = entry.event as Record<string, any>;
  const money = (amount: unknown) => ((amount as Money | undefined)?.currencyCode ? showMoney(amount as Money) : '');
  if (event.journey) return `is in ${words(event.journey.stage).toLowerCase()}`;
  if (event.opportunity?.step) return `${event.opportunity.displayName || 'opportunity'}: ${words(event.opportunity.step).toLowerCase()} ${money(event.opportunity.amount)}`;
  if (event.payment) return money(event.payment.amount);
  if (event.order?.total) return money(event.order.total);
  if (event.toTier) return `${words(event.fromTier) || 'new'} → ${words(event.toTier)}`;
  if (event.channel) return `${words(event.channel).toLowerCase()}${event.held ? '' : ', not held'}`;
  if (event.team?.displayName) return event.team.displayName;
  if (event.representative?.displayName) return event.representative.displayName;
  if (event.followUp?.why) return event.followUp.why;
  if (event.displayName) return '';
  return '';
}
