import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const START = fileURLToPath(new URL('support/jaeger/start.mjs', import.meta.url));

describe('npm run jaeger', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grants-otel-start-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs it where the only programs are those in the folder, and no build is cached. */
  function start(): Promise<{ code: unknown; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const env = { PATH: folder, HOME: folder, XDG_CACHE_HOME: folder };
      execFile(process.execPath, [START], { env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  }

  async function putProgram(name: string, script: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }

  /** Sees to it that somebody listens on the port, whoever it is. */
  async function occupy(port: number): Promise<() => void> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve());
      server.listen(port, '127.0.0.1', resolve);
    });
    return () => server.close();
  }

  it('says in one line what to install where there is nothing to run it with', async () => {
    const { code, stdout, stderr } = await start();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^jaeger: there is no running Docker engine .* install one of them: https:.*\n$/);
  });

  it('takes a Docker client without an engine for no Docker at all', async () => {
    await putProgram('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain('there is no running Docker engine');
  });

  it('says in one line which port is taken, and what to do, before it starts anything', async () => {
    await putProgram('jaeger', 'echo started; exit 3');
    const release = await occupy(16686);
    try {
      const { code, stdout, stderr } = await start();
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^jaeger: port 16686 on 127\.0\.0\.1 cannot be had \(EADDRINUSE\); .* stop .*\n$/,
      );
    } finally {
      release();
    }
  });

  it('uses Docker Compose, with the compose file of the project, where an engine answers', async () => {
    await putProgram('docker', 'echo 28.2.2 "$@"; [ "$4" != up ]');
    const { code, stdout, stderr } = await start();
    expect(stdout).toMatch(/28\.2\.2 compose -f \S+\/docker-compose\.otel\.yml up\n/);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'jaeger: docker compose ended with exit code 1; its own words are above\n',
    });
  });
});
