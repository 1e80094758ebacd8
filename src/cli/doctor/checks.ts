import type { SetUpReport } from '../../tracing/set-up-report.js';
import type { Check } from './check.js';
import { type Examined, inSeconds } from './examined.js';
import { checkEndpoint, checkTraceFile } from './export-checks.js';
import { checkLoadedBefore, checkPg } from './pg-checks.js';
import { checkOthers, checkPreload, checkTracing } from './preload-checks.js';
import type { Ended } from './run-application.js';
import { checkEvents, checkTables } from './table-checks.js';

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

function samplesNothing({ OTEL_TRACES_SAMPLER: sampler = '' }: SetUpReport['environment']): string[] {
  return /^(?:parentbased_)?always_off$/.test(sampler.trim())
    ? [`OTEL_TRACES_SAMPLER=${sampler.trim()}: nothing is traced`]
    : [];
}

function checkVariables({ problems, environment }: SetUpReport): Check[] {
  const wrong = [...problems, ...samplesNothing(environment)];
  return wrong.map((found) => ({ check: 'configuration', state: 'wrong', found }));
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
