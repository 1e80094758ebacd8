import type { SetUpReport } from '../../tracing/set-up-report.js';
import { VARIABLES } from '../../tracing/variables.js';
import type { Check } from './check.js';
import { inSeconds } from './examined.js';
import type { Ended } from './run-application.js';

/** Of so many rows it is said why they found nothing. */
const MOST_REASONS = 3;

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

/** What the method tables came to, each. */
export function checkTables(report: SetUpReport): Check[] {
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

/** Whether there were events, and what there may be instead. */
export function checkEvents(application: SetUpReport, { ranMs }: Ended): Check {
  const { eventCount, spanCount, eventsWithoutChain, eventsWithoutName } = application;
  const without = [
    eventsWithoutChain > 0 ? `, ${eventsWithoutChain} of them without a chainId` : '',
    eventsWithoutName > 0 ? `, ${eventsWithoutName} of them without a contractName or an eventName` : '',
  ].join('');
  const untold = tellNothing(application);
  const why = untold.length > 0 ? untold : whyNoEvents(application);
  const found = [
    `${eventCount} traced in ${inSeconds(ranMs)}${without}, ${spanCount} spans in all`,
    ...(eventCount === 0 ? why : []),
  ].join('; ');
  const check = 'events';
  const todo = [
    eventsWithoutChain > 0 ? 'tell of each event its chainId: every span of it is found by that' : [],
    eventsWithoutName > 0 ? 'tell of each event its contractName and its eventName: it is named by them' : [],
  ].flat();
  if (todo.length > 0) return { check, state: 'wrong', found, todo: todo.join('; ') };
  return { check, state: eventCount > 0 ? 'ok' : 'note', found };
}
