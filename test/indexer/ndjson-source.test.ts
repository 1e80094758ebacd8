import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINE_BYTES } from '../../src/indexer/sources/lines.js';
import { createNdjsonSource } from '../../src/indexer/sources/ndjson-source.js';
import {
  allItems,
  batchOptions,
  positionsOf,
  rawDonation,
  temporaryFile,
  temporaryFolder,
} from './fixtures.js';

const line = (logIndex: number): string => JSON.stringify(rawDonation({ logIndex }));

describe('events from NDJSON', () => {
  it('reads LF, CRLF, a byte order mark, blank lines and a last line without an end, and numbers lines as an editor does', async () => {
    const path = temporaryFile('events.ndjson', `\uFEFF${line(1)}\r\n\r\n   \n${line(2)}\n\n${line(3)}`);
    const items = await allItems(createNdjsonSource({ name: path }));
    expect(items.map(({ position }) => position)).toEqual([`${path}:1`, `${path}:4`, `${path}:6`]);
    expect(positionsOf(items)).toEqual([1, 2, 3].map((logIndex) => `42161/260000001/${logIndex}`));
    expect(items[0]?.payload).toBe(line(1));
  });

  it('keeps the line separators of Unicode, and characters cut by a chunk, inside a line', async () => {
    const stream = new PassThrough();
    const bytes = Buffer.from(`${JSON.stringify(rawDonation({ contractName: 'a\u2028b\u0085ü' }))}\n`);
    for (const byte of bytes) stream.write(Buffer.of(byte));
    stream.end();
    const [item] = await allItems(createNdjsonSource({ name: 'stdin', stream }));
    expect(item?.kind === 'event' && item.event.contractName).toBe('a\u2028b\u0085ü');
  });

  it('goes on after a bad line, which keeps its text, its reason and the ids that can be read', async () => {
    const bad = JSON.stringify(rawDonation({ logIndex: 2, blockTimestamp: 'noon' }));
    const path = temporaryFile('events.ndjson', `${line(1)}\n{"chainId":\n${bad}\n${line(3)}\n`);
    const items = await allItems(createNdjsonSource({ name: path }));
    expect(items.map(({ kind }) => kind)).toEqual(['event', 'bad', 'bad', 'event']);
    expect(items[1]).toMatchObject({ position: `${path}:2`, code: 'BAD_JSON', payload: '{"chainId":' });
    expect(items[2]).toMatchObject({
      code: 'BAD_FIELD',
      payload: bad,
      reason: 'blockTimestamp: expected whole seconds since 1970, found "noon"',
      chainId: 42161,
      blockNumber: 260_000_001,
      logIndex: 2,
    });
  });

  it('takes lines of megabytes, and ends a batch early for them', async () => {
    const large = JSON.stringify(rawDonation({ params: { text: 'x'.repeat(6_000_000) } }));
    const path = temporaryFile('events.ndjson', `${large}\n${large}\n${large}\n`);
    const sizes: number[] = [];
    for await (const batch of createNdjsonSource({ name: path }).batches(batchOptions()))
      sizes.push(batch.length);
    expect(sizes).toEqual([2, 1]);
  });

  it('gives a line that is longer than any event as bad, and reads on behind it', async () => {
    const path = temporaryFile('events.ndjson', `${'x'.repeat(LONGEST_LINE_BYTES + 1)}\n${line(2)}\n`);
    const items = await allItems(createNdjsonSource({ name: path }));
    expect(positionsOf(items)).toEqual(['bad BAD_JSON', '42161/260000001/2']);
    expect(items[0]?.payload.length).toBeLessThan(100_000);
  });

  it('fills batches from a file, and tells how far it is', async () => {
    const path = temporaryFile('events.ndjson', [1, 2, 3, 4, 5].map((at) => `${line(at)}\n`).join(''));
    const source = createNdjsonSource({ name: path });
    const seen: [number, number | undefined, string | undefined][] = [];
    for await (const batch of source.batches(batchOptions({ batchSize: 2 }))) {
      const progress = source.progress?.();
      seen.push([batch.length, progress?.items, progress?.share.toFixed(1)]);
    }
    expect(seen).toEqual([
      [2, 2, '0.4'],
      [2, 4, '0.8'],
      [1, 5, '1.0'],
    ]);
  });

  it('does not wait for a full batch on a pipe, whose end is not known', async () => {
    const stream = new PassThrough();
    const source = createNdjsonSource({ name: 'stdin', stream });
    const batches = source.batches(batchOptions())[Symbol.asyncIterator]();
    stream.write(`${line(1)}\n`);
    expect((await batches.next()).value).toHaveLength(1);
    stream.end(line(2));
    expect((await batches.next()).value).toHaveLength(1);
    expect((await batches.next()).done).toBe(true);
    expect(source.progress).toBeUndefined();
  });

  it('ends a pipe that never ends when it is told to stop, without an error', async () => {
    const stream = new PassThrough();
    const controller = new AbortController();
    const batches = createNdjsonSource({ name: 'stdin', stream })
      .batches(batchOptions({ signal: controller.signal }))
      [Symbol.asyncIterator]();
    stream.write(`${line(1)}\n`);
    await batches.next();
    const end = batches.next();
    controller.abort();
    expect((await end).done).toBe(true);
    expect(stream.destroyed).toBe(true);
  });

  it('says which source could not be read to its end', async () => {
    const folder = temporaryFolder();
    await expect(allItems(createNdjsonSource({ name: folder }))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining(folder),
    });
  });
});
