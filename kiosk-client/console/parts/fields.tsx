// The fields that the forms share: a line, some lines, minutes, a choice, a tick.

import type { ComponentChildren } from 'preact';

interface Common {
  label: string;
  hint?: string | undefined;
}

interface LineProps extends Common {
  value: string;
  change: (value: string) => void;
  maxLength?: number;
  secret?: boolean;
  numeric?: boolean;
  first?: boolean;
}

/** One line of text. */
export function Line(props: LineProps) {
  const {
    label,
    hint,
    value,
    change,
    maxLength = 500,
    secret = false,
    numeric = false,
    first = false,
  } = props;
  const common = {
    autocomplete: 'off',
    maxLength,
    value,
    ref: first ? focusOnce : null,
    onInput: (event: { currentTarget: HTMLInputElement }) => change(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span>{label}</span>
      {secret ? (
        <input type="password" {...common} />
      ) : (
        <input type="text" spellcheck={false} inputMode={numeric ? 'numeric' : 'text'} {...common} />
      )}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

const seen = new WeakSet<HTMLElement>();

/** A ref is called again at every drawing; the focus is taken only when the field appears. */
export function focusOnce(field: HTMLElement | null): void {
  if (field === null || seen.has(field)) return;
  seen.add(field);
  field.focus();
}

interface LinesProps extends Common {
  value: string;
  change: (value: string) => void;
  maxLength?: number;
  rows?: number;
  first?: boolean;
}

/** Some lines of text. */
export function Lines({ label, hint, value, change, maxLength = 500, rows = 2, first = false }: LinesProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={rows}
        maxLength={maxLength}
        value={value}
        ref={first ? focusOnce : null}
        onInput={(event) => change(event.currentTarget.value)}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

interface ChoiceProps<T extends string> extends Common {
  value: T | '';
  options: readonly { value: T; text: string }[];
  change: (value: T) => void;
  /** What stands there before anything is chosen. */
  none?: string;
}

/** One of several. */
export function Choice<T extends string>({ label, hint, value, options, change, none }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => change(event.currentTarget.value as T)}>
        {none !== undefined && (
          <option value="" disabled>
            {none}
          </option>
        )}
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

interface TickProps {
  checked: boolean;
  change: (checked: boolean) => void;
  children: ComponentChildren;
}

/** Yes or no. */
export function Tick({ checked, change, children }: TickProps) {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}
