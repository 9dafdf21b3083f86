import { useEffect, useState } from 'preact/hooks';

let tell: (text: string) => void = () => {};

// A short word that something was done; read out by screen readers.
export function say(text: string): void {
  if (text) tell(text);
}

export function Toasts() {
  const [text, setText] = useState('');
  useEffect(() => {
    tell = setText;
    return () => void (tell = () => {});
  }, []);
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => setText(''), 6000);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {text && <div class="toast">{text}</div>}
    </div>
  );
}
