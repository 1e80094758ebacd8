import { describe, expect, test } from 'vitest';
import { readSettings, VARIABLES } from '../../src/tracing/variables.js';

describe('the variables of the environment', () => {
  test('have their defaults where they are unset or empty', () => {
    const { settings, problems } = readSettings({ GRANTS_OTEL_KEEP_RATIO: ' ' });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      slowEventThresholdMs: 500,
      slowSpanThresholdsMs: new Map(),
      keepRatio: 1,
      traceFile: undefined,
      maxHeldSpans: 65_536,
      exitTimeoutMs: 5000,
      logTraceIds: false,
      jaegerUrl: 'http://localhost:16686',
    });
  });

  test.each(['abc', '-1', '0.5', '1e3', '500ms', 'Infinity', '9007199254740993'])(
    'refuse %s as a threshold in one line, and take the default',
    (text) => {
      const { settings, problems } = readSettings({ GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: text });
      expect(settings.slowEventThresholdMs).toBe(500);
      expect(problems).toEqual([
        `GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS="${text}" is not a whole number of milliseconds, 0 or more; taking the default, 500`,
      ]);
    },
  );

  test('take thresholds per span name', () => {
    const { settings, problems } = readSettings({
      GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: 'InsertDonation=50, pg.query:UPDATE grants = 20,x=0,',
    });
    expect(problems).toEqual([]);
    expect([...settings.slowSpanThresholdsMs]).toEqual([
      ['InsertDonation', 50],
      ['pg.query:UPDATE grants', 20],
      ['x', 0],
    ]);
  });

  test.each(['InsertDonation', 'InsertDonation=', '=5', 'a=1,b=-2', 'a=1.5'])(
    'refuse %s as thresholds per span name',
    (text) => {
      const { settings, problems } = readSettings({ GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: text });
      expect(settings.slowSpanThresholdsMs.size).toBe(0);
      expect(problems).toHaveLength(1);
    },
  );

  test.each([
    ['0', 0],
    ['1', 1],
    ['.01', 0.01],
    ['1e-3', 0.001],
  ])('take %s as a ratio', (text, ratio) => {
    expect(readSettings({ GRANTS_OTEL_KEEP_RATIO: text }).settings.keepRatio).toBe(ratio);
  });

  test.each(['1.1', '-0.1', 'NaN', '50%'])('refuse %s as a ratio', (text) => {
    expect(readSettings({ GRANTS_OTEL_KEEP_RATIO: text }).problems).toHaveLength(1);
  });

  test('name every bad one at once', () => {
    const bad = Object.fromEntries(
      Object.values(VARIABLES)
        .filter(({ name }) => name !== VARIABLES.traceFile.name && name !== VARIABLES.methods.name)
        .map((variable) => [variable.name, 'ftp://nonsense']),
    );
    expect(readSettings(bad).problems).toHaveLength(Object.keys(bad).length);
  });
});
