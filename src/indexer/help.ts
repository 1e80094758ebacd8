import { OPTIONS, type Option, SWITCHES } from './options.js';

const USAGE = `Usage: npm run index -- [options] <source>…
       npm run index -- retry [options]

Reads events of the Allo v2 contracts and writes rounds, applications and donations to PostgreSQL.

A source is a file of NDJSON (one event a line), "-" for NDJSON on stdin, or the http(s) URL of an Envio
indexer (…/v1/graphql). Several may be given; chains are indexed side by side, and the events of a chain
in order. "retry" takes the failed events in the database again.
`;

const REST = `Variables:
  INDEXER_ADMIN_SECRET  the admin secret of a GraphQL source, where it wants one
  Tracing has its own: see the README.

Exit codes:
  0  every event was taken
  1  the database or a source is away, for good
  2  bad options or configuration; nothing was done
  3  some events failed: they are in failed_events, with the reason
`;

const WIDTH = 100;
const INDENT = ' '.repeat(6);

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT.length + line.length + 1 + word.length > WIDTH) {
      lines.push(INDENT + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, INDENT + line].join('\n');
}

function optionLines([name, option]: [string, Option<unknown>]): string {
  const notes = [
    ...(option.defaultText === undefined ? [] : [`default ${option.defaultText}`]),
    ...(option.variable === undefined ? [] : [`or ${option.variable}`]),
  ];
  const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return `  --${name} ${option.value}\n${wrap(option.meaning + note)}`;
}

function switchLines([name, { meaning, ...rest }]: [string, { meaning: string; short?: string }]): string {
  return `  ${rest.short ? `-${rest.short}, ` : ''}--${name}\n${wrap(meaning)}`;
}

/** What `--help` prints, from the tables of options. */
export function helpText(): string {
  const options = [...Object.entries(OPTIONS).map(optionLines), ...Object.entries(SWITCHES).map(switchLines)];
  return `${USAGE}\nOptions:\n${options.join('\n')}\n\n${REST}`;
}
