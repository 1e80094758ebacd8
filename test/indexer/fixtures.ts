import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BatchOptions, Cursor, Source, SourceItem } from '../../src/indexer/sources/source.js';
import { addressOf, type RawEvent } from '../support/allo-events.mjs';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grants-otel-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file in a folder of its own, gone after the test. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A donation as a source gives it; `changes` replaces fields of it. */
export function rawDonation(changes: Partial<Record<keyof RawEvent, unknown>> = {}): Record<string, unknown> {
  return {
    chainId: 42161,
    blockNumber: 260_000_001,
    blockTimestamp: 1_728_000_000,
    logIndex: 3,
    contractName: 'Strategy',
    eventName: 'AllocatedWithOrigin',
    srcAddress: addressOf('strategy'),
    params: {
      recipientId: addressOf('anchor'),
      amount: '1000000',
      token: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831',
      sender: addressOf('checkout'),
      origin: addressOf('donor'),
    },
    transactionFields: { hash: `0x${'ab'.repeat(32)}`, transactionIndex: 3, from: addressOf('donor') },
    ...changes,
  };
}

/** Options for `batches`, from the beginning of every chain. */
export function batchOptions(changes: Partial<BatchOptions> = {}): BatchOptions {
  return {
    batchSize: 1000,
    signal: new AbortController().signal,
    cursorOf: async (): Promise<Cursor | undefined> => undefined,
    ...changes,
  };
}

/** All that a source gives. */
export async function allItems(source: Source, changes: Partial<BatchOptions> = {}): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const batch of source.batches(batchOptions(changes))) items.push(...batch);
  return items;
}

/** Where the items stand: a short form to compare. */
export function positionsOf(items: readonly SourceItem[]): string[] {
  return items.map((item) =>
    item.kind === 'event'
      ? `${item.event.chainId}/${item.event.blockNumber}/${item.event.logIndex}`
      : `bad ${item.code}`,
  );
}
