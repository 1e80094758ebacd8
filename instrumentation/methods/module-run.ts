/** By this a module says, of itself, that it has been run, and what it exports; see `tellExports`. */
export const TELL = 'grants-otel.module-run';
