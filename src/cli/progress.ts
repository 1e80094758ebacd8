import type { SingleBar } from 'cli-progress';
import type { Progress } from '../traces/trace-source.js';
import { printable } from './output/printable.js';
import type { ProgressDisplay } from './request.js';

/** Whoever waits for less wants no progress. */
const PATIENCE_MS = 1000;
const STEPS = 1000;
const BAR_WIDTH = 24;

const number = new Intl.NumberFormat('en-US');

function amount({ done, total, unit }: Progress): string {
  if (unit === 'traces') return `${number.format(done)} traces`;
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  return total === undefined ? `${mb(done)} MB` : `${mb(done)} of ${mb(total)} MB`;
}

function barOf(fraction: number): string {
  const full = Math.round(fraction * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${Math.floor(fraction * 100)} % `;
}

/**
 * How far reading is, on a terminal, as soon as it takes over a second. The bar is taken away at the end, and for as long as a line is
 * said.
 */
export function createProgressDisplay(stream: NodeJS.WriteStream, label: string): ProgressDisplay {
  let bar: SingleBar | undefined;
  let latest: Progress | undefined;
  let isOver = false;
  const text = (): string => {
    const { done = 0, total = 0 } = latest ?? {};
    const bar = total > 0 ? barOf(Math.min(1, done / total)) : '';
    const shown = latest === undefined ? '' : bar + amount(latest);
    const width = Math.max(10, (stream.columns || 80) - shown.length - 2);
    const name = printable(label);
    return `${shown} ${name.length > width ? `…${name.slice(1 - width)}` : name}`;
  };
  const load = async (): Promise<void> => {
    const { default: cliProgress } = await import('cli-progress');
    if (isOver) return;
    bar = new cliProgress.SingleBar({
      stream,
      // Switched off, it would stay off after an interrupt.
      linewrap: true,
      clearOnComplete: true,
      gracefulExit: false,
      format: text,
    });
    bar.start(STEPS, 0);
    update();
  };
  const update = (): void => {
    const { done = 0, total = 0 } = latest ?? {};
    bar?.update(total === 0 ? 0 : Math.min(STEPS, Math.round((done / total) * STEPS)));
  };
  // Also where nothing was heard of yet: of a server that takes its time.
  const patience = setTimeout(() => void load(), PATIENCE_MS).unref();
  return {
    show(progress) {
      latest = progress;
      update();
    },
    clear() {
      if (bar === undefined) return;
      stream.cursorTo(0);
      stream.clearLine(0);
    },
    end() {
      isOver = true;
      clearTimeout(patience);
      bar?.stop();
    },
  };
}
