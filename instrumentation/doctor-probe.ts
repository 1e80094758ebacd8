import { isMainThread } from 'node:worker_threads';
import { importsPreload } from './doctor/imports-preload.js';
import { isPackageManager } from './package-manager.js';
import { ADDED_BY_DOCTOR, LOADED, markProcess } from './process-marks.js';

/**
 * What `grants-otel doctor` has Node import in the processes that it starts, after all that NODE_OPTIONS preloads and that the command line
 * requires: where the preload is still missing it adds it, so that the rest can be looked into as well, and has the report say so. Never throws.
 */
try {
  const isMissing = !(LOADED in globalThis) && !importsPreload(process.execArgv);
  if (isMainThread && isMissing && !isPackageManager(process.argv[1])) {
    markProcess(ADDED_BY_DOCTOR);
    // By another address than the application knows: should that load the preload by itself, it is evaluated once more, and notices.
    await import(new URL('./index.js?added', import.meta.url).href);
  }
} catch {
  // The application runs as it would without it; that nothing is reported tells the rest.
}
