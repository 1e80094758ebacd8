// `npm run jaeger`: a Jaeger on this machine's standard ports, by whatever means there are, until Ctrl-C.
import { execFile, spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildJaeger, findCachedJaeger, findOnPath } from './binary.mjs';
import { COMPOSE_FILE, composeConfigs, localConfig } from './config.mjs';

const ROOT = fileURLToPath(new URL('.', COMPOSE_FILE));
const DIRECTORY = join(ROOT, '.data', 'jaeger');
const PORTS = { query: 16686, otlp: 4318, otlpGrpc: 4317 };
const ENGINE_TIMEOUT_MS = 5000;
const LOG = join(DIRECTORY, 'jaeger.log');
const LOG_LINES_SHOWN = 5;
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** An error that is told in one line, with what to do. */
class Refusal extends Error {}

/** One that was built with Go has none. */
let hasPages = true;

const say = (line) => console.log(`jaeger: ${line}`);

async function answers(command, args) {
  return promisify(execFile)(command, args, { timeout: ENGINE_TIMEOUT_MS }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => false,
  );
}

/** A client alone is not enough: the engine has to answer, and Compose has to be there. */
async function hasDockerCompose() {
  if (!(await findOnPath('docker'))) return false;
  const engine = answers('docker', ['info', '--format', '{{.ServerVersion}}']);
  const compose = answers('docker', ['compose', 'version']);
  return (await engine) && (await compose);
}

/** How to come by a Jaeger: `prepare` says what is done, and takes some minutes where one has to be built. */
async function findBinary() {
  const onPath = await findOnPath('jaeger');
  if (onPath) {
    return async () => {
      say(`no Docker engine with Compose answers; starting ${onPath}`);
      return onPath;
    };
  }
  const cached = await findCachedJaeger();
  if (cached || (await findOnPath('go'))) return prepareBuild;
  throw new Refusal(
    'there is no running Docker engine with Compose, no jaeger on PATH and no Go to build one with; install one of them: ' +
      'https://docs.docker.com/get-docker/, https://www.jaegertracing.io/download/ or https://go.dev/dl/ (1.26 or newer)',
  );
}

async function prepareBuild() {
  say('no Docker engine with Compose answers, and no jaeger is on PATH: it takes one that is built with Go');
  if (!(await findCachedJaeger())) say('building it, once; this takes some minutes');
  const built = await buildJaeger();
  say(`starting ${built}`);
  hasPages = false;
  say(
    'built this way it has the query API, but only a placeholder where the UI would be; Docker or a release has both',
  );
  return built;
}

async function listenOn(port) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** All ports that Jaeger needs, those that nobody else asks for wherever they are free. */
async function claimPorts() {
  const wanted = { ...PORTS, queryGrpc: 0, health: 0 };
  const servers = [];
  try {
    const ports = {};
    for (const [name, port] of Object.entries(wanted)) {
      const server = await listenOn(port).catch((error) => {
        throw new Refusal(
          `port ${port} on 127.0.0.1 cannot be had (${error.code}); if a Jaeger runs there already, use it (http://localhost:16686); ` +
            'else stop what listens there, and run this again',
        );
      });
      servers.push(server);
      ports[name] = server.address().port;
    }
    return ports;
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function writeConfigs(ports) {
  await mkdir(DIRECTORY, { recursive: true });
  const { jaeger, ui } = await composeConfigs();
  await writeFile(join(DIRECTORY, 'ui.json'), ui);
  const path = join(DIRECTORY, 'config.yaml');
  await writeFile(path, localConfig({ text: jaeger, ports, directory: DIRECTORY }));
  return path;
}

/** Runs a program until it ends or a signal ends it; tells its exit code, 0 where it was asked to end. */
async function runUntilStopped({ command, args, output, whileRunning }) {
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  let stopping = false;
  const stop = () => {
    stopping = true;
    child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(stopping ? 0 : (code ?? 1)));
  });
  await Promise.race([ended, whileRunning(() => child.exitCode === null && !stopping)]);
  return ended;
}

async function announce({ health, isRunning }) {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (isRunning() && performance.now() < deadlineMs) {
    const healthy = await fetch(health).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) {
      say(`${hasPages ? 'UI and query API' : 'query API       '}  http://localhost:16686`);
      say('OTLP              http://localhost:4318 (HTTP), localhost:4317 (gRPC)');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function runBinary() {
  const prepare = await findBinary();
  const ports = await claimPorts();
  const binary = await prepare();
  const config = await writeConfigs(ports);
  const log = await open(LOG, 'w');
  const code = await runUntilStopped({
    command: binary,
    args: ['--config', config],
    output: log.fd,
    whileRunning: async (isRunning) => {
      await announce({ health: `http://127.0.0.1:${ports.health}/status`, isRunning });
      const folder = relative(process.cwd(), DIRECTORY);
      if (isRunning())
        say(`traces are kept for three days in ${folder}, its log beside them; Ctrl-C stops it`);
    },
  });
  await log.close();
  if (code === 0) return;
  const lines = (await readFile(LOG, 'utf8')).trimEnd().split('\n');
  throw new Refusal(
    `it ended with exit code ${code}. The end of ${LOG}:\n${lines.slice(-LOG_LINES_SHOWN).join('\n')}`,
  );
}

async function runCompose() {
  say('starting with Docker Compose; Ctrl-C stops it, its volume keeps the traces');
  const code = await runUntilStopped({
    command: 'docker',
    args: ['compose', '-f', fileURLToPath(COMPOSE_FILE), 'up'],
    output: 'inherit',
    whileRunning: (isRunning) => announce({ health: `http://127.0.0.1:${PORTS.query}/`, isRunning }),
  });
  if (code !== 0) throw new Refusal(`docker compose ended with exit code ${code}; its own words are above`);
}

try {
  if (await hasDockerCompose()) await runCompose();
  else await runBinary();
} catch (error) {
  console.error(`jaeger: ${error instanceof Refusal ? error.message : String(error)}`);
  process.exitCode = 1;
}
