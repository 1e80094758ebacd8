import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { SqlSpansProcessor } from '../../instrumentation/processors/sql-spans.js';

const STATEMENT = "select 'alice@x.org'::int";
const TEXT = 'invalid input syntax for type integer: "alice@x.org"';

/** What leaves of the span of a statement that another instrumentation than that of `pg` makes. */
async function left(
  attributes: Record<string, string>,
  error?: Error & { code?: string },
  areTextsNoted = false,
): Promise<ReadableSpan> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SqlSpansProcessor({ areTextsNoted }), new SimpleSpanProcessor(exporter)],
  });
  const span = provider.getTracer('@opentelemetry/instrumentation-knex').startSpan('raw', { attributes });
  if (error) {
    span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  }
  span.end();
  await provider.forceFlush();
  trace.disable();
  const [found] = exporter.getFinishedSpans();
  if (!found) throw new Error('no span left');
  return found;
}

describe('the span of a statement that another instrumentation makes', () => {
  it.each([
    ['the stable conventions', { 'db.query.text': STATEMENT, 'db.system.name': 'postgresql' }],
    ['the older ones', { 'db.statement': STATEMENT, 'db.system': 'postgresql' }],
    ['none that tell for whom it is', { 'db.statement': STATEMENT }],
  ])('has no values: by %s', async (_, attributes) => {
    const span = await left(attributes);
    expect(span.name).toBe('raw');
    expect(span.attributes).toEqual({
      ...attributes,
      [Object.keys(attributes)[0] ?? '']: 'select ?::int',
    });
  });

  it('is left alone where it is for another database', async () => {
    const attributes = { 'db.system': 'redis', 'db.statement': "set name 'x'" };
    expect((await left(attributes)).attributes).toEqual(attributes);
  });

  it('does not quote the statement with its values where it fails', async () => {
    const attributes = { 'db.statement': STATEMENT, 'db.system': 'PostgreSQL' };
    const span = await left(attributes, new Error(`${STATEMENT} - no such server`), true);
    expect(span.status.message).toBe('select ?::int - no such server');
    expect(JSON.stringify(span.events)).not.toContain('alice');
  });

  it('tells its failure by the code, not by a text that quotes rows', async () => {
    const attributes = { 'db.query.text': STATEMENT, 'db.system.name': 'postgresql' };
    const error = Object.assign(new Error(TEXT), { code: '22P02' });
    const span = await left(attributes, error);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'SQLSTATE 22P02' });
    expect(JSON.stringify([span.status, span.events, span.attributes])).not.toContain('alice');
    expect(span.events[0]?.attributes).toMatchObject({ 'exception.type': '22P02' });
    const unknown = await left(attributes, new Error(TEXT));
    expect(unknown.status.message).toBe('the reason is not shown: it may quote rows');
    const broken = await left(attributes, Object.assign(new Error(TEXT), { code: 'EPIPE' }));
    expect(broken.status.message).toBe('code EPIPE');
  });
});
