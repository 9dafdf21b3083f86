import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { words } from '../format/words';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  class?: string;
}

function Labelled({ label, hint, error, class: more = '', children }: FieldProps & { children: (id: string, described: string | undefined) => ComponentChildren }) {
  const id = useId();
  const described = error || hint ? `${id}-more` : undefined;
  return (
    <div class={`field ${more} ${error ? 'wrong' : ''}`}>
      <label for={id}>{label}</label>
      {children(id, described)}
      {(error || hint) && (
        <span id={described} class="small quiet">
          {error ?? hint}
        </span>
      )}
    </div>
  );
}

interface TextProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'number' | 'date' | 'datetime-local' | 'search' | 'email';
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  inputMode?: 'decimal' | 'numeric' | 'text';
  list?: readonly string[] | undefined;
  autoFocus?: boolean;
}

export function TextField({ value, onChange, type = 'text', list, label, hint, error, class: more, autoFocus, ...input }: TextProps) {
  return (
    <Labelled {...{ label, hint, error }} {...(more ? { class: more } : {})}>
      {(id, described) => (
        <>
          <input
            {...input}
            id={id}
            type={type}
            value={value}
            aria-describedby={described}
            aria-invalid={error ? true : undefined}
            list={list ? `${id}-list` : undefined}
            autofocus={autoFocus}
            autocomplete="off"
            onInput={(event) => onChange(event.currentTarget.value)}
          />
          {list && (
            <datalist id={`${id}-list`}>
              {list.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Labelled>
  );
}

export function AreaField({ value, onChange, label, hint, error, ...area }: FieldProps & { value: string; onChange: (value: string) => void; required?: boolean; maxLength?: number; rows?: number }) {
  return (
    <Labelled {...{ label, hint, error }} class="whole">
      {(id, described) => (
        <textarea
          {...area}
          id={id}
          rows={area.rows ?? 3}
          value={value}
          aria-describedby={described}
          aria-invalid={error ? true : undefined}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

// Options are enum names, or [value, text].
export function SelectField({
  value,
  onChange,
  options,
  none,
  label,
  hint,
  error,
  class: more,
}: FieldProps & { value: string; onChange: (value: string) => void; options: readonly (string | readonly [string, string])[]; none?: string }) {
  return (
    <Labelled {...{ label, hint, error }} {...(more ? { class: more } : {})}>
      {(id, described) => (
        <select id={id} value={value} aria-describedby={described} onChange={(event) => onChange(event.currentTarget.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {options.map((option) => {
            const [key, text] = typeof option === 'string' ? [option, words(option)] : option;
            return (
              <option key={key} value={key} selected={key === value}>
                {text}
              </option>
            );
          })}
        </select>
      )}
    </Labelled>
  );
}
