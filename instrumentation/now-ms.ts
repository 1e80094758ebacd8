import { performance } from 'node:perf_hooks';

/** Milliseconds of a clock that only goes forward: Node's, not one that the host has put in its place to stop the time. */
export const nowMs: () => number = performance.now.bind(performance);
