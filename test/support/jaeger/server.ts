import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onFreePorts } from '../free-ports.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { findCachedJaeger, findOnPath } from './binary.mjs';
import { composeConfigs, type JaegerPorts, localConfig } from './config.mjs';

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

/** A real Jaeger of the test run's own, on 127.0.0.1. */
export interface JaegerServer {
  /** Base of the OTLP/HTTP endpoint. */
  readonly otlp: string;
  /** Base of the query API. */
  readonly query: string;
  /** Of the process that runs now. */
  pid(): number;
  /** Takes Jaeger away; what it stored on disk stays. */
  stop(): Promise<void>;
  /** Brings it back, on the same ports with the same folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** A Jaeger binary, or why there is none. */
export type FoundJaeger = { binary: string } | { missing: string };

/** Looks for a Jaeger in TEST_JAEGER, in the cache of builds and on PATH, in that order; never throws. */
export async function findJaeger(): Promise<FoundJaeger> {
  const given = process.env['TEST_JAEGER'];
  const binary = given || (await findCachedJaeger()) || (await findOnPath('jaeger'));
  if (binary) return { binary };
  return {
    missing: 'no jaeger in the cache or on PATH: `node test/support/jaeger/build.mjs` builds one with Go',
  };
}

async function writeConfigs(options: {
  folder: string;
  ports: JaegerPorts;
  inMemory: boolean;
}): Promise<string> {
  const { jaeger, ui } = await composeConfigs();
  const { folder, ports, inMemory } = options;
  await writeFile(join(folder, 'ui.json'), ui);
  const path = join(folder, 'config.yaml');
  await writeFile(path, localConfig({ text: jaeger, ports, directory: folder, inMemory }));
  return path;
}

async function untilHealthy(server: ServerProcess, port: number): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (!server.hasEnded() && performance.now() < deadlineMs) {
    const healthy = await fetch(`http://127.0.0.1:${port}/status`).then(
      async (answer) => ((await answer.json()) as { status?: string }).status === 'StatusOK',
      () => false,
    );
    if (healthy) return;
    await pause(POLL_MS);
  }
  await server.end('SIGKILL');
  throw new Error(`Jaeger did not get healthy within ${START_TIMEOUT_MS} ms. Its log:\n${server.log()}`);
}

function portsOf([query = 0, queryGrpc = 0, otlp = 0, otlpGrpc = 0, health = 0]: number[]): JaegerPorts {
  return { query, queryGrpc, otlp, otlpGrpc, health };
}

/**
 * Starts a Jaeger on free ports with the configuration of docker-compose.otel.yml, ports and paths aside, with the memory store in
 * Badger's place unless `store` says otherwise. It goes with `close()`, or with this process. Throws where there is none to start
 * (see `findJaeger`), and with its log where it does not come up.
 */
export async function startJaeger(options: { store?: 'memory' | 'badger' } = {}): Promise<JaegerServer> {
  const found = await findJaeger();
  if ('missing' in found) throw new Error(`Expected a Jaeger to start: ${found.missing}`);
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-jaeger-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const start = async (ports: JaegerPorts): Promise<ServerProcess> => {
    const config = await writeConfigs({ folder, ports, inMemory: options.store !== 'badger' });
    const server = await startServer({
      command: found.binary,
      args: ['--config', config],
      cwd: folder,
      folder,
    });
    await untilHealthy(server, ports.health);
    return server;
  };
  const { server, ports } = await onFreePorts(5, async (free) => {
    const ports = portsOf(free);
    return { server: await start(ports), ports };
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  let running = server;
  return {
    otlp: `http://127.0.0.1:${ports.otlp}`,
    query: `http://127.0.0.1:${ports.query}`,
    pid: () => running.pid,
    stop: () => running.end('SIGTERM'),
    restart: async () => {
      await running.end('SIGTERM');
      running = await start(ports);
    },
    close: async () => {
      await running.end('SIGTERM');
      await remove();
    },
  };
}
