import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ReceivedSpan, startReceiver } from '../support/otlp-receiver.js';
import { type Ended, runNode } from '../support/run-node.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { drawTree } from '../support/trace-tree.js';
import { allocated, dumpDatabase, fillDatabase, makeEvent, makeWorkspace, USDC } from './workspace.js';

const DONATION = `
Strategy.AllocatedWithOrigin
├─ handleEvent
│  ├─ roundLookup
│  │  └─ pg.query:SELECT db
│  ├─ applicationLookup
│  │  └─ pg.query:SELECT db
│  ├─ tokenValidation
│  ├─ priceCalculation
│  │  └─ pg.query:SELECT db
│  ├─ priceCalculation
│  │  └─ pg.query:SELECT db
│  └─ metadataParsing
└─ applyChanges
   ├─ pg.query:BEGIN db
   ├─ InsertDonation
   │  └─ pg.query:INSERT db
   ├─ IncrementRoundDonationStats
   │  ├─ pg.query:SELECT db
   │  └─ pg.query:UPDATE db
   ├─ IncrementApplicationDonationStats
   │  └─ pg.query:UPDATE db
   ├─ InsertProcessedEvent
   │  └─ pg.query:INSERT db
   └─ pg.query:COMMIT db`.trim();

const ONE_STEP_FAILED = `
Strategy.AllocatedWithOrigin
└─ handleEvent
   ├─ roundLookup
   │  └─ pg.query:SELECT db
   └─ applicationLookup
      └─ pg.query:SELECT db`.trim();

/** `AsyncLocalStorage` puts fields on promises before. */
const hasFrames = Number.parseInt(process.versions.node, 10) >= 24;

const EVENTS = {
  wholeTree: allocated({ application: 1 }),
  sameToken: allocated({ application: 1, token: USDC, amount: '7' }),
  unknownApplication: allocated({ application: 'nobody' }),
  unknownToken: allocated({ application: 0, token: '0x9' }),
  noRecipient: allocated({ application: 2 }),
  notANumber: allocated({ application: 0, amount: 'abc' }),
  tooLarge: allocated({ application: 0, amount: `1${'0'.repeat(31)}` }),
  severalApplications: makeEvent('RecipientStatusUpdatedWithFullRow', 42161, { params: { ids: ['0', '3'] } }),
  manyDonations: makeEvent('Donated', 42161, {
    params: {
      donations: ['0.1', '1e-7', '20'].map((amountInUsd, index) => ({
        id: `many-${index}`,
        chainId: 42161,
        roundId: '27',
        amountInUsd,
      })),
    },
  }),
  retried: allocated({ application: 3 }, { chainId: 10, refusals: 2 }),
  givenUp: allocated({ application: 3 }, { chainId: 8453, refusals: 3, strategy: '0x2' }),
  inVain: allocated({ application: 3 }, { chainId: 10, refusals: 9 }),
};

const BY_CHAIN = {
  42161: Object.values(EVENTS).filter((event) => event['chainId'] === 42161),
  10: [EVENTS.inVain, EVENTS.retried],
};

interface Run {
  readonly ended: Ended;
  readonly tables: unknown;
  readonly spans: ReceivedSpan[];
}

async function runLookAlike(preload: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-events-'));
  const workspace = await makeWorkspace();
  const [receiver, database] = await Promise.all([startReceiver(), freshDatabase()]);
  try {
    const events = join(folder, 'events.json');
    await Promise.all([fillDatabase(database.url), writeFile(events, JSON.stringify(BY_CHAIN))]);
    const ended = await runNode([...preload, workspace.entry, database.url, events], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0', ...env },
    });
    const root = workspace.entry.replace('/apps/processing/dist/index.js', '');
    const stdout = ended.stdout.replaceAll(root, 'ROOT');
    const name = new URL(database.url).pathname.slice(1);
    const spans = receiver.spans().map((span) => ({ ...span, name: span.name.replace(name, 'db') }));
    return { ended: { ...ended, stdout }, tables: await dumpDatabase(database.url), spans };
  } finally {
    await Promise.all([
      receiver.close(),
      database.drop(),
      workspace.remove(),
      rm(folder, { recursive: true }),
    ]);
  }
}

describeWith(['postgres'], 'an indexer that calls nothing of ours', () => {
  let untraced: Run;
  let traced: Run;

  beforeAll(async () => {
    untraced = await runLookAlike([]);
    traced = await runLookAlike(['--require', './instrumentation']);
  });

  const rootOf = (event: Record<string, unknown>): ReceivedSpan => {
    const roots = traced.spans.filter(
      (span) => span.attributes['transactionHash'] === (event['transactionFields'] as { hash: string }).hash,
    );
    expect(roots).toHaveLength(1);
    return roots[0] as ReceivedSpan;
  };
  const traceOf = (event: Record<string, unknown>): ReceivedSpan[] =>
    traced.spans.filter((span) => span.traceId === rootOf(event).traceId);
  const spanOf = (event: Record<string, unknown>, name: string): ReceivedSpan => {
    const found = traceOf(event).filter((span) => span.name === name);
    expect(found).toHaveLength(1);
    return found[0] as ReceivedSpan;
  };
  const exceptionsOf = (event: Record<string, unknown>): unknown[] =>
    traceOf(event).flatMap((span) =>
      span.events
        .filter(({ name }) => name === 'exception')
        .map(({ attributes }) => [span.name, attributes['exception.message']]),
    );

  test('runs as it does untraced: exit code, output with the stacks in it, tables', () => {
    expect(untraced.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(traced.ended).toEqual(untraced.ended);
    expect(traced.tables).toEqual(untraced.tables);
    expect(untraced.ended.stdout).toContain('execute/1 handleEvent/1 applyChanges/1 InsertDonation/2');
    expect(untraced.ended.stdout).toMatch(/Unknown token: 0x9.*\n +at getTokenOrThrow/);
  });

  test('has promises that look as they do untraced, unless its lines of log are to find their traces', async () => {
    const preload = ['--require', './instrumentation', '--require', './test/methods/hosts/tell-promise.cjs'];
    const { ended } = await runLookAlike(preload);
    expect(ended.stdout).toMatch(/^promise fields: 0$/m);
    const logging = await runLookAlike(preload, { GRANTS_OTEL_LOG_TRACE_IDS: 'true' });
    expect(/^promise fields: 0$/m.test(logging.ended.stdout)).toBe(hasFrames);
    const namesOf = ({ spans }: Run): string[] => spans.map((span) => span.name).sort();
    expect(namesOf(logging)).toEqual(namesOf(traced));
  });

  describe('has of a donation', () => {
    test('the whole tree', () => {
      expect(drawTree(traceOf(EVENTS.wholeTree))).toBe(DONATION);
    });

    test('the event on its root, which is a consumer', () => {
      const root = rootOf(EVENTS.wholeTree);
      expect(root.kind).toBe(5);
      expect(root.status.code).toBe(0);
      expect(root.attributes).toEqual({
        chainId: 42161,
        roundId: '27',
        applicationId: '1',
        eventName: 'AllocatedWithOrigin',
        contractName: 'Strategy',
        blockNumber: EVENTS.wholeTree['blockNumber'],
        logIndex: 3,
        blockAgeMs: expect.any(Number),
        transactionHash: '0xaa1',
        donorAddress: '0x5000000000000000000000000000000000000005',
        recipientAddress: '0x4',
        tokenAddress: '0x0000000000000000000000000000000000000000',
        amount: '10000000000000000',
        amountInUsd: '25',
        amountInRoundMatchToken: '25000000',
      });
    });

    test('all ids on every span', () => {
      const ids = { chainId: 42161, roundId: '27', applicationId: '1' };
      for (const span of traceOf(EVENTS.wholeTree)) expect(span.attributes).toMatchObject(ids);
    });

    test('the totals that its own statements answer', () => {
      expect(spanOf(EVENTS.wholeTree, 'IncrementRoundDonationStats').attributes).toMatchObject({
        uniqueDonorsCount: 1,
      });
      expect(spanOf(EVENTS.wholeTree, 'IncrementApplicationDonationStats').attributes).toMatchObject({
        uniqueDonorsCount: 0,
        totalDonationsCount: 1,
        totalAmountDonatedInUsd: '25',
      });
    });

    test('amounts as plain digits', () => {
      expect(spanOf(EVENTS.sameToken, 'InsertDonation').attributes).toMatchObject({
        amount: '7',
        amountInUsd: '0.000007',
        amountInRoundMatchToken: '7',
      });
      expect(spanOf(EVENTS.manyDonations, 'InsertManyDonations').attributes).toMatchObject({
        donationCount: 3,
        totalAmountInUsd: '20.1000001',
      });
    });
  });

  test('has the applications of an event about several of them on their own steps', () => {
    const trace = traceOf(EVENTS.severalApplications);
    const idsOf = (name: string): unknown[] =>
      trace.filter((span) => span.name === name).map((span) => span.attributes['applicationId']);
    expect(idsOf('applicationLookup').sort()).toEqual(['0', '3']);
    expect(idsOf('UpdateApplication').sort()).toEqual(['0', '3']);
    expect(idsOf('pg.query:UPDATE db').sort()).toEqual(['0', '3']);
    expect(rootOf(EVENTS.severalApplications).attributes).not.toHaveProperty('applicationId');
  });

  test('tells a failure once, on the innermost step', () => {
    expect(drawTree(traceOf(EVENTS.unknownApplication))).toBe(ONE_STEP_FAILED);
    const message = 'Application not found: 0x3nobody';
    expect(exceptionsOf(EVENTS.unknownApplication)).toEqual([['applicationLookup', message]]);
    expect(rootOf(EVENTS.unknownApplication)).toMatchObject({
      status: { code: 2, message },
      attributes: { roundId: '27', 'error.type': 'NotFound' },
    });
    expect(rootOf(EVENTS.unknownToken).attributes).toMatchObject({
      donorAddress: '0x5000000000000000000000000000000000000005',
      tokenAddress: '0x9',
    });
    expect(exceptionsOf(EVENTS.unknownToken)).toEqual([
      ['tokenValidation', 'Unknown token: 0x9 on chain 42161'],
    ]);
    expect(exceptionsOf(EVENTS.noRecipient)).toEqual([['metadataParsing', 'metadata has no recipient']]);
    expect(exceptionsOf(EVENTS.notANumber)).toEqual([['handleEvent', 'Cannot convert abc to a BigInt']]);
    expect(exceptionsOf(EVENTS.tooLarge)).toEqual([['pg.query:INSERT db', 'SQLSTATE 22003']]);
  });

  test('tells attempts as events of the event span, and the failure of the last one as its own', () => {
    expect(rootOf(EVENTS.retried)).toMatchObject({
      status: { code: 0 },
      events: [
        { name: 'retry', attributes: { attempt: 2, 'error.message': 'no price of ETH now, 2 more' } },
        { name: 'retry', attributes: { attempt: 3, 'error.message': 'no price of ETH now, 1 more' } },
      ],
    });
    expect(traceOf(EVENTS.retried).filter((span) => span.name === 'handleEvent')).toHaveLength(3);
    const root = rootOf(EVENTS.inVain);
    expect(root.events.map(({ name }) => name)).toEqual(['retry', 'retry']);
    expect(root.status).toEqual({ code: 2, message: 'no price of ETH now, 7 more' });
  });

  test('has each batch as a trace of its own that its events link to, and none of a fetch that found nothing', () => {
    const batches = traced.spans.filter((span) => span.name === 'fetchEvents');
    const batchOf = (event: Record<string, unknown>) =>
      batches.filter((batch) => rootOf(event).links.some((link) => link.traceId === batch.traceId));
    const handled = Object.values(BY_CHAIN).flat();
    for (const event of handled) {
      expect(batchOf(event)).toMatchObject([{ attributes: { chainId: event['chainId'] } }]);
    }
    // Three events each: three batches of the one chain, one of the other.
    expect(batches).toHaveLength(4);
    const trace = traced.spans.filter((span) => span.traceId === batches[0]?.traceId);
    expect(drawTree(trace)).toMatch(/^fetchEvents\n├─ pg-pool.connect\n(│ .*\n)?└─ pg.query:SELECT db$/);
  });

  test('has what is written between events, after one that failed, as a trace of its own', () => {
    const failed = traced.spans.filter(
      ({ attributes, status }) => attributes['transactionHash'] !== undefined && status.code === 2,
    );
    const roots = traced.spans.filter(
      ({ name, parentSpanId }) => name === 'InsertProcessedEvent' && parentSpanId === undefined,
    );
    const chains = (spans: readonly ReceivedSpan[]) =>
      spans.map(({ attributes }) => attributes['chainId']).sort();
    expect(failed.length).toBeGreaterThan(3);
    expect(chains(roots)).toEqual(chains(failed));
    for (const { traceId } of roots) {
      const trace = traced.spans.filter((span) => span.traceId === traceId);
      expect(drawTree(trace)).toMatch(
        /^InsertProcessedEvent\n(├─ pg-pool.connect\n(│ .*\n)?)?└─ pg.query:INSERT db$/,
      );
    }
  });

  test('has what a batch fetches ahead as one step, without the statements of it', () => {
    const [root] = traced.spans.filter((span) => span.name === 'fetchMetadataAndPrices');
    const trace = traced.spans.filter((span) => span.traceId === root?.traceId);
    expect(drawTree(trace)).toBe('fetchMetadataAndPrices\n└─ fetchPrices');
  });
});
