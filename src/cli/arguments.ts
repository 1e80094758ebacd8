import { parseArgs } from 'node:util';
import { closestTo } from './closest.js';
import { OPTION_TABLE, type OptionValues } from './options.js';
import { QUESTIONS, type Question } from './questions.js';

/** The command line, read; `problems` has one line for each thing that is wrong with it. */
export interface Arguments {
  readonly questionName: string | undefined;
  readonly question: Question | undefined;
  readonly sources: readonly string[];
  readonly options: OptionValues;
  readonly problems: readonly string[];
}

type Token = NonNullable<ReturnType<typeof parse>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

function parse(args: readonly string[]) {
  const options = Object.entries(OPTION_TABLE).map(([name, { placeholder, short }]) => [
    name,
    { type: placeholder === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
  ]);
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(options) as Record<string, { type: 'boolean' | 'string'; short?: string }>,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
}

function unknownOption({ name, rawName }: OptionToken): string {
  const names = Object.keys(OPTION_TABLE);
  const closest = rawName.startsWith('--') ? closestTo(name, names) : undefined;
  return closest === undefined
    ? `unknown option ${rawName}; known are ${names.map((known) => `--${known}`).join(', ')}`
    : `unknown option ${rawName}; did you mean --${closest}?`;
}

/** The value that an option was given, or the problem with it. */
function readOption({ name, value, inlineValue }: OptionToken): { value: unknown } | { problem: string } {
  const option = OPTION_TABLE[name];
  if (option?.placeholder === undefined) {
    return value === undefined
      ? { value: true }
      : { problem: `--${name} takes no value, found ${JSON.stringify(value)}` };
  }
  const isNext = inlineValue === false && value !== undefined && /^-./.test(value);
  if (value === undefined) return { problem: `--${name} needs a value: --${name} <${option.placeholder}>` };
  const reading = option.read(value);
  if ('value' in reading && !isNext) return { value: reading.value };
  const expected = 'expected' in reading ? reading.expected : 'a value';
  return { problem: `--${name} expects ${expected}, found ${JSON.stringify(value)}` };
}

function questionProblem(name: string | undefined): string[] {
  const known = Object.keys(QUESTIONS).join(', ');
  if (name === undefined || Object.hasOwn(QUESTIONS, name)) return [];
  return [`unknown question ${JSON.stringify(name)}; known ${known.includes(',') ? 'are' : 'is'} ${known}`];
}

/** Reads the command line. Never throws: all that is wrong is told at once. */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens = [], positionals } = parse(args);
  const [questionName, ...sources] = positionals;
  const problems = questionProblem(questionName);
  const question = problems.length === 0 && questionName !== undefined ? QUESTIONS[questionName] : undefined;
  const options: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!Object.hasOwn(OPTION_TABLE, name)) {
      problems.push(unknownOption(token));
      continue;
    }
    const read = readOption(token);
    const takes: readonly string[] = ['help', 'version', ...(question?.options ?? Object.keys(OPTION_TABLE))];
    if ('problem' in read) problems.push(read.problem);
    else if (!takes.includes(name)) problems.push(`${questionName} takes no --${name}`);
    else if (name in options && options[name] !== read.value)
      problems.push(`--${name} is given twice; give it once`);
    else options[name] = read.value;
  }
  return {
    questionName,
    question,
    sources: [...new Set(sources)],
    options: options as OptionValues,
    problems,
  };
}
