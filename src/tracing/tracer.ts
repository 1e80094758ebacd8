import {
  type Context,
  INVALID_SPAN_CONTEXT,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** The instrumentation scope of the spans that traced code makes. */
export const SCOPE_NAME = 'grants-otel';

const LONGEST_NAME = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/;

/** Names that are fit as they are; an application has a few. */
const MOST_KNOWN = 1000;
const known = new Set<string>();

let cached: Tracer | undefined;

function oneLine(name: string): string {
  if (known.has(name)) return name;
  if (name.length <= LONGEST_NAME && !CONTROL_CHARACTERS.test(name)) {
    if (known.size < MOST_KNOWN) known.add(name);
    return name;
  }
  return name.slice(0, LONGEST_NAME).split(CONTROL_CHARACTERS).join(' ').trim();
}

/** Until an SDK is registered it is asked for anew: what it is by then never hears of one that another copy of the API registers. */
function tracer(): Tracer {
  if (cached) return cached;
  const provider = trace.getTracerProvider();
  const found = provider.getTracer(SCOPE_NAME);
  if (!(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE_NAME)) cached = found;
  return found;
}

/**
 * Starts a span of ours, its name made one line of at most 255 characters. Where that fails it is a span that records nothing: tracing is
 * never the application's problem.
 */
export function startSpan(name: string, options: SpanOptions, parent: Context): Span {
  try {
    return tracer().startSpan(oneLine(String(name)), options, parent);
  } catch {
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
}
