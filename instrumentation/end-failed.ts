import { type Span, SpanStatusCode } from '@opentelemetry/api';

/**
 * Ends the span of a statement or a connection that failed, as the stock instrumentation of `pg` does; it is put in a form fit to be shown as it
 * ends.
 */
export function endFailed(span: Span, error: unknown): void {
  const { name, message, code } = (error ?? {}) as Record<string, unknown>;
  const told = `PostgreSQL error of type '${name ?? 'Error'}' occurred (code: ${code ?? 'UNKNOWN'})`;
  span.addEvent('exception', { 'exception.message': told });
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(message) });
  span.end();
}
