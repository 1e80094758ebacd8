import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type Ended, runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

function run(host: string, env: Record<string, string> = {}): Promise<Ended> {
  return runNode(['--require', './instrumentation', `test/instrumentation/hosts/${host}`], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0', ...env },
  });
}

const ended = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: '' });

describe('an application that hands over what no type allows', () => {
  test('runs as if it were not traced, and what can be told of it is', async () => {
    const { code, signal, stdout } = await run('odd-input.mjs');
    expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: '1,2,6,3,3,4,5\n' });
    const spans = receiver.spans();
    const event = spans.find((span) => span.name === 'S.Attributes');
    expect(event?.attributes).toEqual({
      chainId: 10,
      contractName: 'S',
      eventName: 'Attributes',
      roundId: '7',
    });
    expect(spans.find((span) => span.name === 'S.Link')?.links).toEqual([]);
  });

  test('has its events named by what there is, and its steps in any case, and is told so once', async () => {
    const { stderr } = await run('odd-input.mjs');
    expect(stderr).toBe(
      "grants-otel: expected an event's blockTimestampMs to be a number of milliseconds since 1970, found bigint; blockAgeMs is not told of such events\n" +
        "grants-otel: expected an event's contractName and eventName to be texts, found symbol and string; such events are named by what there is\n" +
        'grants-otel: expected an event to be an object with chainId, contractName and eventName, found undefined; it is not traced\n' +
        'grants-otel: expected a step to be given a name; such steps are named step\n' +
        "grants-otel: expected an event's fetchedBy to be a link, as the `link` of a step is, found object; such events are not linked\n",
    );
    const spans = receiver.spans();
    const roots = spans.filter((span) => span.kind === 5).map((span) => span.name);
    expect(roots).toEqual(['S.Attributes', 'NoText', 'event', 'S.Steps', 'S.Link', 'S.Names [31mred']);
    const nameless = spans.find((span) => span.name === 'event');
    expect(spans.find((span) => span.name === 'of no name')?.parentSpanId).toBe(nameless?.spanId);
    const steps = spans.find((span) => span.name === 'S.Steps');
    const named = spans.filter((span) => span.parentSpanId === steps?.spanId).map((span) => span.name);
    expect(named).toEqual(['step', 'step', 'step']);
  });

  test('has names of one line and a bounded length', async () => {
    await run('odd-input.mjs');
    const names = receiver.spans().map((span) => span.name);
    expect(names).toContain('S.Names [31mred');
    expect(names.find((name) => name.startsWith('long'))).toHaveLength(255);
  });

  test('gets what its thenables settle to, and their work stands below the step', async () => {
    expect(await run('thenables.mjs')).toEqual(ended('lazy\nmute\ntrue\n'));
    expect(drawTree(receiver.spans())).toBe(
      ['S.E', '├─ lazy', '│  └─ query', '├─ mute', '└─ broken'].join('\n'),
    );
  });

  test.each([[['--require', './instrumentation']], [[]]])(
    'keeps its query builders, which do nothing before they are awaited: %j',
    async (preload) => {
      const host = 'test/instrumentation/hosts/query-builders.mjs';
      expect(
        await runNode([...preload, host], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } }),
      ).toEqual(
        ended(
          [
            '1 a and b',
            '3 twice twice false',
            '4 no such column',
            '4 true',
            '5 nested false',
            '6 later false',
            '6 as it was as it was',
            '6 refused',
            '6 tapped told',
            '6 far',
            '6 true',
            '6 true',
            '7 late',
            '8 frozen',
            '8 cancelled kept',
            '8 true',
            '9 false later',
            '',
          ].join('\n'),
        ),
      );
    },
  );

  test('has the work of its query builders below the step, where they are awaited before the event ends', async () => {
    await run('query-builders.mjs');
    const spans = receiver.spans();
    const event = spans.find((span) => span.name === 'S.E');
    expect(drawTree(spans.filter((span) => span.traceId === event?.traceId))).toBe(
      [
        'S.E',
        '├─ donations',
        '│  └─ query',
        '├─ donations',
        '│  └─ query',
        '├─ query',
        '├─ donations',
        '│  └─ query',
        '├─ outer',
        '│  └─ inner',
        '│     └─ query',
        '├─ donations',
        '├─ donations',
        '│  └─ query',
        '├─ frozen',
        '├─ failing',
        '├─ library',
        '├─ realm',
        '├─ proxy',
        '├─ late',
        '├─ late',
        '├─ frozen',
        '├─ query',
        '└─ cancellable',
      ].join('\n'),
    );
    const failed = receiver.spans().filter((span) => span.status.code === 2);
    expect(failed.map((span) => [span.name, span.events.length])).toEqual([
      ['query', 1],
      ['donations', 0],
      ['failing', 1],
    ]);
  });
});

describe('what begins its work by `catch`, `finally` or `execute`', () => {
  const HOST = 'test/instrumentation/hosts/begun-otherwise.mjs';

  test('does as it does untraced, once', async () => {
    const untraced = await runNode([HOST]);
    expect(untraced.stdout.split('\n').filter((line) => line === '1 false')).toHaveLength(20);
    expect(await run('begun-otherwise.mjs')).toEqual(untraced);
  });

  test('does what its class has it do', async () => {
    const lines = [
      '1 tapped 5',
      '2 refused',
      'cancelled 3',
      '4 0',
      'prepared execute 5',
      '{ fallback: 6 }',
      '7 used twice',
      '8',
      '9 refused',
      '10 rolled back',
    ];
    expect(await run('begun-in-own-ways.mjs')).toEqual(ended(`${lines.join('\n')}\n`));
    const spans = receiver.spans();
    const failed = spans.filter((span) => span.name === 'step' && span.status.code === 2);
    expect(failed.map(({ status }) => status.message)).toEqual(['9 refused', '10 rolled back']);
    expect(spans.filter((span) => span.events.length > 0)).toEqual(failed);
    expect(spans).toHaveLength(20);
  });

  test('has its work below the step, and its failure on all that it is in', async () => {
    await run('begun-otherwise.mjs');
    const spans = receiver.spans();
    const roots = spans.filter((span) => span.name === 'S.E');
    const trees = roots.map((root) => drawTree(spans.filter((span) => span.traceId === root.traceId)));
    expect(new Set(trees)).toEqual(new Set(['S.E\n└─ step\n   └─ query', 'S.E\n└─ nested\n   └─ query']));
    expect(trees).toHaveLength(20);
    const named = (name: string) => spans.filter((span) => span.name === name);
    const failed = (name: string) => named(name).filter((span) => span.status.code === 2).length;
    expect(['query', 'step', 'nested'].map(failed)).toEqual([10, 5, 5]);
    const tookTime = [...named('step'), ...named('nested')].every((span) => span.durationMs >= 4);
    expect(tookTime).toBe(true);
  });
});

test('a connection that fails unhandled ends the process as it does untraced', async () => {
  const { code, stderr } = await run('unhandled-connect.mjs');
  expect(code).toBe(1);
  expect(stderr).toContain('ECONNREFUSED');
});

describe('the ids and the flags of a span', () => {
  const withIds = (spans: readonly ReceivedSpan[], ids: object): void => {
    for (const span of spans) expect(span.attributes).toMatchObject(ids);
  };

  test.each([{}, { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' }])(
    'do not count against the limit on its attributes: %j',
    async (env) => {
      const { stderr } = await run('many-attributes.mjs', {
        GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1',
        ...env,
      });
      expect(stderr).toMatch(
        /^grants-otel: slow S\.E .* chainId=10 roundId=7 applicationId=3 cause=(?:step|S\.E) .*\n$/,
      );
      const spans = receiver.spans();
      expect(spans).toHaveLength(2);
      withIds(spans, { chainId: 10, roundId: '7', applicationId: '3', slow: true, slowThresholdMs: 1 });
      expect(spans.find((span) => span.name === 'S.E')?.attributes['slowCause']).toMatch(/^(?:step|S\.E)$/);
    },
  );

  test('are those of the step above where it has ids of its own', async () => {
    await run('two-applications.mjs');
    const spans = receiver.spans();
    withIds(spans, { chainId: 10, roundId: '7' });
    const idOf = (span: ReceivedSpan | undefined): unknown => span?.attributes['applicationId'];
    const inner = spans.filter((span) => span.name === 'inner');
    expect(inner.map(idOf)).toEqual(
      inner.map((span) => idOf(spans.find((one) => one.spanId === span.parentSpanId))),
    );
    expect(inner.map(idOf).sort()).toEqual(['1', '2']);
  });
});

describe('an id that becomes another one', () => {
  test('stays on the spans that ended before, and is on those that start when the event is over', async () => {
    await run('changing-ids.mjs');
    const spans = receiver.spans();
    expect(
      Object.fromEntries(spans.map(({ name, attributes }) => [name, attributes['applicationId']])),
    ).toEqual({ 'S.E': '2', first: '1', second: '2', later: '2' });
    for (const span of spans) expect(span.attributes).toMatchObject({ chainId: 10, roundId: '7' });
  });
});

describe('spans of an application of its own', () => {
  test('do not cost their trace when they link to nothing, and are complained of once', async () => {
    const { stderr } = await run('raw-spans.mjs');
    expect(stderr).toMatch(/^grants-otel: raw .*end\(\) on a span once\.\n$/);
    const spans = receiver.spans();
    expect(spans).toHaveLength(10);
    for (const span of spans) expect(span).toMatchObject({ links: [], attributes: { roundId: '7' } });
  });
});

describe('a fast trace that is thinned out', () => {
  test('is exported whole where a step that outlives its event fails', async () => {
    await run('late-failure.mjs', { GRANTS_OTEL_KEEP_RATIO: '0' });
    expect(
      receiver
        .spans()
        .map((span) => span.name)
        .sort(),
    ).toEqual(['S.Fails', 'late']);
  });
});
