import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.js';
import { findJaeger, startJaeger } from './jaeger/server.js';
import { findPostgres, startPostgres } from './postgres.js';

/** What a test file is told of a server: how to reach it, or why it is not there. */
type Offered<T> = T | { missing: string };

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: Offered<{ url: string }>;
    jaeger: Offered<{ otlp: string; query: string }>;
    chromium: Offered<{ executable: string }>;
  }
}

type Closable<T> = { offered: Offered<T>; close(): Promise<void> };

const nothingToClose = async (): Promise<void> => {};

async function offer<T extends object>(
  found: { missing: string } | object,
  start: () => Promise<T & { close(): Promise<void> }>,
): Promise<Closable<T>> {
  if ('missing' in found) return { offered: { missing: found.missing }, close: nothingToClose };
  try {
    const server = await start();
    return { offered: server, close: () => server.close() };
  } catch (error) {
    const { cause } = error as Error;
    const reason = `it did not start: ${String(error)}${cause ? ` (${String(cause)})` : ''}`;
    return { offered: { missing: reason }, close: nothingToClose };
  }
}

async function offerPostgres(): Promise<Closable<{ url: string }>> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { offered: { url }, close: nothingToClose };
  return offer<{ url: string }>(await findPostgres(), () => startPostgres());
}

/** Starts, once for all test files, the servers that can be had; each file gets their addresses through servers.ts. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, jaeger] = await Promise.all([
    offerPostgres(),
    offer<{ otlp: string; query: string }>(await findJaeger(), () => startJaeger()),
  ]);
  project.provide('postgres', plain(postgres.offered));
  project.provide('jaeger', plain(jaeger.offered));
  project.provide('chromium', await findChromium());
  return async () => {
    await Promise.all([postgres.close(), jaeger.close()]);
  };
}

/** What is provided goes to other processes: data only. */
function plain<T extends object>(offered: T): T {
  return JSON.parse(JSON.stringify(offered)) as T;
}
