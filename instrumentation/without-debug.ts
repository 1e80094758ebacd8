import { createRequire } from 'node:module';

const SILENT = Object.assign(() => SILENT, { enabled: false });

/** Where the patching of modules finds the package `debug`. */
function findDebug(): string {
  let from = import.meta.url;
  for (const name of ['@opentelemetry/instrumentation', 'require-in-the-middle', 'debug']) {
    from = createRequire(from).resolve(name);
  }
  return from;
}

/**
 * Runs `load`, which loads what patches modules, with a `debug` that says nothing: the real one opens the host's stderr as it is loaded,
 * which makes a pipe non-blocking for the host too, and under `DEBUG=*` it would write there. The host finds `debug` as it was.
 */
export function withoutDebug<T>(load: () => T): T {
  const require = createRequire(import.meta.url);
  let path: string | undefined;
  try {
    path = findDebug();
  } catch {
    return load();
  }
  const before = require.cache[path];
  const silent = { id: path, filename: path, loaded: true, children: [], paths: [], exports: SILENT };
  require.cache[path] = silent as unknown as NodeJS.Module;
  try {
    return load();
  } finally {
    if (before) require.cache[path] = before;
    else delete require.cache[path];
  }
}
