/** A set of ids, each some 32-bit words, that takes 8 to 16 bytes for each at hand and a half: 64 bits of hash are kept, not the ids. */
export interface IdSet {
  readonly size: number;
  /** Adds the id in the first words; false where it is in already. */
  add(words: Uint32Array): boolean;
  has(words: Uint32Array): boolean;
}

const FIRST_SLOTS = 1024;

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

/**
 * A set of ids of `wordCount` words. Two ids are taken for one where all 64 bits of their hashes agree: among n ids at odds of n² in 3.7e19,
 * which is one in 3e7 for a million spans and one in 3e5 for ten million.
 */
export function createIdSet(wordCount: number): IdSet {
  let size = 0;
  let high = new Uint32Array(FIRST_SLOTS);
  let low = new Uint32Array(FIRST_SLOTS);
  let hashHigh = 0;
  let hashLow = 0;

  function hash(words: Uint32Array): void {
    let first = 0x9e3779b9;
    let second = 0x7f4a7c15;
    for (let at = 0; at < wordCount; at++) {
      const word = words[at] as number;
      first = mixed(first ^ word) + 0x9e3779b9;
      second = mixed(Math.imul(second, 0x01000193) ^ word ^ (first >>> 7)) + 0x165667b1;
    }
    hashHigh = mixed(first) >>> 0;
    // No hash is 0 in both words: that is an empty slot.
    hashLow = (mixed(second) | (hashHigh === 0 ? 1 : 0)) >>> 0;
  }

  /** The slot of the hash, or the empty one where it belongs. */
  function slotOf(): number {
    const mask = high.length - 1;
    let slot = hashLow & mask;
    while (high[slot] !== 0 || low[slot] !== 0) {
      if (high[slot] === hashHigh && low[slot] === hashLow) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function grow(): void {
    const [oldHigh, oldLow] = [high, low];
    high = new Uint32Array(oldHigh.length * 2);
    low = new Uint32Array(oldLow.length * 2);
    for (let at = 0; at < oldHigh.length; at++) {
      hashHigh = oldHigh[at] as number;
      hashLow = oldLow[at] as number;
      if (hashHigh === 0 && hashLow === 0) continue;
      const slot = slotOf();
      high[slot] = hashHigh;
      low[slot] = hashLow;
    }
  }

  return {
    get size() {
      return size;
    },
    has(words) {
      hash(words);
      const slot = slotOf();
      return high[slot] !== 0 || low[slot] !== 0;
    },
    add(words) {
      hash(words);
      const slot = slotOf();
      if (high[slot] !== 0 || low[slot] !== 0) return false;
      high[slot] = hashHigh;
      low[slot] = hashLow;
      if (++size * 3 > high.length * 2) grow();
      return true;
    },
  };
}
