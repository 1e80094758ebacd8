// Has its work done by a process of its own, without what is on its own command line.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

spawnSync(process.execPath, [fileURLToPath(new URL('./loads-pg.mjs', import.meta.url))], {
  stdio: 'inherit',
});
