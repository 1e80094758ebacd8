import type { EventEmitter } from 'node:events';

/** What Node's process has besides its documented parts, and what the ways to end it go through. */
export interface NodeProcess {
  /** True from the moment that `exit` is about to be emitted. */
  readonly _exiting?: boolean;
  /** What `process.kill` calls. Answers an error number, or 0. */
  _kill(pid: number, signal: number): number;
}

/** The process, with those parts. */
export function nodeProcess(): NodeJS.Process & NodeProcess {
  return process as NodeJS.Process & NodeProcess;
}

/** Replaces a method of the process by what `replace` makes of it; enumerable, writable and configurable as it was. False where there is none. */
export function replaceMethod<A extends unknown[], R>(
  name: 'reallyExit' | '_kill',
  replace: (original: (...args: A) => R) => (...args: A) => R,
): boolean {
  const found = Object.getOwnPropertyDescriptor(process, name);
  if (typeof found?.value !== 'function' || !found.configurable) return false;
  const method = replace(found.value as (...args: A) => R);
  Object.defineProperty(method, 'name', { value: name, configurable: true });
  Object.defineProperty(process, name, { ...found, value: method });
  return true;
}

/** Any listener of the process. */
export type Listener = Parameters<EventEmitter['on']>[1];
