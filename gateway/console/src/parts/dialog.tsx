import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { RequestIds } from '../api/client';
import { asApiError, type ApiError } from '../api/status';
import { say } from './toast';
import { ErrorNotice } from './panel';

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ComponentChildren;
}

// The browser's own dialog: it keeps the focus inside, closes by Escape, and gives the focus back.
export function Dialog({ title, onClose, wide, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onMouseDown={(event) => event.target === element.current && onClose()}
    >
      <div class="sheet">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface FormDialogProps extends DialogProps {
  submit: string;
  // Sends it; `requestId` is the same for as long as the same thing is sent. Returns what to tell the user.
  send: (requestId: (body: unknown) => string) => Promise<string>;
  onDone: () => void;
  // Handles an error itself, instead of it being shown.
  onError?: (error: ApiError) => boolean;
  disabled?: boolean;
}

export function FormDialog({ submit, send, onDone, onError, disabled, children, ...dialog }: FormDialogProps) {
  const ids = useRef(new RequestIds());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const onSubmit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      say(await send((body) => ids.current.for(body)));
      onDone();
      dialog.onClose();
    } catch (failure) {
      const known = asApiError(failure);
      if (!onError?.(known)) setError(known);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog {...dialog}>
      <form onSubmit={onSubmit}>
        <div class="fields">{children}</div>
        {error && <ErrorNotice error={error} />}
        <footer>
          <button type="button" onClick={dialog.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy || disabled}>
            {busy ? 'Sending…' : submit}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
