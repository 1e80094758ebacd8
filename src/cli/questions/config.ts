import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { listJaegerServices } from '../../traces/jaeger/jaeger-services.js';
import { SourceError } from '../../traces/trace-source.js';
import { clientCertificateProblem } from '../../tracing/client-certificate.js';
import { expectedOf, maskCredentials, STANDARD_VARIABLES } from '../../tracing/standard-variables.js';
import { unknownVariables } from '../../tracing/unknown-variables.js';
import { VARIABLES, type Variable } from '../../tracing/variables.js';
import { jaegerAddressOf } from '../open-sources.js';
import { checkExport, type ServerCheck } from '../otlp-check.js';
import { printable } from '../output/printable.js';
import { EXIT_CODES, formatOf, type Request } from '../request.js';

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

/** The preload looks for it in the same way. */
function methodsProblem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    createRequire(resolve('index.js')).resolve(resolve(text));
    return undefined;
  } catch {
    return `expects the path of a module, and there is none at ${resolve(text)}`;
  }
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
      problem: isBad
        ? `expects ${expected}`
        : name === VARIABLES.methods.name
          ? methodsProblem(text)
          : undefined,
    };
  });
}

function standardSettings(env: Request['env']): Setting[] {
  const shown = STANDARD_VARIABLES.filter(({ name, isRare }) => !isRare || env[name]?.trim());
  return shown.map((variable) => {
    const { name, defaultText, mask = maskCredentials, isUnderstood } = variable;
    const text = env[name]?.trim() || undefined;
    if (text === undefined) return { name, value: defaultText, from: 'default', problem: undefined };
    const isBad = isUnderstood?.(text) === false;
    return {
      name,
      value: mask(text),
      from: 'environment',
      problem: isBad ? `expects ${expectedOf(variable, text)}` : undefined,
    };
  });
}

async function checkJaeger(url: string, { options, config }: Request): Promise<ServerCheck> {
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

async function tableOf(
  settings: readonly Setting[],
  checks: readonly ServerCheck[],
  { output, config }: Request,
) {
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
  const servers = renderTable<ServerCheck>({
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

function toJson(settings: readonly Setting[], checks: readonly ServerCheck[]): string {
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
  const checks = await Promise.all([checkJaeger(config.jaegerUrl, request), checkExport(env, TIMEOUT_MS)]);
  const format = formatOf(options);
  output.print(format === 'json' ? toJson(settings, checks) : await tableOf(settings, checks, request));
  for (const line of unknownVariables(env)) output.say(line);
  const wrong = settings.filter(({ problem }) => problem !== undefined);
  for (const { name, value, problem } of wrong)
    output.say(`${name} ${problem}, found ${JSON.stringify(value)}`);
  const unpaired = clientCertificateProblem(env);
  if (unpaired !== undefined) output.say(unpaired);
  if (wrong.length > 0 || unpaired !== undefined) return EXIT_CODES.wrongUsage;
  const isAllThere = checks.every(({ answers, isNeeded }) => answers || !isNeeded);
  return isAllThere ? EXIT_CODES.found : EXIT_CODES.sourceFailed;
}
