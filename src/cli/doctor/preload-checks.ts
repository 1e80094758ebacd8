import { basename, resolve } from 'node:path';
import type { SetUpReport } from '../../tracing/set-up-report.js';
import type { Check } from './check.js';
import { type Examined, inSeconds } from './examined.js';
import { hasPreload } from './read-reports.js';

const PRELOAD = 'grants-otel/instrumentation';

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

/** Whether the preload is there, and how it is to be. */
export function checkPreload(examined: Examined): Check {
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

/** Which SDK there is. */
export function checkTracing(application: SetUpReport): Check {
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

/** Processes that do the work, beside one that has the preload, without it. */
export function checkOthers({ application, others }: Examined): Check[] {
  if (!application || !hasPreload(application)) return [];
  const unseen = others.filter((other) => !hasPreload(other) && (other.pg ?? other.eventCount > 0));
  return unseen.map(({ pid, program, pg }) => ({
    check: 'another process',
    state: 'wrong',
    found: `${pid}, ${program ?? 'code of the command line'}, ${pg ? 'loads pg' : 'has events'} and has no preload`,
    todo: `preload it as well: NODE_OPTIONS="--require ${PRELOAD}" reaches all that is started`,
  }));
}
