import cliProgress from 'cli-progress';

const LINE_INTERVAL_MS = 5000;
const STEPS = 1000;

/** What is told while the indexer runs. */
interface ProgressState {
  readonly events: number;
  readonly donations: number;
  readonly failed: number;
  /** The share that is done, 0 to 1, where the end is known. */
  readonly fraction?: number;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Prints a line of its own, which the bar does not run into. */
  line(text: string): void;
  /** Takes the bar away; may be called twice. */
  stop(): void;
}

const number = new Intl.NumberFormat('en-US');

function countsOf({ events, donations, failed }: ProgressState): string {
  const counts = `events ${number.format(events)}, donations ${number.format(donations)}`;
  return failed > 0 ? `${counts}, failed ${number.format(failed)}` : counts;
}

function createBar(stream: NodeJS.WriteStream): Progress {
  const format = (
    { progress }: cliProgress.Params,
    payload: { counts: string; isKnown: boolean },
  ): string => {
    if (!payload.isKnown) return ` ${payload.counts}`;
    const full = Math.round(progress * 30);
    return ` ${'█'.repeat(full)}${'░'.repeat(30 - full)} ${Math.round(progress * 100)}% | ${payload.counts}`;
  };
  const bar = new cliProgress.SingleBar({
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    format: (_options, params, payload) => format(params, payload),
  });
  bar.start(STEPS, 0, { counts: 'starting', isKnown: false });
  return {
    update: (state) =>
      bar.update(Math.round((state.fraction ?? 0) * STEPS), {
        counts: countsOf(state),
        isKnown: state.fraction !== undefined,
      }),
    line: (text) => {
      stream.cursorTo(0);
      stream.clearLine(1);
      stream.write(`${text}\n`);
    },
    stop: () => bar.stop(),
  };
}

function createLines(stream: NodeJS.WritableStream): Progress {
  let nextAtMs = Date.now() + LINE_INTERVAL_MS;
  const line = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    line,
    update: (state) => {
      if (Date.now() < nextAtMs) return;
      nextAtMs = Date.now() + LINE_INTERVAL_MS;
      const percent = state.fraction === undefined ? '' : `${Math.floor(state.fraction * 100)}%: `;
      line(`${percent}${countsOf(state)}`);
    },
    stop: () => undefined,
  };
}

/** Progress on a stream: a bar where it is a terminal, a plain line every five seconds where it is not; `isSilent`: neither. */
export function createProgress(stream: NodeJS.WriteStream, options: { isSilent?: boolean } = {}): Progress {
  if (options.isSilent) return { ...createLines(stream), update: () => undefined };
  return stream.isTTY ? createBar(stream) : createLines(stream);
}
