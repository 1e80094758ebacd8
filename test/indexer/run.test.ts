import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith, freshDatabase } from '../support/servers.js';
import { ask, createLab, expectRecount, type Lab } from './support/lab.js';
import { addressOf, makeWorld, type RawEvent, registrationData } from './support/world.js';

const worlds = [
  makeWorld({ chainId: 42161, seed: 1 }),
  makeWorld({ chainId: 10, seed: 2, donations: 90 }),
  makeWorld({ chainId: 1, seed: 3, rounds: 1, donations: 40 }),
];
const [arbitrum, optimism] = worlds as [(typeof worlds)[0], (typeof worlds)[0]];

/** The events of several chains in one file, a chain's own in order. */
function mixed(lists: readonly (readonly RawEvent[])[]): RawEvent[] {
  return lists.flat().sort((one, other) => one.blockTimestamp - other.blockTimestamp);
}

const all = mixed(worlds.map((world) => world.events));

describeWith(['postgres'], 'a run of the indexer', () => {
  let lab: Lab;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeEach(async () => {
    [lab, database] = await Promise.all([createLab(worlds), freshDatabase()]);
  });
  afterEach(async () => {
    await Promise.all([lab.remove(), database.drop()]);
  });

  const failedCodes = () =>
    ask<{ code: string; count: number; attempts: number }>(
      database.url,
      'SELECT code, count(*)::integer, max(attempts) AS attempts FROM failed_events GROUP BY code ORDER BY code',
    );

  it('stores what an independent recount of three chains counts', async () => {
    const file = await lab.file('events.ndjson', all);
    const { report, failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(failures).toEqual([]);
    expect(report).toMatchObject({ donations: 190, skipped: 0, failed: 0, ignored: 5 });
    expect(report.events).toBe(all.length - 5);
    await expectRecount(database.url, all, lab.prices);
  });

  it('finds nothing new in a second run', async () => {
    const file = await lab.file('events.ndjson', all);
    await lab.run({ databaseUrl: database.url, files: [file] });
    const { report } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(report).toMatchObject({ events: 0, donations: 0, skipped: all.length - 5, failed: 0 });
    await expectRecount(database.url, all, lab.prices);
  });

  it('counts an event once that stands in the file twice, near and far apart', async () => {
    const donation = arbitrum.events.findIndex((event) => event.eventName === 'AllocatedWithOrigin');
    const near = arbitrum.events.flatMap((event, index) => (index === donation ? [event, event] : [event]));
    const far = [...near, ...arbitrum.events.slice(donation, donation + 3)];
    const file = await lab.file('events.ndjson', far);
    const { report } = await lab.run({ databaseUrl: database.url, files: [file], batchSize: 7 });
    expect(report).toMatchObject({ skipped: 4, failed: 0 });
    await expectRecount(database.url, arbitrum.events, lab.prices);
  });

  it('takes the events of a chain in order when two files share them', async () => {
    const one = await lab.file(
      'one.ndjson',
      all.filter((_, index) => index % 2 === 0),
    );
    const other = await lab.file(
      'other.ndjson',
      all.filter((_, index) => index % 2 === 1),
    );
    const { failures } = await lab.run({
      databaseUrl: database.url,
      files: [one, other],
      batchSize: 10,
    });
    expect(failures).toEqual([]);
    await expectRecount(database.url, all, lab.prices);
  });

  it('keeps an event that is older than the cursor as late, and a retry takes it', async () => {
    const late = arbitrum.events.at(-20) as RawEvent;
    const file = await lab.file('events.ndjson', [
      ...arbitrum.events.filter((event) => event !== late),
      late,
    ]);
    const { report, failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(report.failed).toBe(1);
    expect(failures[0]).toContain(`events.ndjson:${arbitrum.events.length}: LATE_EVENT: `);
    const again = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(again.report).toMatchObject({ events: 0, failed: 1 });
    expect(await failedCodes()).toEqual([{ code: 'LATE_EVENT', count: 1, attempts: 2 }]);
    const retried = await lab.run({ databaseUrl: database.url, command: 'retry' });
    expect(retried.report).toMatchObject({ events: 1, donations: 1, failed: 0 });
    expect(await failedCodes()).toEqual([]);
    await expectRecount(database.url, arbitrum.events, lab.prices);
  });

  it('keeps whatever is bad, once, and takes the good event beside it', async () => {
    const { events } = arbitrum;
    const index = events.findIndex((event) => event.eventName === 'AllocatedWithOrigin') + 5;
    const donation = events[index] as RawEvent;
    const spoilt = (params: object, fields: object = {}) => ({
      ...donation,
      ...fields,
      params: { ...donation.params, ...params },
    });
    const nobody = '0x00000000000000000000000000000000000000AA';
    const bad = [
      'not json\0',
      'not json\0',
      { ...donation, blockNumber: 'x' } as unknown as RawEvent,
      spoilt({ amount: '12.5' }),
      spoilt({ origin: '0x12' }),
      spoilt({ token: nobody }),
      spoilt({ recipientId: nobody }),
      spoilt({}, { srcAddress: nobody }),
    ];
    const codes = [
      { code: 'BAD_ADDRESS', count: 1 },
      { code: 'BAD_AMOUNT', count: 1 },
      { code: 'BAD_FIELD', count: 1 },
      { code: 'BAD_JSON', count: 2 },
      { code: 'UNKNOWN_APPLICATION', count: 1 },
      { code: 'UNKNOWN_ROUND', count: 1 },
      { code: 'UNKNOWN_TOKEN', count: 1 },
    ];
    const file = await lab.file('events.ndjson', [...events.slice(0, index), ...bad, ...events.slice(index)]);
    const { report, failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(report).toMatchObject({ failed: 8, donations: 60 });
    for (let line = index + 1; line <= index + 8; line++)
      expect(failures.some((failure) => failure.includes(`events.ndjson:${line}: `))).toBe(true);
    expect(failures).toContainEqual(
      expect.stringMatching(/: BAD_FIELD: blockNumber: expected a whole number, 0 or more, found "x"$/),
    );
    expect(await failedCodes()).toEqual(codes.map((row) => ({ ...row, attempts: 1 })));
    await expectRecount(database.url, events, lab.prices);

    const again = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(again.report).toMatchObject({ events: 0, failed: 8 });
    expect(await failedCodes()).toEqual(codes.map((row) => ({ ...row, attempts: 2 })));
    await expectRecount(database.url, events, lab.prices);
  });

  it('keeps a donation that is worth more of the matching token than an amount can be, and says so', async () => {
    const last = arbitrum.events.at(-1) as RawEvent;
    const usdc = '0xaf88d065e77c8cC2239327C5EDb3A432268e5831';
    const huge = {
      ...last,
      logIndex: last.logIndex + 1,
      params: { ...last.params, token: usdc, amount: String(2n ** 256n - 1n) },
    };
    const events = [...arbitrum.events, huge].map((event) =>
      event.eventName === 'PoolCreated'
        ? { ...event, params: { ...event.params, token: `0x${'0'.repeat(40)}` } }
        : event,
    );
    const file = await lab.file('events.ndjson', events);
    const { report, failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(report).toMatchObject({ donations: 60, failed: 1 });
    expect(failures).toEqual([
      expect.stringMatching(
        /: BAD_AMOUNT: params\.amount: expected a donation worth at most 78 digits of ETH/,
      ),
    ]);
  });

  it('shows a bad line without the control characters that are in it', async () => {
    const file = await lab.file('events.ndjson', ['\u001b[2Jnot\u009bjson']);
    const { failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(failures).toEqual([expect.stringContaining('BAD_JSON: expected a JSON object, found')]);
    expect(failures[0]).not.toMatch(/\p{Cc}/u);
    expect(await ask(database.url, 'SELECT payload FROM failed_events')).toEqual([
      { payload: '\u001b[2Jnot\u009bjson' },
    ]);
  });

  it('finishes what was missing when it is retried: document, registration, donations and status', async () => {
    const cid = [...arbitrum.documents.keys()][1] as string;
    const registered = arbitrum.events.filter((event) => event.eventName === 'RegisteredWithSender');
    const sparse = await createLab([
      { events: [], documents: new Map([...arbitrum.documents].filter(([key]) => key !== cid)) },
    ]);
    const file = await sparse.file('events.ndjson', arbitrum.events);
    const { report } = await sparse.run({ databaseUrl: database.url, files: [file] });
    expect(report.failed).toBeGreaterThan(1);
    const codes = (await failedCodes()).map(({ code }) => code);
    expect(codes).toEqual(['MISSING_DOCUMENT', 'UNKNOWN_APPLICATION']);
    await sparse.addDocuments(arbitrum.documents);
    const retried = await sparse.run({ databaseUrl: database.url, command: 'retry' });
    expect(retried.report).toMatchObject({ events: report.failed, failed: 0 });
    expect(await failedCodes()).toEqual([]);
    await expectRecount(database.url, arbitrum.events, lab.prices);
    const [row] = await ask<{ status: string; snapshots: number }>(
      database.url,
      `SELECT status, jsonb_array_length(status_snapshots) AS snapshots FROM applications
        WHERE anchor_address = '${registered[0]?.params['recipientId']}'`,
    );
    expect(row).toEqual({ status: 'APPROVED', snapshots: 2 });
    await sparse.remove();
  });

  it('does not undo newer data when it retries an older event', async () => {
    const { events } = arbitrum;
    const last = events.at(-1) as RawEvent;
    const registered = events.find((event) => event.eventName === 'RegisteredWithSender') as RawEvent;
    const anchor = registered.params['recipientId'] as `0x${string}`;
    const update = (cid: string, blocks: number, status: string): RawEvent => ({
      ...registered,
      eventName: 'UpdatedRegistrationWithStatus',
      blockNumber: last.blockNumber + blocks,
      params: {
        recipientId: anchor,
        data: registrationData(anchor, addressOf('payout', cid), cid),
        sender: addressOf('sender'),
        status,
      },
    });
    await lab.addDocuments(new Map([['newer', { application: { recipient: anchor } }]]));
    const updates = [update('older', 1, '3'), update('newer', 2, '2')];
    const file = await lab.file('events.ndjson', [...events, ...updates]);
    const { failures } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(failures).toEqual([expect.stringContaining('MISSING_DOCUMENT')]);
    await lab.addDocuments(new Map([['older', { application: { recipient: anchor } }]]));
    const { report } = await lab.run({ databaseUrl: database.url, command: 'retry' });
    expect(report).toMatchObject({ events: 1, failed: 0 });
    const question = `SELECT status, metadata_cid FROM applications WHERE anchor_address = '${anchor}'`;
    expect(await ask(database.url, question)).toEqual([{ status: 'APPROVED', metadata_cid: 'newer' }]);
  });

  it('takes files of different chains side by side, however far their times are apart', async () => {
    const files = await Promise.all(
      worlds.map(({ events }, index) => {
        const shifted = events.map((event) => ({
          ...event,
          blockTimestamp: event.blockTimestamp + index * 4000,
        }));
        return lab.file(`chain-${index}.ndjson`, shifted);
      }),
    );
    const { report } = await lab.run({ databaseUrl: database.url, files, batchSize: 5 });
    expect(report).toMatchObject({ events: all.length - 5, failed: 0 });
  });

  it('fails a donation without a price within the tolerance, and says which price', async () => {
    const file = await lab.file('events.ndjson', arbitrum.events);
    const run = { databaseUrl: database.url, files: [file], priceToleranceMs: 60_000 };
    const { report, failures } = await lab.run(run);
    expect(report.failed).toBeGreaterThan(0);
    expect(failures[0]).toMatch(
      /MISSING_PRICE: expected a price of (ETH|USDC) at .* found the last one is of/,
    );
    const retried = await lab.run({ databaseUrl: database.url, command: 'retry' });
    expect(retried.report).toMatchObject({ donations: report.failed, failed: 0 });
    await expectRecount(database.url, arbitrum.events, lab.prices);
  });

  it('finishes the event in hand when it is told to stop, and the next run does the rest', async () => {
    const controller = new AbortController();
    const events = mixed([arbitrum.events, optimism.events]);
    const file = await lab.file('events.ndjson', events);
    const stopped = await lab.run({
      databaseUrl: database.url,
      files: [file],
      batchSize: 10,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(stopped.report.events).toBeLessThan(events.length - 4);
    const { report } = await lab.run({ databaseUrl: database.url, files: [file] });
    expect(report.events + stopped.report.events).toBe(events.length - 4);
    expect(report.failed).toBe(0);
    await expectRecount(database.url, events, lab.prices);
  });
});
