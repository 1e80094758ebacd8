import { VARIABLES } from '../tracing/variables.js';
import { OPTION_TABLE, type OptionName } from './options.js';
import { QUESTIONS, type Question } from './questions.js';

const WIDTH = 100;

/** Two columns: what there is, and what it does, folded to the width of the help. */
function listOf(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  const fold = (text: string): string => {
    let column = left;
    return text
      .split(' ')
      .map((word) => {
        const breaks = column > left && column + 1 + word.length > WIDTH;
        const lead = breaks ? `\n${' '.repeat(left)}` : column > left ? ' ' : '';
        column = breaks ? left + word.length : column + word.length + (column > left ? 1 : 0);
        return lead + word;
      })
      .join('');
  };
  return rows.map(([term, text]) => `  ${term}`.padEnd(left) + fold(text)).join('\n');
}

function optionRow(name: OptionName): readonly [string, string] {
  const { short, placeholder, help } = OPTION_TABLE[name] ?? { help: '' };
  const term = `${short === undefined ? '' : `-${short}, `}--${name}${placeholder === undefined ? '' : ` <${placeholder}>`}`;
  return [term, help];
}

const SOURCES = listOf([
  ['<file>', 'OTLP JSON lines, as GRANTS_OTEL_TRACE_FILE has them, gzip or not; - is the standard input'],
  ['http://host:16686', 'a Jaeger'],
  [
    'none',
    `the file of ${VARIABLES.traceFile.name} if that is set, else the Jaeger at ${VARIABLES.jaegerUrl.name} (default: ${VARIABLES.jaegerUrl.defaultText})`,
  ],
]);

const EXITS = listOf([
  ['0', 'found'],
  ['1', 'nothing found'],
  ['2', 'wrong usage or configuration'],
  ['3', 'a source could not be reached or read; what the others answered is printed'],
  ['70', 'the answer could not be written, or the command itself is at fault'],
]);

/** The help of the whole command. */
export function commandHelp(): string {
  const questions = Object.entries(QUESTIONS).map(([name, { summary }]) => [name, summary] as const);
  return `grants-otel asks the traces of a grants indexer why it is slow.

Usage: grants-otel <question> [source]... [options]

Questions
${listOf(questions)}

Sources, one or several
${SOURCES}

Options
${listOf((Object.keys(OPTION_TABLE) as OptionName[]).map(optionRow))}

Exit codes
${EXITS}

Example: grants-otel slow --chain 42161 --round 27 --since 1h
`;
}

/** A sentence in lines of the help's width. */
function foldLine(text: string): string {
  return text.replace(new RegExp(`(?=.{${WIDTH + 1}})(.{1,${WIDTH}}) `, 'g'), '$1\n');
}

/** The help of one question. */
export function questionHelp(name: string, question: Question): string {
  const { summary, options, details, takesTrace, takesCommand, takesSources = true } = question;
  const usage = [
    name,
    takesTrace ? '<id>' : [],
    takesSources ? '[source]...' : [],
    '[options]',
    takesCommand ? '-- <command> [argument]...' : [],
  ]
    .flat()
    .join(' ');
  return `${foldLine(`grants-otel ${name}: ${summary}.`)}

Usage: grants-otel ${usage}

${details}
${takesSources ? `\nSources, one or several\n${SOURCES}\n` : ''}
Options
${listOf([...options, 'help' as const].map(optionRow))}
${takesCommand ? '' : `\nExit codes\n${EXITS}\n`}`;
}
