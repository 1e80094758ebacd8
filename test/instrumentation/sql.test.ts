import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { drawTree } from '../support/trace-tree.js';

describeWith(['postgres'], 'SQL below an event', () => {
  let receiver: Receiver;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let name: string;
  let spans: ReceivedSpan[];

  beforeEach(async () => {
    receiver = await startReceiver();
    database = await freshDatabase();
    name = new URL(database.url).pathname.slice(1);
    const ended = await runNode(
      ['--require', './instrumentation', 'test/instrumentation/hosts/sql.mjs', database.url],
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0' } },
    );
    expect(ended).toMatchObject({ stderr: '', stdout: expect.stringContaining('\n1,22P02,1\n') });
    spans = receiver.spans();
  });

  afterEach(async () => {
    await receiver.close();
    await database.drop();
  });

  const traceOf = (event: string): ReceivedSpan[] => {
    const root = spans.find((span) => span.name === `Sql.${event}`);
    return spans.filter((span) => span.traceId === root?.traceId);
  };
  const queryOf = (event: string): ReceivedSpan | undefined =>
    traceOf(event).find((span) => span.name.startsWith('pg.query'));
  const tree = (...lines: string[]): string => lines.join('\n');

  test('stands below its step, named after what it does, with all ids and without values', () => {
    expect(drawTree(traceOf('Named'))).toBe(tree('Sql.Named', '└─ insert', `   └─ pg.query:INSERT ${name}`));
    expect(drawTree(traceOf('Cte'))).toContain(`pg.query:UPDATE ${name}`);
    expect(queryOf('Named')?.attributes['db.query.text']).toBe('INSERT INTO donors VALUES ($1, ?, ?)');
    expect(queryOf('Cte')?.attributes['db.query.text']).toBe(
      'WITH one AS (SELECT n FROM donors WHERE id = $1)\nUPDATE donors SET n = donors.n + one.n FROM one',
    );
    for (const span of traceOf('Cte')) expect(span.attributes).toMatchObject({ chainId: 10, roundId: '7' });
  });

  test('is not exported where it is outside of any event', () => {
    expect(spans.filter((span) => String(span.attributes['db.query.text']).startsWith('CREATE'))).toEqual([]);
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(27);
  });

  test('tells a failure by SQLSTATE, constraint and table, once, and quotes no row anywhere', () => {
    const message = 'SQLSTATE 23505, constraint donors_pkey, table donors';
    for (const span of traceOf('Duplicate').filter((one) => one.name !== 'pg-pool.connect')) {
      expect(span.status).toEqual({ code: 2, message });
      expect(span.attributes['error.type']).toBe('23505');
    }
    expect(
      traceOf('Duplicate').flatMap((span) => span.events.map((event) => [span.name, event.attributes])),
    ).toEqual([[`pg.query:INSERT ${name}`, { 'exception.type': '23505', 'exception.message': message }]]);
    expect(queryOf('Cast')?.status.message).toBe('SQLSTATE 22P02');
    const everything = JSON.stringify(spans, (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(everything).not.toMatch(/hunter2|Alice|Bob|4 eyes|postgres:\/\//);
  });

  test('is not quoted by what the application makes of an error, nor by a span of its own', () => {
    const message = 'SQLSTATE 23505, constraint donors_pkey, table donors';
    const store = traceOf('Copied').find((span) => span.name === 'store');
    expect(store?.status.message).toBe(`cannot store it: ${message} (its detail)`);
    const raw = traceOf('Raw').find((span) => span.name === 'raw');
    expect(raw?.status.message).toBe('SQLSTATE 22P02');
    expect(raw?.events[0]?.attributes['exception.message']).toBe('SQLSTATE 22P02');
  });

  test.each([
    ['a query object', { good: 'Object', bad: 'BadObject' }, '22P02', 'SQLSTATE 22P02'],
    [
      'a stream of COPY, whose callback nobody calls',
      { good: 'Copy', bad: 'BadCopy' },
      '23505',
      'SQLSTATE 23505, constraint donors_pkey, table donors',
    ],
    ['a query object with a callback', { good: 'Callback', bad: 'BadCallback' }, '22P02', 'SQLSTATE 22P02'],
  ])('ends once, with its last answer, where it is %s', (_kind, { good, bad }, type, message) => {
    for (const event of [good, bad]) {
      expect(traceOf(event).find((span) => 'interrupted' in span.attributes)).toBeUndefined();
      const [step, statement] = event.endsWith('Copy') ? ['load', 'COPY'] : ['read', 'SELECT'];
      expect(drawTree(traceOf(event))).toBe(
        tree(`Sql.${event}`, `└─ ${step}`, `   └─ pg.query:${statement} ${name}`),
      );
    }
    expect(queryOf(good)?.status.code).toBe(0);
    expect(queryOf(bad)).toMatchObject({ status: { code: 2, message }, attributes: { 'error.type': type } });
  });

  test('waits, where its connection is busy with another one, by a span of its own', () => {
    const statements = traceOf('Queued').filter((span) => span.name.startsWith('pg.'));
    const inOrder = statements.toSorted((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
    expect(inOrder.map((span) => span.name).sort()).toEqual([
      ...Array(3).fill(`pg.query:SELECT ${name}`),
      ...Array(2).fill('pg.queue'),
    ]);
    const [first, ...others] = inOrder.filter((span) => span.name.startsWith('pg.query'));
    const waits = inOrder.filter((span) => span.name === 'pg.queue');
    expect(first?.attributes['db.query.text']).toBe('SELECT ?');
    for (const [at, wait] of waits.entries()) {
      expect(wait.status.code).toBe(0);
      const { startTimeUnixNano: sentAt = 0n } = others[at] ?? {};
      expect(sentAt).toBeGreaterThan(wait.startTimeUnixNano);
      expect(wait.endTimeUnixNano).toBeGreaterThanOrEqual(sentAt);
    }
    expect(others.map((span) => span.status.message)).toEqual(['SQLSTATE 22P02', undefined]);
    expect(new Set(statements.map((span) => span.attributes['chainId']))).toEqual(new Set([10]));
  });

  test('fails as what it is, a wait, where its connection is lost before it is sent', () => {
    const lost = traceOf('Lost').filter((span) => span.name.startsWith('pg.'));
    expect(
      lost.map((span) => [span.name, span.status.code, 'interrupted' in span.attributes]).sort(),
    ).toEqual([
      [`pg.query:SELECT ${name}`, 2, false],
      ['pg.queue', 2, false],
    ]);
  });

  test('does its work where nobody can hear of its answer, and fails but once where a value cannot be written', () => {
    expect(drawTree(traceOf('Frozen'))).toBe(tree('Sql.Frozen', '└─ read', '   └─ pg.query'));
    expect(queryOf('Frozen')?.attributes['interrupted']).toBeUndefined();
    expect(queryOf('Unreadable')?.status).toMatchObject({ code: 2, message: 'no value' });
  });

  test('has a span for each wait for a connection, and none where one is idle', () => {
    expect(drawTree(traceOf('Waits'))).toBe(
      tree(
        'Sql.Waits',
        '└─ both',
        '   ├─ pg-pool.connect',
        `   ├─ pg.query:SELECT ${name}`,
        `   └─ pg.query:SELECT ${name}`,
      ),
    );
    expect(drawTree(traceOf('Opens'))).toBe(
      tree(
        'Sql.Opens',
        '└─ first',
        '   ├─ pg-pool.connect',
        '   │  └─ pg.connect',
        `   └─ pg.query:SELECT ${name}`,
      ),
    );
  });

  test('stays with who asked for a connection, whoever gives one back meanwhile', () => {
    expect(drawTree(traceOf('Asks'))).toBe(tree('Sql.Asks', '└─ ask', `   └─ pg.query:SELECT ${name}`));
    expect(drawTree(traceOf('Gives'))).toBe(tree('Sql.Gives', '└─ give'));
  });

  test('has a connection that is opened for who waits below the wait, whoever made room for it', () => {
    expect(drawTree(traceOf('OpensLater'))).toBe(
      tree(
        'Sql.OpensLater',
        '└─ wait',
        '   ├─ pg-pool.connect',
        '   │  └─ pg.connect',
        `   └─ pg.query:SELECT ${name}`,
      ),
    );
    expect(drawTree(traceOf('Breaks'))).toBe(tree('Sql.Breaks', '└─ break'));
  });

  test('has nothing of what is left out, neither the wait nor the connection that is opened for it', () => {
    expect(drawTree(traceOf('LeftOut'))).toBe(tree('Sql.LeftOut', '└─ wait'));
    expect(drawTree(traceOf('MakesRoom'))).toBe(
      tree('Sql.MakesRoom', '└─ break', '   └─ pg-pool.connect', '      └─ pg.connect'),
    );
  });

  test('records a pool that was full too long once, on the span that waited', () => {
    const trace = traceOf('Full');
    for (const span of trace) {
      expect(span.status.message).toBe('timeout exceeded when trying to connect');
      expect(span.attributes['error.type']).toBe('Error');
    }
    expect(trace.filter((span) => span.events.length > 0).map((span) => span.name)).toEqual([
      'pg-pool.connect',
    ]);
  });

  test('records a connection that fails once, on the span where it failed', () => {
    const trace = traceOf('Away');
    expect(trace.map((span) => span.attributes['error.type'])).toEqual(trace.map(() => 'ECONNREFUSED'));
    expect(trace.filter((span) => span.events.length > 0).map((span) => span.name)).toEqual(['pg.connect']);
  });

  test('says why, where no address of a host answers', () => {
    const trace = traceOf('AwayTwice');
    const said = 'connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.2:1';
    expect(trace.map((span) => span.status.message)).toEqual(trace.map(() => said));
    expect(trace.map((span) => span.attributes['error.type'])).toEqual(trace.map(() => 'ECONNREFUSED'));
  });
});
