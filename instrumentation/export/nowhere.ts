import type { Outlet } from './outlet.js';

const nothing = async (): Promise<void> => {};

/** The way out of spans that are to go nowhere: it takes all, keeps nothing, and needs no thread. Slow events are logged all the same. */
export const nowhere: Outlet = {
  send: () => true,
  lose() {},
  heldSpans: 0,
  inMainThread: false,
  flush: nothing,
  mute() {},
  flushSync() {},
  drainSync() {},
  shutdown: nothing,
};
