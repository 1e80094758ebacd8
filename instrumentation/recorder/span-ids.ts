import { randomBytes } from 'node:crypto';

const POOL_BYTES = 4096;

/** Hex digits for some hundred ids: to ask for them at once, and to cut them out of one text, costs a fraction. */
let pool = '';
let at = 0;

function randomHex(length: number): string {
  if (at + length > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    at = 0;
  }
  const start = at;
  at += length;
  return pool.slice(start, at);
}

/** 32 random hex digits. */
export function newTraceId(): string {
  return randomHex(32);
}

/** 16 random hex digits. */
export function newSpanId(): string {
  return randomHex(16);
}
