import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { createWinstonInstrumentation } from './log-winston.js';
import { seekImports } from './see-imports.js';

/** What has to be seen as an ES module imports it: the main file of pino. Of winston an inner file is patched, which it requires itself. */
const PINO = /^file:.*\/node_modules\/pino\/pino\.js$/;

/**
 * The stock instrumentations that write `trace_id`, `span_id` and `trace_flags` of the active span into the lines of pino and winston. Nothing
 * else of these lines changes, and they are sent nowhere. To be loaded only where that is asked for.
 */
export function logTraceIds(): Instrumentation[] {
  if (!seekImports({ include: [PINO] })) {
    diag.debug(
      'where an ES module imports pino, its lines carry no ids: beside another --require that needs Node 20, 22.22.3 or 24.11.1',
    );
  }
  return [new PinoInstrumentation({ disableLogSending: true }), createWinstonInstrumentation()];
}
