import { VARIABLES } from '../tracing/variables.js';
import { closestTo } from './closest.js';

/** A line for each variable that looks like one of ours and is none. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(VARIABLES).map(({ name }): string => name);
  return Object.keys(env)
    .filter((name) => name.startsWith('GRANTS_OTEL_') && !known.includes(name))
    .map((name) => {
      const closest = closestTo(name, known);
      return `${name} is no variable of ours${closest === undefined ? '' : `; did you mean ${closest}?`}`;
    });
}
