import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { namesPreload } from './doctor/names-preload.js';
import { ADDED_BY_DOCTOR } from './doctor/report.js';
import { isPackageManager } from './package-manager.js';

/**
 * What `grants-otel doctor` has Node load before all else in the processes that it starts: where the preload is missing it adds it, so that the
 * rest can be looked into as well, and has the report say so. Never throws.
 */
try {
  const command = {
    execArgv: process.execArgv,
    nodeOptions: process.env['NODE_OPTIONS'],
    workingDirectory: process.cwd(),
  };
  if (isMainThread && !isPackageManager(process.argv[1]) && !namesPreload(command)) {
    Object.defineProperty(globalThis, ADDED_BY_DOCTOR, { value: true });
    const require = createRequire(import.meta.url);
    require('./index.js');
  }
} catch {
  // The application runs as it would without it; that nothing is reported tells the rest.
}
