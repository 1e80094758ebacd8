import { describe, expect, test } from 'vitest';
import { unknownVariables } from '../../src/tracing/unknown-variables.js';
import { VARIABLES } from '../../src/tracing/variables.js';

describe('Variables that look like ours', () => {
  test.each([
    ['GRANTS_OTEL_KEEP_RATE', 'GRANTS_OTEL_KEEP_RATIO'],
    ['GRANTS_OTEL_KEEPRATIO', 'GRANTS_OTEL_KEEP_RATIO'],
    ['GRANTS_OTEL_THRESHOLD_MS', 'GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS'],
    ['GRANTS_OTEL_SLOW_THRESHOLD_MS', 'GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS'],
    ['GRANTS_OTEL_HELD_SPANS', 'GRANTS_OTEL_MAX_HELD_SPANS'],
    ['GRANTS_OTEL_FILE_MAX_MB', 'GRANTS_OTEL_TRACE_FILE_MAX_MB'],
  ])('%s was to be %s, probably', (name, meant) => {
    expect(unknownVariables({ [name]: '1' })).toEqual([
      `${name} is no variable of ours; did you mean ${meant}?`,
    ]);
  });

  test.each(['GRANTS_OTEL_TRACE', 'GRANTS_OTEL_MS', 'GRANTS_OTEL_FILE_TRACE', 'GRANTS_OTEL_COLOR'])(
    'nobody knows what %s was to be',
    (name) => {
      expect(unknownVariables({ [name]: '1' })).toEqual([`${name} is no variable of ours`]);
    },
  );

  test('are no fault of those who have all of ours, an empty one, and others', () => {
    const ours = Object.values(VARIABLES).map(({ name }) => [name, '1']);
    const env = { ...Object.fromEntries(ours), GRANTS_OTEL_NONE: ' ', OTEL_NONE: '1', GRANTS_OTELNONE: '1' };
    expect(unknownVariables(env)).toEqual([]);
  });

  test('may be what Kubernetes says of a service that is called like us', () => {
    const names = ['', '_COLLECTOR'].flatMap((service) => [
      `GRANTS_OTEL${service}_SERVICE_HOST`,
      `GRANTS_OTEL${service}_SERVICE_PORT`,
      `GRANTS_OTEL${service}_SERVICE_PORT_OTLP_HTTP`,
      `GRANTS_OTEL${service}_PORT`,
      `GRANTS_OTEL${service}_PORT_4318_TCP`,
      `GRANTS_OTEL${service}_PORT_4318_TCP_PROTO`,
      `GRANTS_OTEL${service}_PORT_4318_TCP_PORT`,
      `GRANTS_OTEL${service}_PORT_4318_TCP_ADDR`,
    ]);
    expect(unknownVariables(Object.fromEntries(names.map((name) => [name, '10.0.0.7'])))).toEqual([]);
  });
});
