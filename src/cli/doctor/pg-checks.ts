import type { SetUpReport } from '../../tracing/set-up-report.js';
import { findBundledPg } from './bundled-pg.js';
import type { Check } from './check.js';
import { hasPreload } from './read-reports.js';

/** Whether it is `pg`, or a file of it. */
function isPg(loaded: string): boolean {
  return loaded === 'pg' || loaded.includes('/node_modules/pg/');
}

/** Whether anything that is to be traced was loaded before the preload. */
export function checkLoadedBefore(application: SetUpReport): Check {
  const { loadedBefore } = application;
  const check = 'loaded before';
  if (loadedBefore.length === 0) return { check, state: 'ok', found: 'nothing that is to be traced' };
  const packages = loadedBefore.some(isPg) ? ['pg'] : [];
  const found = [...packages, ...loadedBefore.filter((path) => !isPg(path))].join(', ');
  // Where it was added, it came last.
  if (!hasPreload(application))
    return { check, state: 'note', found: `${found}: the preload has to come before` };
  return { check, state: 'wrong', found, todo: `put the preload before what loads ${found}` };
}

/** The versions of `pg` that are patched. */
const PATCHED_PG = /^8\.(?!0\.[0-2]$)/;

/** Whether the statements of the `pg` that the application uses are traced. Never throws. */
export async function checkPg({ pg, program, loadedBefore }: SetUpReport): Promise<Check> {
  const check = 'pg';
  if (pg !== undefined && !loadedBefore.some(isPg)) {
    return PATCHED_PG.test(pg)
      ? { check, state: 'ok', found: `${pg}, its statements are traced` }
      : { check, state: 'wrong', found: `${pg}, whose statements are not traced`, todo: 'take pg 8' };
  }
  if (loadedBefore.length > 0) return { check, state: 'note', found: 'not seen as it was loaded' };
  const bundle = await findBundledPg(program);
  if (bundle?.isBeside) {
    const found = `not loaded; it seems bundled into ${bundle.file}, where it cannot be traced, should the program use that`;
    return { check, state: 'note', found };
  }
  if (bundle !== undefined) {
    const todo = 'tell the bundler to leave pg and pg-pool out (esbuild: --external:pg --external:pg-pool)';
    return {
      check,
      state: 'wrong',
      found: `bundled into ${bundle.file}: its statements cannot be traced`,
      todo,
    };
  }
  return {
    check,
    state: 'note',
    found: 'not loaded where it can be seen, so there are no spans of statements',
  };
}
