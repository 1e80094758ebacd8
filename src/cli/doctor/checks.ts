import { basename, resolve } from 'node:path';
import type { SetUpReport } from '../../tracing/set-up-report.js';
import { VARIABLES } from '../../tracing/variables.js';
import type { Check } from './check.js';
import { checkEndpoint, checkTraceFile } from './export-checks.js';
import { checkLoadedBefore, checkPg } from './pg-checks.js';
import { hasPreload } from './read-reports.js';
import type { Ended } from './run-application.js';

/** What there is to look at. */
export interface Examined {
  readonly command: readonly string[];
  readonly ended: Ended;
  /** The process that is the application; undefined where none has reported. */
  readonly application: SetUpReport | undefined;
  /** The other processes that have reported. */
  readonly others: readonly SetUpReport[];
}

const PRELOAD = 'grants-otel/instrumentation';
/** Of so many rows it is said why they found nothing. */
const MOST_REASONS = 3;

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function checkEnd({ ranMs, wasStopped, wasKilled, code, signal }: Ended): Check {
  const check = 'application';
  const time = inSeconds(ranMs);
  const end = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  if (wasKilled && !wasStopped) {
    const found = `${end} after ${time}; what it had started did not end within 10 s when it was told to, and was killed`;
    return { check, state: code === 0 ? 'note' : 'wrong', found };
  }
  if (wasKilled) {
    const found = `ran ${time}, did not end within 10 s when it was told to (SIGTERM), and was killed`;
    return {
      check,
      state: 'wrong',
      found,
      todo: 'have it end at SIGTERM, or spans that are not out yet are lost',
    };
  }
  if (wasStopped) return { check, state: 'ok', found: `ran ${time}, then was stopped` };
  if (code === 0) return { check, state: 'ok', found: `ended by itself after ${time}` };
  return { check, state: 'wrong', found: `${end} after ${time}; what it printed, if anything, is above` };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What Node puts behind the path of a program that it does not find. */
const ENDS_OF_PROGRAMS = ['', '.js', '/index.js'];

/** Whether a command names the program of a process itself, rather than one that starts it. */
function names(command: readonly string[], program: string | undefined): boolean {
  if (program === undefined) return true;
  const paths = command.slice(1).map((word) => resolve(word));
  return paths.some((path) => ENDS_OF_PROGRAMS.some((end) => program === path + end));
}

function withPreload({ command, application, others }: Examined): string {
  const [program = '', ...args] = command.map(quoted);
  const isAlone = others.length === 0 || names(command, application?.program);
  const isNode = isAlone && /^node(\.exe)?$/.test(basename(program));
  const told = [program, ...(isNode ? ['--require', PRELOAD] : []), ...args].join(' ');
  return isNode ? told : `NODE_OPTIONS="--require ${PRELOAD}" ${told}`;
}

function checkPreload(examined: Examined): Check {
  const { application, ended } = examined;
  const check = 'preload';
  if (application === undefined && ended.wasStopped) {
    const found = `the application was stopped after ${inSeconds(ended.ranMs)}, before a Node process reported`;
    return { check, state: 'wrong', found, todo: 'let it run for longer: --for 1m' };
  }
  if (application === undefined) {
    return {
      check,
      state: 'wrong',
      found: 'no Node process of this command has reported',
      todo:
        ended.code === 0
          ? 'start a Node program that runs for a moment, and pass NODE_OPTIONS on to it'
          : 'mend what it ended for, if that is told above; else start a Node program, and pass NODE_OPTIONS on to it',
    };
  }
  const { program, node, pid, isPreloaded } = application;
  const isThere = hasPreload(application);
  if (!isThere && (hasOwnSdk(application) || application.hasProcessors)) {
    return { check, state: 'note', found: "left out, as an SDK of the application's own wants it" };
  }
  if (!isThere) {
    const found = 'not named by the command or NODE_OPTIONS; it was added for what follows';
    return { check, state: 'wrong', found, todo: `start it as ${withPreload(examined)}` };
  }
  return {
    check,
    state: 'ok',
    found: `${isPreloaded ? '' : 'loaded by the application itself, '}in process ${pid}, ${program ?? 'code of the command line'}, Node ${node}`,
  };
}

const PROCESSORS = 'put createSpanProcessors() of grants-otel/processors into the spanProcessors of that SDK';

function hasOwnSdk({ tracing }: SetUpReport): boolean {
  return tracing === 'stepped back' || tracing === 'gave way';
}

function checkTracing(application: SetUpReport): Check {
  const { tracing, hasProcessors, hasRefusedSdk } = application;
  const check = 'OpenTelemetry SDK';
  const isThere = hasPreload(application);
  if (!isThere && hasProcessors) {
    return { check, state: 'ok', found: "the application's own, with processors of ours" };
  }
  const takeOut = isThere ? ['take the preload out'] : [];
  const todo = [...takeOut, ...(hasProcessors ? [] : [PROCESSORS])].join(', and ');
  switch (tracing) {
    case 'on':
      if (!hasProcessors && !hasRefusedSdk)
        return { check, state: 'ok', found: "the preload's, and no other that it can see" };
      return {
        check,
        state: 'wrong',
        found: "the preload's, beside one of the application's own that gets nothing",
        todo,
      };
    case 'off':
      return {
        check,
        state: 'wrong',
        found: 'OTEL_SDK_DISABLED=true: nothing is traced',
        todo: 'unset OTEL_SDK_DISABLED',
      };
    case 'stepped back':
      return { check, state: 'wrong', found: 'another was registered before the preload', todo };
    case 'gave way':
      return { check, state: 'wrong', found: 'the application registers one of its own', todo };
    case 'failed':
      return { check, state: 'wrong', found: 'tracing could not be started; a line above says why' };
  }
}

function samplesNothing({ OTEL_TRACES_SAMPLER: sampler = '' }: SetUpReport['environment']): string[] {
  return /^(?:parentbased_)?always_off$/.test(sampler.trim())
    ? [`OTEL_TRACES_SAMPLER=${sampler.trim()}: nothing is traced`]
    : [];
}

function checkVariables({ problems, environment }: SetUpReport): Check[] {
  const wrong = [...problems, ...samplesNothing(environment)];
  return wrong.map((found) => ({ check: 'configuration', state: 'wrong', found }));
}

/** The first of the rows that found nothing, with the reason; the table of rows in the answer for programs has them all. */
function firstOf(rows: SetUpReport['rows']): string {
  const reasons = rows.flatMap(({ row, status, reason }) =>
    status === 'no match' ? `${row}: ${reason}` : [],
  );
  const more = reasons.length - MOST_REASONS;
  return [...reasons.slice(0, MOST_REASONS), ...(more > 0 ? [`${more} more (--json)`] : [])].join(', ');
}

function checkTable(table: string, { rows }: SetUpReport): Check {
  const check = 'method table';
  const own = rows.filter((row) => row.table === table);
  const count = (status: string): number => own.filter((row) => row.status === status).length;
  const [noMatch, waiting] = [count('no match'), count('waiting')];
  const failed = own.filter(({ failures }) => failures !== undefined);
  const isAllWaiting = own.length > 0 && noMatch === 0 && count('matched') === 0;
  const found = [
    `${table}: ${count('matched')} of ${own.length} rows matched`,
    noMatch > 0 ? `${noMatch} found nothing in their files: ${firstOf(own)}` : [],
    isAllWaiting ? 'none of their files was loaded' : [],
    noMatch === 0 && !isAllWaiting && waiting > 0 ? `the files of ${waiting} were not loaded` : [],
    failed.map(({ row, failures = [] }) => `${row}: ${failures.join('; ')}`),
  ].flat();
  const todo = [
    noMatch > 0 ? 'compare these rows with the application, which may have changed' : [],
    isAllWaiting
      ? 'is it the right program, did it run long enough (--for), do the rows name its files?'
      : [],
    failed.length > 0 ? 'mend these functions: what they are to tell is missing' : [],
  ].flat();
  if (todo.length === 0) return { check, state: 'ok', found: found.join('; ') };
  return { check, state: 'wrong', found: found.join('; '), todo: todo.join('; ') };
}

function checkTables(report: SetUpReport): Check[] {
  if (report.tables.length > 0) return report.tables.map((table) => checkTable(table, report));
  const byCode = 'events and steps are what the code itself names by traceEvent and traceStep';
  const isAsked = Boolean(report.environment[VARIABLES.methods.name]?.trim());
  const found = isAsked ? `none was taken, for what is wrong above: ${byCode}` : `none: ${byCode}`;
  return [{ check: 'method table', state: 'note', found }];
}

const NO_CALL = 'no call of traceEvent was traced';

/** Why there may be no events, as far as the rows of the tables tell. */
function whyNoEvents({ rows, tables }: SetUpReport): string[] {
  if (tables.length === 0) return [NO_CALL];
  const ofEvents = rows.filter(({ kind }) => kind === 'event');
  if (ofEvents.length === 0) return [`no row is an event (as: 'event'), and ${NO_CALL}`];
  const matched = ofEvents.filter(({ status }) => status === 'matched');
  if (matched.length === 0) return [`no row of an event matched, and ${NO_CALL}`];
  const isCalled = rows.some(({ calls }) => calls && calls.told + calls.untold > 0);
  return isCalled ? [] : [`what begins events was not called: ${matched.map(({ row }) => row).join(', ')}`];
}

/** Rows that were asked for events, and told of none: of an event that is none to them, or by mistake. */
function tellNothing({ rows }: SetUpReport): string[] {
  return rows.flatMap(({ row, calls, failures }) =>
    calls && failures === undefined && calls.told === 0 && calls.untold > 0
      ? `${row} knew no event in ${calls.untold === 1 ? 'its only call' : `any of ${calls.untold} calls`}`
      : [],
  );
}

function checkEvents(application: SetUpReport, { ranMs }: Ended): Check {
  const { eventCount, spanCount, eventsWithoutChain } = application;
  const withoutChain = eventsWithoutChain > 0 ? `, ${eventsWithoutChain} of them without a chainId` : '';
  const untold = tellNothing(application);
  const why = untold.length > 0 ? untold : whyNoEvents(application);
  const found = [
    `${eventCount} traced in ${inSeconds(ranMs)}${withoutChain}, ${spanCount} spans in all`,
    ...(eventCount === 0 ? why : []),
  ].join('; ');
  const check = 'events';
  if (eventsWithoutChain > 0) {
    const todo = 'tell of each event its chainId: every span of it is found by that';
    return { check, state: 'wrong', found, todo };
  }
  return { check, state: eventCount > 0 ? 'ok' : 'note', found };
}

/** Attributes that were left out, or that nobody will look for by their names, in whichever process that was. */
function checkAttributes({ application, others }: Examined): Check[] {
  const reports = [application, ...others];
  const listOf = (of: (report: SetUpReport) => readonly string[]): string[] => [
    ...new Set(reports.flatMap((report) => (report ? of(report) : []))),
  ];
  const refused = listOf((report) => report.refusedAttributes);
  const misspelt = listOf((report) => report.misspeltAttributes);
  const checks: Check[] = [];
  if (refused.length > 0) {
    const todo = 'give them in the types that the README has';
    checks.push({ check: 'attributes', state: 'wrong', found: `left out: ${refused.join('; ')}`, todo });
  }
  if (misspelt.length > 0)
    checks.push({
      check: 'attribute names',
      state: 'note',
      found: `nearly known ones: ${misspelt.join(', ')}`,
    });
  return checks;
}

/** Processes that do the work, beside one that has the preload, without it. */
function checkOthers({ application, others }: Examined): Check[] {
  if (!application || !hasPreload(application)) return [];
  const unseen = others.filter((other) => !hasPreload(other) && (other.pg ?? other.eventCount > 0));
  return unseen.map(({ pid, program, pg }) => ({
    check: 'another process',
    state: 'wrong',
    found: `${pid}, ${program ?? 'code of the command line'}, ${pg ? 'loads pg' : 'has events'} and has no preload`,
    todo: `preload it as well: NODE_OPTIONS="--require ${PRELOAD}" reaches all that is started`,
  }));
}

/** Looks at all that can be wrong with a set-up. Asks the OTLP endpoint; never throws. */
export async function checkSetUp(examined: Examined): Promise<Check[]> {
  const { ended, application } = examined;
  const first = [checkEnd(ended), checkPreload(examined)];
  if (application === undefined) return first;
  const isOn = application.tracing === 'on';
  return [
    ...first,
    ...checkOthers(examined),
    checkTracing(application),
    ...checkVariables(application),
    ...(isOn
      ? [checkLoadedBefore(application), ...checkTables(application), await checkPg(application)]
      : []),
    await checkEndpoint(application),
    ...checkTraceFile(application, ended),
    ...(isOn ? [checkEvents(application, ended), ...checkAttributes(examined)] : []),
  ];
}
