import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { describeWith, type Need } from '../support/servers.js';

const isCi = Boolean(process.env['CI']) && process.env['CI'] !== 'false';

/** Why a program cannot be run here, or undefined where it can. */
function missing(file: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim().split('\n')[0] || `exit code ${status}`);
}

/** Says so in one line where something is not there, and that nothing of `name` is tried; in CI it is tried, and fails. */
function isLeftOut(name: string, needs: string, why: string | undefined): boolean {
  if (why === undefined || isCi) return false;
  process.stderr.write(`SKIPPED: "${name}" needs ${needs} (${why})\n`);
  return true;
}

/** A `describeWith` for tests that install the package, which needs npm and a registry. */
export function describeInstalled(needs: readonly Need[], name: string, body: () => void): void {
  if (isLeftOut(name, 'npm and its registry', missing('npm', ['ping']))) describe.skip(name, body);
  else describeWith(needs, name, body);
}

/** Whether a test in a PID namespace of its own is to be left out here; said in one line if it is. */
export function hasNoNamespaces(name: string): boolean {
  return isLeftOut(
    name,
    'PID namespaces',
    missing('unshare', ['--user', '--map-root-user', '--pid', '--fork', 'true']),
  );
}
