import { listJaegerServices } from '../../traces/jaeger/jaeger-services.js';
import { SourceError } from '../../traces/trace-source.js';
import { VARIABLES, type Variable } from '../../tracing/variables.js';
import { closestTo } from '../closest.js';
import { jaegerAddressOf } from '../open-sources.js';
import { type CheckResult, checkOtlp, readOtlpTarget, whyNotExported } from '../otlp-check.js';
import { printable } from '../output/printable.js';
import { EXIT_CODES, formatOf, type Request } from '../request.js';
import { maskCredentials, maskHeaders, STANDARD_VARIABLES } from '../standard-variables.js';

/** Longest wait for one answer. */
const TIMEOUT_MS = 3000;

/** One variable, and where its value is from. */
interface Setting {
  readonly name: string;
  /** Undefined where it is unset, and nothing holds instead. */
  readonly value: string | undefined;
  readonly from: 'environment' | 'default';
  readonly problem: string | undefined;
}

/** One server that was asked. */
interface Check extends CheckResult {
  readonly what: string;
  readonly url: string;
  /** Whether it matters that it does not answer. */
  readonly isNeeded: boolean;
}

function ownSettings(env: Request['env']): Setting[] {
  return Object.values<Variable<unknown>>(VARIABLES).map(({ name, defaultText, expected, parse }) => {
    const text = env[name]?.trim() || undefined;
    const isBad = text !== undefined && parse(text) === undefined;
    const isSet = defaultText !== 'unset' && defaultText !== 'empty';
    return {
      name,
      value: text === undefined ? (isSet ? defaultText : undefined) : maskCredentials(text),
      from: text === undefined ? 'default' : 'environment',
      problem: isBad ? `expects ${expected}` : undefined,
    };
  });
}

function standardSettings(env: Request['env']): Setting[] {
  return STANDARD_VARIABLES.map(({ name, defaultText, secret }) => {
    const text = env[name]?.trim() || undefined;
    const shown = text === undefined ? defaultText : secret ? maskHeaders(text) : maskCredentials(text);
    return { name, value: shown, from: text === undefined ? 'default' : 'environment', problem: undefined };
  });
}

/** Variables that look like ours and are none. */
function unknownVariables(env: Request['env']): string[] {
  const known = Object.values(VARIABLES).map(({ name }): string => name);
  return Object.keys(env)
    .filter((name) => name.startsWith('GRANTS_OTEL_') && !known.includes(name))
    .map((name) => {
      const closest = closestTo(name, known);
      return `${name} is no variable of ours${closest === undefined ? '' : `; did you mean ${closest}?`}`;
    });
}

async function checkJaeger(url: string, { options, config }: Request): Promise<Check> {
  const base = { what: 'Jaeger', url: maskCredentials(url), isNeeded: true };
  try {
    const address = await jaegerAddressOf(url, options.header);
    const services = await listJaegerServices({ address, timeoutMs: TIMEOUT_MS });
    const name = config.serviceName;
    const has = services.includes(name) ? `${name} among them` : `none of them ${name}`;
    const count = `${services.length} service${services.length === 1 ? '' : 's'}`;
    return {
      ...base,
      answers: true,
      found: services.length === 0 ? 'has no traces yet' : `${count}, ${has}`,
    };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ...base, answers: false, found: error.message.replace(`${base.url} `, '') };
  }
}

async function checkExport({ env }: Request): Promise<Check> {
  const target = readOtlpTarget(env);
  const base = { what: 'OTLP endpoint', url: maskCredentials(target.url) };
  const reason = whyNotExported(env);
  if (reason !== undefined)
    return { ...base, isNeeded: false, answers: false, found: `not asked; ${reason}` };
  return { ...base, isNeeded: true, ...(await checkOtlp(target, TIMEOUT_MS)) };
}

async function tableOf(settings: readonly Setting[], checks: readonly Check[], { output, config }: Request) {
  const { renderTable } = await import('../output/table.js');
  const isTerminal = output.terminalColumns !== undefined;
  const look = { maxWidth: output.terminalColumns, color: isTerminal && config.colorAllowed };
  const variables = renderTable<Setting>({
    ...look,
    columns: [
      { head: 'variable', text: ({ name }) => name },
      { head: 'value', text: ({ value }) => value },
      { head: 'from', text: ({ from, problem }) => (problem === undefined ? from : `${from}: ${problem}`) },
    ],
    rows: settings,
  });
  const servers = renderTable<Check>({
    ...look,
    columns: [
      { head: 'server', text: ({ what }) => what },
      { head: 'address', text: ({ url }) => url },
      { head: 'answers', text: ({ answers, isNeeded }) => (answers ? 'yes' : isNeeded ? 'NO' : '-') },
      { head: 'what it says', text: ({ found }) => found, moveBelow: 1 },
    ],
    rows: checks,
  });
  return `${variables}\n${servers}`;
}

function toJson(settings: readonly Setting[], checks: readonly Check[]): string {
  const variables = settings.map(({ name, value, from, problem }) => ({
    name,
    value: value ?? null,
    from,
    problem: problem ?? null,
  }));
  const servers = checks.map(({ what, url, answers, isNeeded, found }) => ({
    server: what,
    url,
    answers: isNeeded ? answers : null,
    found,
  }));
  const lines = JSON.stringify({ variables, servers }, undefined, 2).split('\n');
  return `${lines.map(printable).join('\n')}\n`;
}

/** `grants-otel config`: the variables and their values, and whether the servers that they name answer. */
export async function answerConfig(request: Request): Promise<number> {
  const { env, output, options, config } = request;
  const settings = [...ownSettings(env), ...standardSettings(env)];
  const checks = await Promise.all([checkJaeger(config.jaegerUrl, request), checkExport(request)]);
  const format = formatOf(options);
  output.print(format === 'json' ? toJson(settings, checks) : await tableOf(settings, checks, request));
  for (const line of unknownVariables(env)) output.say(line);
  const wrong = settings.filter(({ problem }) => problem !== undefined);
  for (const { name, value, problem } of wrong)
    output.say(`${name} ${problem}, found ${JSON.stringify(value)}`);
  if (wrong.length > 0) return EXIT_CODES.wrongUsage;
  const isAllThere = checks.every(({ answers, isNeeded }) => answers || !isNeeded);
  return isAllThere ? EXIT_CODES.found : EXIT_CODES.sourceFailed;
}
