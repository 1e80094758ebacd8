import { expect } from 'vitest';
import { type ReceivedSpan, startReceiver } from '../support/otlp-receiver.js';
import { type Ended, type RunOptions, runNode } from '../support/run-node.js';

export interface Both {
  readonly plain: Ended;
  readonly traced: Ended;
  /** What arrived from the traced one. */
  readonly spans: readonly ReceivedSpan[];
}

export interface BothOptions extends RunOptions {
  /** Sent when the host has written `up`. */
  readonly signal?: NodeJS.Signals | undefined;
}

/** Runs a host twice, without the preload and with it, the second one with a receiver of its own. */
export async function runBoth(
  args: readonly string[],
  { signal, ...options }: BothOptions = {},
): Promise<Both> {
  const run = (preload: readonly string[], env: Record<string, string>): Promise<Ended> => {
    let sent = false;
    return runNode([...preload, ...args], {
      ...options,
      env: { ...options.env, ...env },
      onStdout: (text, child) => {
        if (!signal || sent || !/^up/m.test(text)) return;
        sent = true;
        child.kill(signal);
      },
    });
  };
  const receiver = await startReceiver();
  try {
    const plain = await run([], {});
    const traced = await run(['--require', './instrumentation'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      // How long it takes on a busy machine is no matter here.
      GRANTS_OTEL_EXIT_TIMEOUT_MS: options.env?.['GRANTS_OTEL_EXIT_TIMEOUT_MS'] ?? '60000',
    });
    return { plain, traced, spans: receiver.spans() };
  } finally {
    await receiver.close();
  }
}

/**
 * Without what differs from one run to the next, and without a line of Node 20 itself: it stands in the stack of what Node calls once a
 * program has used an AsyncLocalStorage, as every tracing does.
 */
function comparable({ code, signal, stdout, stderr }: Ended): Ended {
  const plain = (text: string): string =>
    text
      .replace(/\(node:\d+\)/g, '(node:PID)')
      .replace(/^ +at \S*callbackTrampoline \(node:internal.*\n/gm, '');
  return { code, signal, stdout: plain(stdout), stderr: plain(stderr) };
}

/** Exit code, signal, stdout and stderr are those of the same program without us. */
export function expectSame({ plain, traced }: Both): void {
  expect(comparable(traced)).toEqual(comparable(plain));
}

/** The names of all spans that arrived, sorted, those that the end of the process interrupted with a `!`; checks what these have to say. */
export function namesOf(spans: readonly ReceivedSpan[]): string[] {
  for (const span of spans.filter((one) => 'interrupted' in one.attributes)) {
    expect(span).toMatchObject({ attributes: { interrupted: true }, status: { code: 2 } });
  }
  return spans.map((span) => `${span.name}${span.attributes['interrupted'] ? '!' : ''}`).sort();
}
