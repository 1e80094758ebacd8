import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { startLegacyJaeger, startServer, type TestServer } from '../traces/jaeger-servers.js';
import { slowEvent } from '../traces/otlp-spans.js';
import { started } from '../traces/started-servers.js';
import { MAIN } from './run-cli.js';

interface Terminal {
  readonly columns: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all that the terminal has got so far. */
  readonly onText?: (text: string) => void;
}

/** Runs the command in a terminal, util-linux's `script`, and answers what the terminal got. */
function runInTerminal(args: readonly string[], { columns, env = {}, onText }: Terminal): Promise<string> {
  const quoted = [process.execPath, MAIN, ...args].map((arg) => `'${arg}'`).join(' ');
  const child = spawn('script', ['-qfec', `stty cols ${columns} && ${quoted}`, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    text += more;
    onText?.(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}

const TRACE_ID = '0000000000000000000000000000abcd';

function jaegerWithSlowEvent(): Promise<TestServer> {
  const event = slowEvent({ traceId: TRACE_ID, startUnixMs: Date.now() - 60_000 });
  return started(startLegacyJaeger({ traces: [{ spans: [event] }] }));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /\u001b\[[0-9;?]*[a-zA-Z]|\u001b\]8;;[^\u0007]*\u0007/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TAKEN_AWAY = /\u001b\[[0-2]?K$/;

if (process.platform !== 'linux')
  process.stderr.write('SKIPPED: "in a terminal" needs the script of util-linux\n');

describe.skipIf(process.platform !== 'linux')('in a terminal, the command', () => {
  it.each([60, 90, 140])('keeps every line within %i columns, and all of the trace id', async (columns) => {
    const { url } = await jaegerWithSlowEvent();
    const text = await runInTerminal(['slow', url], { columns });
    const lines = text.split('\r\n').map((line) => line.replace(ESCAPES, ''));
    // A link is never cut: the terminal folds it.
    const table = lines.slice(0, lines.indexOf('')).filter((line) => !line.includes('/trace/'));
    expect(table.length).toBeGreaterThan(1);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text.replace(ESCAPES, '')).toContain(TRACE_ID);
  });

  it('links each trace into Jaeger where the terminal is known to show links, and only there', async () => {
    const { url } = await jaegerWithSlowEvent();
    const known = await runInTerminal(['slow', url], { columns: 200, env: { VTE_VERSION: '7600' } });
    expect(known).toContain(`\u001b]8;;${url}/trace/${TRACE_ID}?uiFind=`);
    const unknown = await runInTerminal(['slow', url], { columns: 200 });
    expect(unknown).not.toContain('\u001b]8;;');
    expect(unknown).toContain(`${url}/trace/${TRACE_ID}?uiFind=`);
  });

  it('has colour, but for NO_COLOR', async () => {
    const { url } = await jaegerWithSlowEvent();
    expect(await runInTerminal(['slow', url], { columns: 200 })).toContain('\u001b[');
    expect(await runInTerminal(['slow', url], { columns: 200, env: { NO_COLOR: '1' } })).not.toContain(
      '\u001b[',
    );
  });

  it('shows that it waits for a server that takes its time, and takes that away at the end', async () => {
    let answer = (): void => {};
    let isShown = false;
    const server = await started(
      startServer((_request, response) => {
        answer = () => {
          if (!response.headersSent) response.writeHead(500).end();
        };
        if (isShown) answer();
      }),
    );
    const text = await runInTerminal(['slow', server.url], {
      columns: 100,
      onText: (sofar) => {
        // Only what is shown while it waits ends the waiting.
        isShown ||= sofar.includes(server.url);
        if (isShown) answer();
      },
    });
    const [waiting = '', ...answered] = text.split('grants-otel: ');
    expect(waiting).toContain(server.url);
    expect(waiting).toMatch(TAKEN_AWAY);
    expect(answered.join('')).toContain('500');
  });
});
