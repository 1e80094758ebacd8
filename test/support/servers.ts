import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, inject, it } from 'vitest';

/** The servers, and the browser, that a test may need. */
export type Need = 'postgres' | 'jaeger' | 'chromium';

const NAMES: Record<Need, string> = {
  postgres: 'a PostgreSQL server',
  jaeger: 'a Jaeger',
  chromium: 'a Chromium',
};

/**
 * A `describe` for tests that need real servers. Where one of them is not there, it says so in one line and skips; in CI (CI set in the
 * environment) it fails instead.
 */
export function describeWith(needs: readonly Need[], name: string, body: () => void): void {
  const reasons = needs.flatMap((need) => {
    const offered = inject(need);
    return 'missing' in offered ? [`${NAMES[need]} (${offered.missing})`] : [];
  });
  if (reasons.length === 0) {
    describe(name, body);
    return;
  }
  const line = `"${name}" needs ${reasons.join(', and ')}`;
  if (process.env['CI'] && process.env['CI'] !== 'false') {
    describe(name, () => {
      it('has the servers that it needs', () => {
        throw new Error(`In CI nothing is skipped: ${line}`);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED: ${line}\n`);
  describe.skip(name, body);
}

/** A new, empty database on the test run's PostgreSQL; `drop` removes it, sessions on it included. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgres');
  if ('missing' in server)
    throw new Error(`freshDatabase belongs in describeWith(['postgres'], …): ${server.missing}`);
  const name = `grants_otel_test_${randomBytes(8).toString('hex')}`;
  await execute(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => execute(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Where the test run's Jaeger takes spans (OTLP/HTTP base) and answers questions. It is shared: search by an id of your own. */
export function jaegerUrls(): { otlp: string; query: string } {
  const server = inject('jaeger');
  if ('missing' in server)
    throw new Error(`jaegerUrls belongs in describeWith(['jaeger'], …): ${server.missing}`);
  return server;
}

/** The test run's Chromium: the path of its program. */
export function chromiumExecutable(): string {
  const browser = inject('chromium');
  if ('missing' in browser)
    throw new Error(`chromiumExecutable belongs in describeWith(['chromium'], …): ${browser.missing}`);
  return browser.executable;
}
