import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type Ended, runNode } from '../support/run-node.js';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

/** What a slow step takes, and a threshold that the other steps stay below on a busy machine too. */
const SLOW_MS = 900;
const THRESHOLD = '450';
const THRESHOLD_MS = Number(THRESHOLD);

/** Runs a host whose events take so long, in their InsertDonation. */
function runSlowEvents(count: number, env: Record<string, string>, stepMs = SLOW_MS): Promise<Ended> {
  const host = ['test/instrumentation/hosts/slow-events.mjs', String(count), String(stepMs)];
  return runNode(['--require', './instrumentation', ...host], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });
}

function flagged(spans: readonly ReceivedSpan[]): Record<string, unknown> {
  return Object.fromEntries(
    spans
      .filter((span) => 'slow' in span.attributes)
      .map((span) => [span.name, span.attributes['slowThresholdMs']]),
  );
}

const EVENT = 'Strategy.AllocatedWithOrigin';

describe('a span that took at least its threshold', () => {
  test('is flagged, an event with its cause; faster ones are not', async () => {
    await runSlowEvents(1, { GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: THRESHOLD });
    const spans = receiver.spans();
    expect(flagged(spans)).toEqual({ [EVENT]: THRESHOLD_MS, InsertDonation: THRESHOLD_MS });
    const event = spans.find((span) => span.name === EVENT);
    expect(event?.attributes).toMatchObject({
      slow: true,
      slowThresholdMs: THRESHOLD_MS,
      slowCause: 'InsertDonation',
    });
    expect(event?.attributeTypes).toMatchObject({ slow: 'bool', slowThresholdMs: 'int', slowCauseMs: 'int' });
    expect(event?.attributes['slowCauseMs']).toBeGreaterThanOrEqual(SLOW_MS - 1);
    const insert = spans.find((span) => span.name === 'InsertDonation');
    expect(insert?.attributes).not.toHaveProperty('slowCause');
  });

  test.each([
    ['is switched off by 0', { GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0' }, {}],
    [
      'is set for one name',
      {
        GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0',
        GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: `InsertDonation=${THRESHOLD}`,
      },
      { InsertDonation: THRESHOLD_MS },
    ],
    [
      'is off for one name',
      {
        GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: THRESHOLD,
        GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: 'InsertDonation=0',
      },
      { [EVENT]: THRESHOLD_MS },
    ],
    [
      'does not match the beginning of a word',
      {
        GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0',
        GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: `Insert=1,Strategy=1,Strategy.AllocatedWithOrigin=${THRESHOLD}`,
      },
      { [EVENT]: THRESHOLD_MS },
    ],
  ])('is not flagged where the threshold %s', async (_name, env, expected) => {
    await runSlowEvents(1, env);
    expect(flagged(receiver.spans())).toEqual(expected);
  });

  test('is not flagged where it stays below the default of 500 ms', async () => {
    await runSlowEvents(1, {}, 0);
    expect(flagged(receiver.spans())).toEqual({});
  });

  test('is flagged by the default of 500 ms', async () => {
    await runSlowEvents(1, {});
    expect(flagged(receiver.spans())).toEqual({ [EVENT]: 500, InsertDonation: 500 });
  });

  test('is one line on stderr if it is an event, in logfmt', async () => {
    const { stderr } = await runSlowEvents(1, { GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: THRESHOLD });
    const traceId = receiver.spans()[0]?.traceId;
    expect(stderr).toMatch(
      new RegExp(
        `^grants-otel: slow Strategy\\.AllocatedWithOrigin ms=\\d+ threshold=${THRESHOLD} chainId=42161 roundId=27 applicationId=3 cause=InsertDonation causeMs=\\d+ traceId=${traceId}\\n$`,
      ),
    );
  });

  test('is one line with the right cause also where there is no room for its spans', async () => {
    const { stderr } = await runSlowEvents(1, {
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: THRESHOLD,
      GRANTS_OTEL_MAX_HELD_SPANS: '1',
    });
    expect(stderr).toMatch(/^grants-otel: slow .* cause=InsertDonation /);
    expect(stderr).toMatch(/spans lost: .*GRANTS_OTEL_MAX_HELD_SPANS, of traces that had left in part\n$/);
  });

  test('is at most ten lines a second, then one that says how many were left out', async () => {
    const { stderr } = await runSlowEvents(40, { GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1' }, 5);
    const lines = stderr.split('\n').slice(0, -1);
    const shown = lines.filter((line) => line.startsWith('grants-otel: slow Strategy')).length;
    const leftOut = lines.flatMap((line) => /slow events left out=(\d+) most=10\/s$/.exec(line)?.[1] ?? []);
    expect(leftOut.length).toBeGreaterThan(0);
    expect(shown + leftOut.reduce((sum, count) => sum + Number(count), 0)).toBe(40);
    expect(shown).toBeLessThan(40);
  });

  test('is not a line with OTEL_LOG_LEVEL=error, but flagged all the same', async () => {
    const { stderr } = await runSlowEvents(1, {
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: THRESHOLD,
      OTEL_LOG_LEVEL: 'error',
    });
    expect(stderr).toBe('');
    expect(flagged(receiver.spans())).toHaveProperty(EVENT);
  });

  test('keeps its trace whatever the share of fast ones is, also where only a step was slow', async () => {
    await runSlowEvents(3, {
      GRANTS_OTEL_KEEP_RATIO: '0',
      GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: `InsertDonation=${THRESHOLD}`,
    });
    const spans = receiver.spans();
    expect(spans.map((span) => span.name).sort()).toEqual(
      [EVENT, 'InsertDonation', 'handleEvent', 'roundLookup'].flatMap((name) => [name, name, name]).sort(),
    );
  });
});
