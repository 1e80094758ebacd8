import { describe, expect, it } from 'vitest';
import { nextBuffer, SourceBuffer } from '../../src/indexer/run/source-buffer.js';
import { readEvent } from '../../src/indexer/sources/read-event.js';
import { makeWorld } from './support/world.js';

const [template] = makeWorld({ chainId: 1, seed: 1, rounds: 1, applications: 1, donations: 0 }).events;

function taken(chainId: number, seconds: number) {
  const value = { ...template, chainId, blockNumber: seconds, blockTimestamp: seconds };
  const item = readEvent(value, { position: 'here', payload: '' });
  if (item.kind === 'bad') throw new Error(item.reason);
  return { item, fetchedBy: { context: { traceId: '', spanId: '', traceFlags: 0 } } };
}

function buffer(capacity: number, ...events: [chainId: number, seconds: number][]): SourceBuffer {
  const filled = new SourceBuffer(capacity);
  for (const event of events) filled.push(taken(...event));
  return filled;
}

describe('the next event of a chain', () => {
  it('is the earliest of all sources', () => {
    const [one, other] = [buffer(9, [1, 20], [1, 30]), buffer(9, [1, 10], [1, 25])];
    expect(nextBuffer([one, other], 1)).toBe(other);
    other.shift(1);
    expect(nextBuffer([one, other], 1)).toBe(one);
  });

  it('is waited for while another source has not reached its time', () => {
    const [one, other] = [buffer(9, [1, 20]), buffer(9, [10, 20])];
    expect(nextBuffer([one, other], 1)).toBeUndefined();
    other.push(taken(10, 21));
    expect(nextBuffer([one, other], 1)).toBe(one);
  });

  it('does not wait for a source that has ended or fallen silent', () => {
    const [one, other] = [buffer(9, [1, 20]), buffer(9)];
    expect(nextBuffer([one, other], 1)).toBeUndefined();
    other.isSilent = true;
    expect(nextBuffer([one, other], 1)).toBe(one);
    other.isSilent = false;
    other.hasEnded = true;
    expect(nextBuffer([one, other], 1)).toBe(one);
  });

  it('is there for at least one chain when all sources are full', () => {
    const [one, other] = [buffer(2, [1, 20], [1, 20]), buffer(2, [10, 20], [10, 20])];
    expect(nextBuffer([one, other], 1)).toBe(one);
    expect(nextBuffer([one, other], 10)).toBe(other);
  });
});
