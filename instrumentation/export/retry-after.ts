/** Who asks for more is mistaken, or has a clock that goes wrong; meanwhile spans would be lost. */
const LONGEST_WAIT_MS = 30_000;

/** How long a `Retry-After`, in seconds or as a date, asks to wait: 30,000 ms at most; undefined where it asks for nothing that can be understood. */
export function readRetryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
