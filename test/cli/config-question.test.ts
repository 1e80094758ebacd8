import { describe, expect, it } from 'vitest';
import { deadUrl } from '../support/dead-url.js';
import { startLegacyJaeger, startServer, type TestServer } from '../traces/jaeger-servers.js';
import { slowEvent } from '../traces/otlp-spans.js';
import { started } from '../traces/started-servers.js';
import { linesOf, runCli } from './run-cli.js';

/** A collector that takes what is sent with a token, and says what it was sent. */
function startCollector(bodies: string[]): Promise<TestServer> {
  return startServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
      response.writeHead(request.headers['x-token'] === 's3cret' ? 200 : 401).end('{}');
    });
  });
}

describe('grants-otel config', () => {
  it('shows each variable, its value and origin, and that both servers answer', async () => {
    const bodies: string[] = [];
    const jaeger = await started(startLegacyJaeger({ traces: [{ spans: [slowEvent()] }] }));
    const collector = await started(startCollector(bodies));
    const env = {
      GRANTS_OTEL_JAEGER_URL: jaeger.url.replace('//', '//ann:hidden@'),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-token=s3cret',
    };
    const { exitCode, stdout, stderr } = await runCli(['config'], { env });
    const rows = linesOf(stdout).map((line) => line.split(/ {2,}/));
    expect(rows).toContainEqual(['GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS', '500', 'default']);
    expect(rows).toContainEqual(['GRANTS_OTEL_TRACE_FILE', '-', 'default']);
    expect(rows).toContainEqual([
      'GRANTS_OTEL_JAEGER_URL',
      jaeger.url.replace('//', '//***@'),
      'environment',
    ]);
    expect(rows).toContainEqual(['OTEL_EXPORTER_OTLP_HEADERS', 'x-token=***', 'environment']);
    expect(rows).toContainEqual([
      'Jaeger',
      jaeger.url.replace('//', '//***@'),
      'yes',
      '1 service, grants-indexer among them',
    ]);
    expect(rows).toContainEqual(['OTLP endpoint', `${collector.url}/v1/traces`, 'yes', 'takes traces']);
    expect(bodies).toEqual(['POST /v1/traces application/json {"resourceSpans":[]}']);
    expect(stdout + stderr).not.toMatch(/s3cret|hidden/);
    expect(exitCode).toBe(0);
  });

  it('exits with 3 where one does not answer, and says why', async () => {
    const url = await deadUrl();
    const collector = await started(startCollector([]));
    const env = { GRANTS_OTEL_JAEGER_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const { exitCode, stdout } = await runCli(['config', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [
        {
          server: 'Jaeger',
          url,
          answers: false,
          found: expect.stringContaining('nothing listens there'),
        },
        {
          server: 'OTLP endpoint',
          answers: false,
          found: 'refuses traces (401); OTEL_EXPORTER_OTLP_HEADERS?',
        },
      ],
    });
    expect(exitCode).toBe(3);
  });

  it('does not ask an endpoint that nothing is sent to', async () => {
    const jaeger = await started(startLegacyJaeger({ traces: [] }));
    const env = { GRANTS_OTEL_JAEGER_URL: jaeger.url, OTEL_TRACES_EXPORTER: 'none' };
    const { exitCode, stdout } = await runCli(['config', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ answers: true, found: 'has no traces yet' }, { answers: null }],
    });
    expect(exitCode).toBe(0);
  });

  it('exits with 2 for a bad value, and guesses what a misspelt variable was meant to be', async () => {
    const env = { GRANTS_OTEL_KEEP_RATIO: '7', GRANTS_OTEL_KEEPRATIO: '0.1', OTEL_TRACES_EXPORTER: 'none' };
    const { exitCode, stdout, stderr } = await runCli(['config'], { env });
    expect(stdout).toContain('environment: expects a number from 0 to 1');
    expect(linesOf(stderr)).toEqual([
      'grants-otel: GRANTS_OTEL_KEEPRATIO is no variable of ours; did you mean GRANTS_OTEL_KEEP_RATIO?',
      'grants-otel: GRANTS_OTEL_KEEP_RATIO expects a number from 0 to 1, found "7"',
    ]);
    expect(exitCode).toBe(2);
  });

  it('exits with 2 for a standard variable that is not understood, and shows no secret of it', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'user:hunter2@collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2',
      OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2147483648',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: 'half',
      OTEL_PROPAGATORS: 'tracecontext,smoke',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'many',
      OTEL_BSP_SCHEDULE_DELAY: '2147483648',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1.5',
      OTEL_TRACES_EXPORTER: 'none',
    };
    const { exitCode, stdout, stderr } = await runCli(['config'], { env });
    expect(linesOf(stderr)).toEqual([
      'grants-otel: OTEL_TRACES_SAMPLER_ARG expects a number from 0 to 1, found "half"',
      'grants-otel: OTEL_PROPAGATORS expects a list of tracecontext, baggage, b3, b3multi, jaeger, or none, found "tracecontext,smoke"',
      'grants-otel: OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT expects a whole number, 0 or more, found "many"',
      'grants-otel: OTEL_EXPORTER_OTLP_ENDPOINT expects an http or https URL, found "***"',
      'grants-otel: OTEL_EXPORTER_OTLP_HEADERS expects a list of name=value, percent-encoded, with commas between them, found "***"',
      'grants-otel: OTEL_EXPORTER_OTLP_TIMEOUT expects a number of milliseconds above 0, at most 2147483647, found "soon"',
      'grants-otel: OTEL_EXPORTER_OTLP_TRACES_TIMEOUT expects a number of milliseconds above 0, at most 2147483647, found "2147483648"',
      'grants-otel: OTEL_BSP_SCHEDULE_DELAY expects a number of milliseconds from 0 to 2147483647, found "2147483648"',
      'grants-otel: OTEL_BSP_MAX_EXPORT_BATCH_SIZE expects a whole number above 0, found "1.5"',
    ]);
    expect(stdout + stderr).not.toContain('hunter2');
    expect(exitCode).toBe(2);
  });

  it('shows propagators, limits and batches where they are set only', async () => {
    const { stdout } = await runCli(['config'], { env: { OTEL_TRACES_EXPORTER: 'none' } });
    expect(stdout).not.toMatch(/PROPAGATORS|LIMIT|BSP/);
  });

  it('says that the table of methods is not there', async () => {
    const env = { GRANTS_OTEL_METHODS: './nowhere.mjs', OTEL_TRACES_EXPORTER: 'none' };
    const { exitCode, stderr } = await runCli(['config'], { env });
    expect(stderr).toMatch(
      /^grants-otel: GRANTS_OTEL_METHODS expects the path of a module, and there is none at \/.*nowhere\.mjs, found/,
    );
    expect(exitCode).toBe(2);
  });

  it('takes a page for no OTLP endpoint', async () => {
    const page = await started(
      startServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')),
    );
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: page.url };
    const { exitCode, stdout } = await runCli(['config', '--json'], { env });
    expect(JSON.parse(stdout).servers[1]).toMatchObject({
      answers: false,
      found: 'answers with a page of HTML (200); is it the OTLP/HTTP port, 4318?',
    });
    expect(exitCode).toBe(3);
  });
});
