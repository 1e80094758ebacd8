import type { Outlet } from './outlet.js';

/**
 * Lets what is held leave before the process ends: in `exit`, which comes at a natural end, at `process.exit`, and after an uncaught error
 * or an unhandled rejection; waits `timeoutMs` at most. Where the export runs in the main thread it is also waited for in `beforeExit`,
 * the last moment that promises still run: a host that listens there then hears of it once more. Returns what undoes it.
 */
export function installLastFlush(outlet: Outlet, timeoutMs: number): () => void {
  let leftMs = timeoutMs;
  const onBeforeExit = () => {
    if (!outlet.inMainThread || outlet.heldSpans === 0 || leftMs <= 0) return;
    const startedMs = performance.now();
    const heldBefore = outlet.heldSpans;
    void outlet.flush(leftMs).then(() => {
      leftMs = outlet.heldSpans < heldBefore ? leftMs - (performance.now() - startedMs) : 0;
    });
  };
  const onExit = () => outlet.flushSync(Math.max(0, leftMs));
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
