// What a process notes of us where every copy of us finds it.

/** The preload was there. */
export const LOADED = Symbol.for('grants-otel.preload');

/** It was `grants-otel doctor` that added it. */
export const ADDED_BY_DOCTOR = Symbol.for('grants-otel.added-by-doctor');

/** Processors of ours were made for an SDK of the application's own. */
export const PROCESSORS_MADE = Symbol.for('grants-otel.processors');

/** A function to be called where the preload is loaded once more. */
export const LOADED_AGAIN = Symbol.for('grants-otel.loaded-again');

/** Notes one of these. */
export function markProcess(mark: symbol, value: unknown = true): void {
  if (!(mark in globalThis)) Object.defineProperty(globalThis, mark, { value });
}
