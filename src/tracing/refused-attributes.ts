import { diag } from '@opentelemetry/api';

/** What was expected of an attribute, and what kind of value was found. The value itself is not said: it may be a secret, or huge. */
export interface Refusal {
  readonly expected: string;
  readonly found: string;
}

/** Called with an attribute's name and why it was left out, but for `null`, which many give for what there is not; must not throw. */
export type RefusalListener = (name: string, why: string) => void;

/** On `globalThis`, because the preload listens, and the application may have loaded another copy of this file. */
const KEY = Symbol.for('grants-otel.refused-attributes');
const holder = globalThis as { [KEY]?: RefusalListener };

/** Has somebody told of every attribute that is left out from now on. */
export function listenToRefusals(listener: RefusalListener): void {
  holder[KEY] = listener;
}

/** Says that an attribute is left out, for who debugs the tracing. Never throws. */
export function sayRefused(name: string, { expected, found }: Refusal): void {
  const why = `expected ${expected}, found ${found}`;
  if (found !== 'null') holder[KEY]?.(name, why);
  try {
    diag.debug(`attribute ${name} is left out: ${why}`);
  } catch {
    // A logger of the host's.
  }
}
