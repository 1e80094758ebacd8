import { parseArgs } from 'node:util';
import { readTraceId } from '../traces/span-id.js';
import { closestTo } from '../tracing/closest.js';
import { OPTION_TABLE, type OptionValues } from './options.js';
import { QUESTIONS, type Question } from './questions.js';
import { contradictingAttributes } from './wanted-spans.js';

/** The command line, read; `problems` has one line for each thing that is wrong with it. */
export interface Arguments {
  readonly questionName: string | undefined;
  readonly question: Question | undefined;
  /** 32 hex digits, where the question asks for a trace. */
  readonly traceId: string | undefined;
  readonly sources: readonly string[];
  /** What stands behind `--`, where the question asks for a command. */
  readonly command: readonly string[];
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

function unknownOption({ name, rawName }: OptionToken, takes: readonly string[] | undefined): string {
  const names = takes ?? Object.keys(OPTION_TABLE);
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
  const found = option.secret && !isNext ? '' : `, found ${JSON.stringify(value)}`;
  return { problem: `--${name} expects ${expected}${found}` };
}

function questionProblem(name: string | undefined): string[] {
  if (name === undefined || Object.hasOwn(QUESTIONS, name)) return [];
  const known = Object.keys(QUESTIONS);
  const closest = closestTo(name, known);
  const hint = closest === undefined ? `known are ${known.join(', ')}` : `did you mean ${closest}?`;
  return [`unknown question ${JSON.stringify(name)}; ${hint}`];
}

/** Reads the options, and adds what is wrong with them to `problems`. */
function readOptions(
  tokens: readonly Token[],
  takes: readonly string[] | undefined,
  problems: string[],
  questionName = '',
) {
  const options: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name } = token;
    const option = Object.hasOwn(OPTION_TABLE, name) ? OPTION_TABLE[name] : undefined;
    if (option === undefined) {
      problems.push(unknownOption(token, takes));
      continue;
    }
    const read = readOption(token);
    const before = options[name];
    if ('problem' in read) problems.push(read.problem);
    else if (takes !== undefined && !takes.includes(name))
      problems.push(`${questionName} takes no --${name}`);
    else if (option.repeatable) options[name] = [...(Array.isArray(before) ? before : []), read.value];
    else if (before !== undefined && JSON.stringify(before) !== JSON.stringify(read.value))
      problems.push(`--${name} is given twice; give it once`);
    else options[name] = read.value;
  }
  return options as OptionValues;
}

/** What is wrong with options that are right each by itself. */
function contradictions(options: OptionValues): string[] {
  const { since, until, format, json } = options;
  return [
    contradictingAttributes(options),
    since !== undefined && until !== undefined && since.unixMs >= until.unixMs
      ? [`--since ${since.text} is not before --until ${until.text}; nothing lies between them`]
      : [],
    json && format !== undefined && format !== 'json'
      ? [`--json and --format ${format} contradict each other; give one`]
      : [],
  ].flat();
}

/** A trace as people name it: its id, or the address of its page in Jaeger, which names the source too. */
function readTrace([name, ...sources]: readonly string[]) {
  const [, base, idInPath] = /^(https?:\/\/.*)\/trace\/([0-9a-f]+)\/?(?:[?#].*)?$/i.exec(name ?? '') ?? [];
  if (base !== undefined)
    return { traceId: readTraceId(idInPath), sources: [base, ...sources], problems: [] };
  const traceId = readTraceId(name);
  if (name === undefined) {
    return {
      traceId,
      sources,
      problems: ['trace needs the id of a trace: grants-otel trace <id> [source]...'],
    };
  }
  const expected = 'the id of a trace, up to 32 hex digits, or the address of its page in Jaeger';
  const found = `${JSON.stringify(name)}${sources.some(readTraceId) ? '; the id comes first' : ''}`;
  const problems = traceId === undefined ? [`trace expects ${expected}, found ${found}`] : [];
  return { traceId, sources, problems };
}

/** The command behind `--`, where there is one. */
function splitCommand(args: readonly string[]): { own: readonly string[]; command: readonly string[] } {
  if (!args.includes('--')) return { own: args, command: [] };
  const { tokens = [], positionals } = parse(args);
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index;
  if (end === undefined || !QUESTIONS[positionals[0] ?? '']?.takesCommand) return { own: args, command: [] };
  return { own: args.slice(0, end), command: args.slice(end + 1) };
}

/** What is wrong with the command of a question, or with one that has no command. */
function commandProblems(
  question: Question | undefined,
  command: readonly string[],
  isHelp: boolean,
): string[] {
  if (!question?.takesCommand || isHelp) return [];
  return command[0]?.trim()
    ? []
    : ['doctor needs the command that starts the application: grants-otel doctor -- node app.js'];
}

/** Reads the command line. Never throws: all that is wrong is told at once. */
export function readArguments(args: readonly string[]): Arguments {
  const { own, command } = splitCommand(args);
  const { tokens = [], positionals } = parse(own);
  const [questionName, ...rest] = positionals;
  const problems = questionProblem(questionName);
  const question = problems.length === 0 && questionName !== undefined ? QUESTIONS[questionName] : undefined;
  const takes = question === undefined ? undefined : ['help', 'version', ...question.options];
  const options = readOptions(tokens, takes, problems, questionName);
  const named = question?.takesTrace ? readTrace(rest) : { traceId: undefined, sources: rest, problems: [] };
  if (question?.takesSources === false && rest.length > 0) {
    problems.push(`${questionName} takes no sources, found ${JSON.stringify(rest[0])}`);
  }
  return {
    questionName,
    question,
    traceId: named.traceId,
    sources: [...new Set(named.sources)],
    command,
    options,
    problems: [
      ...named.problems,
      ...problems,
      ...commandProblems(question, command, options.help === true),
      ...contradictions(options),
    ],
  };
}
