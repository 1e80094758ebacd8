import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RowReport, SET_UP_FOLDER_VARIABLE } from '../../tracing/set-up-report.js';
import type { Check } from '../doctor/check.js';
import { checkSetUp } from '../doctor/checks.js';
import type { Examined } from '../doctor/examined.js';
import { applicationFirst, readReports } from '../doctor/read-reports.js';
import { END_TIMEOUT_MS, runApplication } from '../doctor/run-application.js';
import { printable } from '../output/printable.js';
import { EXIT_CODES, formatOf, type Request } from '../request.js';

const DEFAULT_MS = 10_000;
/** What Node imports in all that the command starts. By its address: it belongs to the preload, which the command only starts. */
const PROBE = new URL('../../../instrumentation/doctor-probe.js', import.meta.url).href;

/** Behind what is there, and thus after the preload. */
function nodeOptions(before = ''): string {
  return `${before} --import ${PROBE}`.trim();
}

async function examine({ command, options, env, output }: Request, folder: string): Promise<Examined> {
  const ended = await runApplication({
    command,
    env: { ...env, [SET_UP_FOLDER_VARIABLE]: folder, NODE_OPTIONS: nodeOptions(env['NODE_OPTIONS']) },
    forMs: options.for ?? DEFAULT_MS,
    interrupted: output.interrupted(),
    onStop: () =>
      output.say(`telling the application to end, and waiting for that up to ${END_TIMEOUT_MS / 1000} s`),
  });
  const [application, ...others] = applicationFirst(await readReports(folder));
  return { command, ended, application, others };
}

async function toTable(checks: readonly Check[], rows: readonly RowReport[], { output, config }: Request) {
  const { renderTable } = await import('../output/table.js');
  const isTerminal = output.terminalColumns !== undefined;
  const look = { maxWidth: output.terminalColumns, color: isTerminal && config.colorAllowed };
  const checkTable = renderTable<Check>({
    ...look,
    columns: [
      { head: 'check', text: ({ check }) => check },
      { head: 'state', text: ({ state }) => (state === 'wrong' ? 'WRONG' : state === 'note' ? '-' : state) },
      { head: 'found', text: ({ found }) => found, moveBelow: 1 },
    ],
    rows: checks,
  });
  if (rows.length === 0) return checkTable;
  const rowTable = renderTable<RowReport>({
    ...look,
    columns: [
      { head: 'row', text: ({ row }) => row },
      { head: 'status', text: ({ status }) => status },
      {
        head: 'where',
        text: ({ file, reason }) => [file ?? [], reason ?? []].flat().join(': ') || undefined,
        moveBelow: 1,
      },
    ],
    rows,
  });
  return `${rowTable}\n${checkTable}`;
}

function toJson(
  { command, application }: Examined,
  checks: readonly Check[],
  rows: readonly RowReport[],
): string {
  const answer = {
    command,
    application: application
      ? { pid: application.pid, program: application.program ?? null, node: application.node }
      : null,
    checks: checks.map(({ check, state, found, todo }) => ({ check, state, found, todo: todo ?? null })),
    rows: rows.map(({ table, row, status, file, reason }) => ({
      table,
      row,
      status,
      file: file ?? null,
      reason: reason ?? null,
    })),
  };
  return `${JSON.stringify(answer, undefined, 2).split('\n').map(printable).join('\n')}\n`;
}

/** `grants-otel doctor -- node app.js`: starts the application, and tells what is wrong with how it is traced. */
export async function answerDoctor(request: Request): Promise<number> {
  const { output, options, command } = request;
  let folder: string;
  try {
    folder = await mkdtemp(join(tmpdir(), 'grants-otel-doctor-'));
  } catch (error) {
    output.say(
      `no folder can be made in ${tmpdir()}, the folder for temporary files (TMPDIR): ${(error as Error).message}`,
    );
    return EXIT_CODES.wrongUsage;
  }
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  try {
    const examined = await examine(request, folder);
    const checks = await checkSetUp(examined);
    const rows = examined.application?.rows ?? [];
    const isJson = formatOf(options) === 'json';
    output.print(isJson ? toJson(examined, checks, rows) : await toTable(checks, rows, request));
    const wrong = checks.filter(({ state }) => state === 'wrong');
    for (const { check, found, todo } of wrong) output.say(`${check}: ${todo ?? found}`);
    return wrong.length === 0 ? EXIT_CODES.found : EXIT_CODES.nothingFound;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')))
      throw error;
    output.say(`${JSON.stringify(command[0])} cannot be started: ${error.message}`);
    return EXIT_CODES.wrongUsage;
  } finally {
    removeFolder();
    process.off('exit', removeFolder);
  }
}
