import { closestTo } from './closest.js';
import { SET_UP_FOLDER_VARIABLE } from './set-up-report.js';
import { VARIABLES } from './variables.js';

const PREFIX = 'GRANTS_OTEL_';

/** What Kubernetes puts into each container for a service that is called after us, `grants-otel-collector` say. */
const OF_KUBERNETES =
  /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/;

function wordsOf(name: string): string[] {
  return name.slice(PREFIX.length).split('_');
}

/** The one that has all words of `name`, in their order; undefined where several have. */
function onlyOneWithWords(name: string, known: readonly string[]): string | undefined {
  const found = known.filter((candidate) => {
    const words = wordsOf(candidate);
    let at = 0;
    return wordsOf(name).every((word) => {
      at = words.indexOf(word, at) + 1;
      return at > 0;
    });
  });
  return found.length === 1 ? found[0] : undefined;
}

/** A line for each variable that looks like one of ours and is none. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(VARIABLES).map(({ name }): string => name);
  const isKnown = (name: string): boolean =>
    known.includes(name) || name === SET_UP_FOLDER_VARIABLE || OF_KUBERNETES.test(name);
  // An empty one counts as unset.
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && env[name]?.trim() && !isKnown(name))
    .map((name) => {
      const meant = closestTo(name, known) ?? onlyOneWithWords(name, known);
      return `${name} is no variable of ours${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
}
