import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { isPackageManager } from './package-manager.js';
import { LOADED, LOADED_AGAIN } from './process-marks.js';
import { withoutDebug } from './without-debug.js';

/**
 * The preload: `node --require grants-otel/instrumentation app.js`. In the main thread, once, it reads the environment and starts tracing.
 * In npm and the like, which NODE_OPTIONS reaches too, it does nothing. It never throws; when all is well it prints nothing.
 */
const globals = globalThis as { [LOADED]?: true; [LOADED_AGAIN]?: () => void };

if (isMainThread && globals[LOADED]) {
  globals[LOADED_AGAIN]?.();
} else if (isMainThread && !isPackageManager(process.argv[1])) {
  globals[LOADED] = true;
  try {
    // Loaded here, not imported above: whatever is wrong with the SDK's own modules must not be the application's end.
    const require = createRequire(import.meta.url);
    withoutDebug(() => {
      const { readConfig } = require('./config.js') as typeof import('./config.js');
      const { startTracing } = require('./start.js') as typeof import('./start.js');
      startTracing(readConfig());
    });
  } catch (error) {
    const reason = String((error as { message?: unknown } | null)?.message ?? error).split('\n')[0];
    try {
      writeSync(2, `grants-otel: tracing could not be started, the application runs without it: ${reason}\n`);
    } catch {
      // No stderr to say it on.
    }
  }
}
