export type { TraceAttributes } from './tracing/attributes.js';
export type { MethodCall, MethodRow, MethodTable, Told } from './tracing/method-table.js';
export { setEventAttributes, type TracedEvent, traceEvent } from './tracing/trace-event.js';
export { type MethodTrace, type TracedMethods, traceMethods } from './tracing/trace-methods.js';
export { type Step, type StepOptions, traceStep } from './tracing/trace-step.js';
