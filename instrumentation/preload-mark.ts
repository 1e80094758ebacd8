/** Where a process notes that the preload was there, whatever copy of it. */
export const LOADED = Symbol.for('grants-otel.preload');
