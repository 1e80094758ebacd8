import { clientCertificateProblem, usesTls } from './client-certificate.js';
import { certificateFault, keyFault, maskPem } from './pem-files.js';
import { isHttpUrl } from './variables.js';

/** A variable of OpenTelemetry that decides on what is traced and where it goes. */
export interface StandardVariable {
  readonly name: string;
  /** What holds where it is unset; undefined for nothing. */
  readonly defaultText?: string;
  /** Its value without secrets; that of a URL without name and password, unless given. */
  readonly mask?: (text: string) => string;
  /** What a value must be, for the line that says that one is not; undefined where any will do. */
  readonly expected?: string;
  readonly isUnderstood?: (text: string) => boolean;
  /** Why it is not understood, where `expected` does not say that. */
  readonly faultOf?: (text: string) => string | undefined;
  /** Few set it: it is shown where they do. */
  readonly isRare?: true;
  /** Of a value that is not understood the rest still holds. */
  readonly isHeededInPart?: true;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Kind = Omit<StandardVariable, 'name' | 'defaultText'>;

/** A URL without name and password; other text as it is. */
export function maskCredentials(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/?#]*@/, '$1***@');
}

/** `name=secret,…` with `***` for each secret. */
function maskHeaders(text: string): string {
  return text
    .split(',')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=***` : '***'))
    .join(',');
}

function oneOf(...values: string[]): Kind {
  return {
    expected: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    isUnderstood: (text) => values.includes(text),
  };
}

const trueOrFalse: Kind = {
  expected: 'true or false',
  isUnderstood: (text) => /^(true|false)$/i.test(text),
};

/** A URL without name and password; of what is no http URL nothing that could be a secret, wherever it stands. */
export function maskUrl(text: string): string {
  return isHttpUrl(text) || !/[@?#=]/.test(text) ? maskCredentials(text) : '***';
}

const logLevel: Kind = {
  expected: 'none, error, warn, info, debug, verbose or all',
  isUnderstood: (text) => /^(none|error|warn|info|debug|verbose|all)$/i.test(text),
};

const httpUrl: Kind = {
  mask: maskUrl,
  expected: 'an http or https URL',
  isUnderstood: isHttpUrl,
};

/** What a timer can wait: one that is longer goes off at once. */
const isTimer = (ms: number): boolean => ms < 2 ** 31;

const timeout: Kind = {
  expected: 'a number of milliseconds above 0, at most 2147483647',
  isUnderstood: (text) => Number(text) > 0 && isTimer(Number(text)),
};

/** A pair whose percent-encoding is broken is not heeded in headers; of resource attributes it makes the whole list void. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const pairs = (text: string): string[] => text.split(',').filter((pair) => pair.trim() !== '');

const headers: Kind = {
  mask: maskHeaders,
  expected: 'a list of name=value, percent-encoded, with commas between them',
  isUnderstood: (text) =>
    pairs(text).every((pair) => /^\s*[^=\s][^=]*=\s*\S/.test(pair) && isDecodable(pair)),
  isHeededInPart: true,
};

const resourceAttributes: Kind = {
  expected: 'a list of name=value, percent-encoded, with commas between them',
  isUnderstood: (text) =>
    pairs(text).every((pair) => /^\s*[^=\s][^=]*=[^=]*$/.test(pair) && isDecodable(pair)),
};

const ratio: Kind = {
  expected: 'a number from 0 to 1',
  isUnderstood: (text) => Number(text) >= 0 && Number(text) <= 1,
};

const PROPAGATORS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'none'];

const propagators: Kind = {
  expected: `a list of ${PROPAGATORS.slice(0, -1).join(', ')}, or none`,
  isUnderstood: (text) => pairs(text).every((name) => PROPAGATORS.includes(name.trim())),
};

const wholeNumber: Kind = {
  expected: 'a whole number, 0 or more',
  isUnderstood: (text) => /^\d+$/.test(text),
};

const delay: Kind = {
  expected: 'a number of milliseconds from 0 to 2147483647',
  isUnderstood: (text) => Number(text) >= 0 && isTimer(Number(text)),
};

const atLeastOne: Kind = {
  expected: 'a whole number above 0',
  isUnderstood: (text) => Number.isInteger(Number(text)) && Number(text) > 0,
};

function pemFile(expected: string, faultOf: (path: string) => string | undefined): Kind {
  const isUnderstood = (path: string): boolean => faultOf(path) === undefined;
  return { mask: maskPem, expected, faultOf, isUnderstood, isRare: true };
}

const certificates = pemFile('a file of certificates in PEM', certificateFault);
const privateKey = pemFile('a file of a private key in PEM', keyFault);

/** How much a span may have, at most. */
const LIMITS = [
  'OTEL_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_LINK_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
];

const protocols = oneOf('http/json', 'http/protobuf');
const compressions = oneOf('none', 'gzip');

/** Those that matter, in the order in which they are shown. */
export const STANDARD_VARIABLES: readonly StandardVariable[] = [
  { name: 'OTEL_SERVICE_NAME', defaultText: 'grants-indexer' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', ...resourceAttributes },
  { name: 'OTEL_SDK_DISABLED', defaultText: 'false', ...trueOrFalse },
  { name: 'OTEL_TRACES_EXPORTER', defaultText: 'otlp', ...oneOf('otlp', 'none') },
  {
    name: 'OTEL_TRACES_SAMPLER',
    defaultText: 'parentbased_always_on',
    ...oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
  },
  { name: 'OTEL_TRACES_SAMPLER_ARG', defaultText: '1', ...ratio },
  { name: 'OTEL_PROPAGATORS', isRare: true, ...propagators },
  ...LIMITS.map((name) => ({ name, isRare: true as const, ...wholeNumber })),
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', defaultText: 'http://localhost:4318', ...httpUrl },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ...httpUrl },
  { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', defaultText: 'http/json', ...protocols },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', ...protocols },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', ...headers },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', ...headers },
  { name: 'OTEL_EXPORTER_OTLP_COMPRESSION', defaultText: 'none', ...compressions },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', ...compressions },
  { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', defaultText: '10000', ...timeout },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', ...timeout },
  { name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', ...certificates },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE', ...certificates },
  { name: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', ...certificates },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE', ...certificates },
  { name: 'OTEL_EXPORTER_OTLP_CLIENT_KEY', ...privateKey },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY', ...privateKey },
  { name: 'OTEL_BSP_SCHEDULE_DELAY', defaultText: '1000', isRare: true, ...delay },
  { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', defaultText: '512', isRare: true, ...atLeastOne },
  { name: 'OTEL_LOG_LEVEL', defaultText: 'warn', ...logLevel },
];

/** What a variable expects, and why a text is not that. */
export function expectedOf({ expected, faultOf }: StandardVariable, text: string): string {
  const fault = faultOf?.(text);
  return `${expected}${fault === undefined ? '' : ` (${fault})`}`;
}

/** What a variable is set to as far as that is heeded; `problems` is told of what is not understood. */
function heeded(
  variable: StandardVariable,
  { env, problems }: { env: Environment; problems: string[] },
): string | undefined {
  const { name, defaultText, mask = maskCredentials, isUnderstood, isHeededInPart } = variable;
  const text = env[name]?.trim() || undefined;
  if (text === undefined || !isUnderstood || isUnderstood(text)) return env[name];
  const instead = isHeededInPart
    ? 'what is not is left out'
    : defaultText === undefined
      ? 'it is not heeded'
      : `taking the default, ${defaultText}`;
  problems.push(`${name}=${JSON.stringify(mask(text))} is not ${expectedOf(variable, text)}; ${instead}`);
  return isHeededInPart ? text : undefined;
}

/** Whether something else holds in its place: nothing is sent, or the variable for traces alone is set. */
function isMoot(name: string, env: Environment): boolean {
  if (name === 'OTEL_TRACES_SAMPLER_ARG') return !env['OTEL_TRACES_SAMPLER']?.includes('traceidratio');
  if (!name.startsWith('OTEL_EXPORTER_OTLP_')) return false;
  if (env['OTEL_TRACES_EXPORTER']?.trim() === 'none') return true;
  if (/_(CERTIFICATE|CLIENT_KEY)$/.test(name) && !usesTls(env)) return true;
  // Headers of both are sent.
  if (name === 'OTEL_EXPORTER_OTLP_HEADERS') return false;
  const forTraces = name.replace('OTEL_EXPORTER_OTLP_', 'OTEL_EXPORTER_OTLP_TRACES_');
  const ofTraces = STANDARD_VARIABLES.find((variable) => variable.name === forTraces);
  const text = env[forTraces]?.trim();
  return Boolean(text) && ofTraces?.isUnderstood?.(text ?? '') === true;
}

/** The environment without standard variables that are not understood, so that their defaults hold; `problems` gets a line for each. */
export function withoutMisunderstood(env: Environment, problems: string[]): Environment {
  const left = { ...env };
  for (const variable of STANDARD_VARIABLES) {
    if (isMoot(variable.name, env)) continue;
    if (heeded(variable, { env, problems }) === undefined) delete left[variable.name];
  }
  const unpaired = clientCertificateProblem(env);
  if (unpaired !== undefined) problems.push(unpaired);
  return left;
}
