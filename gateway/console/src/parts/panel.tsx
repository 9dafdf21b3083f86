import type { ComponentChildren } from 'preact';
import type { Answer } from '../state/query';
import type { ApiError } from '../api/status';

interface PanelProps {
  title: ComponentChildren;
  note?: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Panel({ title, note, actions, children, class: more = '' }: PanelProps) {
  return (
    <section class={`panel ${more}`}>
      <header>
        <h2>{title}</h2>
        {note && <span class="quiet">{note}</span>}
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

// What went wrong, with field and reason as the server told them.
export function ErrorNotice({ error, what, retry }: { error: ApiError; what?: string; retry?: () => void }) {
  if (error.notOffered) return <Missing what={what ?? 'This'} />;
  const kind = error.forbidden || error.notFound ? 'plain' : 'bad';
  return (
    <div class={`notice ${kind}`} role="alert">
      <p>
        <strong>{error.forbidden ? 'Not for your role' : error.notFound ? 'Nothing there yet' : error.unavailable ? 'Not available just now' : what ? `${what} cannot be shown` : 'That did not work'}</strong>
        <span>{error.message}</span>
      </p>
      {error.fields.length > 0 && (
        <ul>
          {error.fields.map((f) => (
            <li key={f.field}>
              <code>{f.field}</code> {f.description}
            </li>
          ))}
        </ul>
      )}
      {error.preconditions.length > 0 && (
        <ul>
          {error.preconditions.map((p) => (
            <li key={p.subject + p.type}>{p.description}</li>
          ))}
        </ul>
      )}
      <p class="small quiet">
        {error.reason && <code>{error.reason}</code>}
        {retry && !error.forbidden && !error.notFound && (
          <button type="button" class="link" onClick={retry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

export function Missing({ what }: { what: string }) {
  return (
    <p class="empty" data-missing>
      Not offered by this server: {what.charAt(0).toLowerCase() + what.slice(1)}.
    </p>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div class="skeletons" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <span class="skeleton" key={i} />
      ))}
    </div>
  );
}

// One of: loading, what is wrong, what there is. Data that is there already stays while it is loaded anew.
export function Loaded<T>({ answer, what, lines, children }: { answer: Answer<T>; what: string; lines?: number; children: (data: T) => ComponentChildren }) {
  if (answer.data !== undefined) return <div class={answer.loading ? 'stale' : ''}>{children(answer.data)}</div>;
  if (answer.error) return <ErrorNotice error={answer.error} what={what} retry={answer.reload} />;
  return <Skeleton lines={lines ?? 4} />;
}
