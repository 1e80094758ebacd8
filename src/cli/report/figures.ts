const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A count, in groups of three digits. */
export function countText(count: number): string {
  return WHOLE.format(count);
}

/** A duration in ms, with one decimal: figures below each other line up. */
export function msText(ms: number): string {
  return TENTHS.format(ms);
}

/** A duration with the unit that suits it, three digits: for a headline, not for a column. */
export function durationText(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Number(ms.toPrecision(3))} ms`;
}

/** A share of 1 in percent; what is not nothing is never shown as 0. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent >= 10) return `${Math.round(percent)} %`;
  return percent < 0.1 ? '< 0.1 %' : `${TENTHS.format(percent)} %`;
}

/** `2024-10-04 12:00:00`, in UTC. */
export function timeText(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ');
}
