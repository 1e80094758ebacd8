import { IS_IT_THE_PORT, isHtmlPage } from '../tracing/otlp-answers.js';
import { maskCredentials, maskUrl } from '../tracing/standard-variables.js';
import { isHttpUrl } from '../tracing/variables.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the exporter of this environment sends traces, and with what. */
interface OtlpTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isProtobuf: boolean;
  /** The variable that names it, or could. */
  readonly variable: string;
}

function set(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}

function headersOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [decoded(pair.slice(0, at)).toLowerCase(), decoded(pair.slice(at + 1))];
    }),
  );
}

/** Why nothing is sent by OTLP in this environment; undefined where it is. */
function whyNotExported(env: Environment): string | undefined {
  if (set(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true')
    return 'OTEL_SDK_DISABLED=true: nothing is traced';
  if (set(env, 'OTEL_TRACES_EXPORTER')?.toLowerCase() === 'none') {
    return 'OTEL_TRACES_EXPORTER=none: nothing is sent there';
  }
  return undefined;
}

/** Reads where traces are sent. */
function readOtlpTarget(env: Environment): OtlpTarget {
  const base = set(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318';
  const forTraces = set(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const url = forTraces ?? `${base.replace(/\/+$/, '')}/v1/traces`;
  const protocol = set(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? set(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  return {
    url,
    headers: {
      ...headersOf(set(env, 'OTEL_EXPORTER_OTLP_HEADERS')),
      ...headersOf(set(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS')),
    },
    isProtobuf: protocol === 'http/protobuf',
    variable: forTraces ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT',
  };
}

/** What a server is like that was asked. */
interface CheckResult {
  readonly answers: boolean;
  readonly found: string;
  readonly todo?: string;
}

/** What a request failed of. */
function describeFailure(error: unknown, variable: string): Omit<CheckResult, 'answers'> {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) inner = inner.errors[0];
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  if (inner instanceof Error && inner.name === 'HTTPParserError')
    return { found: `speaks no HTTP; ${IS_IT_THE_PORT} (4317 is for gRPC)` };
  const todo = `start the collector, or have ${variable} name the one that runs`;
  if (code === 'ECONNREFUSED') return { found: 'nothing listens there', todo };
  if (code === 'ENOTFOUND') return { found: 'there is no such host', todo };
  return { found: maskCredentials(inner instanceof Error ? inner.message : String(inner)) };
}

/** Sends no spans at all to an OTLP endpoint, to see whether it takes them. Never throws. */
async function checkOtlp(
  { url, headers, isProtobuf, variable }: OtlpTarget,
  timeoutMs: number,
): Promise<CheckResult> {
  if (!isHttpUrl(url)) return { answers: false, found: 'is no http or https URL' };
  const { username, password, origin, pathname, search } = new URL(url);
  const credentials = `${decoded(username)}:${decoded(password)}`;
  const signIn =
    credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  try {
    const response = await fetch(`${origin}${pathname}${search}`, {
      method: 'POST',
      headers: {
        'content-type': isProtobuf ? 'application/x-protobuf' : 'application/json',
        ...signIn,
        ...headers,
      },
      body: isProtobuf ? new Uint8Array() : '{"resourceSpans":[]}',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, ok, headers: answered } = response;
    const isPage = isHtmlPage(answered.get('content-type') ?? '', await response.text()) && ok;
    if (ok && !isPage) return { answers: true, found: 'takes traces' };
    const what = isPage ? `answers with a page of HTML (${status})` : `refuses traces (${status})`;
    const hint = status === 401 || status === 403 ? 'OTEL_EXPORTER_OTLP_HEADERS?' : IS_IT_THE_PORT;
    return { answers: false, found: `${what}; ${hint}` };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const failure = isLate
      ? { found: `did not answer within ${timeoutMs / 1000} s` }
      : describeFailure(error, variable);
    return { answers: false, ...failure };
  }
}

/** One server that was asked. */
export interface ServerCheck extends CheckResult {
  readonly what: string;
  readonly url: string;
  /** Whether it matters that it does not answer. */
  readonly isNeeded: boolean;
}

/** Asks the endpoint that this environment sends traces to, unless it sends none. Never throws. */
export async function checkExport(env: Environment, timeoutMs: number): Promise<ServerCheck> {
  const target = readOtlpTarget(env);
  const base = { what: 'OTLP endpoint', url: maskUrl(target.url) };
  const reason = whyNotExported(env);
  if (reason !== undefined)
    return { ...base, isNeeded: false, answers: false, found: `not asked; ${reason}` };
  return { ...base, isNeeded: true, ...(await checkOtlp(target, timeoutMs)) };
}
