import { readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';

/** What a nice value is at most. */
const LEAST_PRIORITY = constants.priority.PRIORITY_LOW;

/** Of this thread; undefined where it cannot be told, or where `/proc` counts processes in another way than we do. */
function threadId(): number | undefined {
  const [pid, , tid] = readlinkSync('/proc/thread-self').split('/').map(Number);
  return pid === process.pid ? tid : undefined;
}

/**
 * Lets whatever else wants the CPU go before this thread, so that the host waits less where cores are few. Only Linux has priorities of
 * threads; elsewhere, and where it is refused, nothing happens.
 */
export async function goBehindOthers(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    // The threads that do files and DNS for the whole process start with the first work for them, and inherit the priority of whoever has it.
    await stat('/proc');
    const tid = threadId();
    if (tid === undefined) return;
    const priority = getPriority(tid) + constants.priority.PRIORITY_BELOW_NORMAL;
    setPriority(tid, Math.min(priority, LEAST_PRIORITY));
  } catch {
    // The export does its work all the same.
  }
}
