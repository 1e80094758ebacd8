import { createRequire } from 'node:module';
import { type Attributes, type AttributeValue, diag, trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { describeError } from '../src/tracing/describe-error.js';
import type { TracingConfig } from './config.js';
import { DatabaseErrors } from './database-errors.js';
import { createSetUp, type SetUp } from './doctor/set-up.js';
import { installEnds } from './ends/install-ends.js';
import { createOutlet } from './export/batching-outlet.js';
import { createLog, type Log } from './log.js';
import { startMethods } from './methods/start-methods.js';
import { isSdkRegistered, onOtherSdk, unregisterOurs } from './other-sdk.js';
import { createPgInstrumentation } from './pg-spans.js';
import { PoolWaiters } from './pool-waiters.js';
import { preloadProcessors } from './processors/preload-processors.js';
import { TraceBuffer } from './processors/trace-buffer.js';
import { Recorder } from './recorder/recorder.js';
import { isRecorderEnough, registerRecorder } from './register-sdk.js';
import { withOwnHook } from './require-hook.js';
import { startSeeingImports } from './see-imports.js';
import { type PutAside, putAside, sharedApi } from './shared-api.js';
import { createSlowEventLog } from './slow-event-log.js';

export interface Tracing {
  /** Resolves when what has ended so far is out, or after the exit timeout. */
  flush(): Promise<void>;
  /** Flushes, and ends the export for good. */
  shutdown(): Promise<void>;
}

const STEPS_BACK =
  'so this preload steps back: take the preload out, and put createSpanProcessors() of grants-otel/processors into the spanProcessors of that SDK to have its events traced';
const OTHER_SDK_BEFORE = `an OpenTelemetry SDK is registered already, ${STEPS_BACK}`;
const OTHER_SDK_REFUSED =
  'this application registers an OpenTelemetry SDK of its own, after ours: ours stays in place; start without the preload, or with OTEL_SDK_DISABLED=true in its environment, to use that one';
const OTHER_SDK_AFTER = `the application registers an OpenTelemetry SDK of its own (a tracer provider, or what keeps contexts), ${STEPS_BACK}`;

/**
 * Starts the SDK with our processors and our way out. Returns undefined where nothing is to be started: `OTEL_SDK_DISABLED=true`, or an SDK
 * that is registered already, which is answered by a line.
 */
export function startTracing(config: TracingConfig): Tracing | undefined {
  const setUp = createSetUp(config);
  const log = createLog(config.logLevel);
  if (config.disabled) {
    setUp.tell('off');
    return undefined;
  }
  if (isSdkRegistered()) {
    stepBack('stepped back', OTHER_SDK_BEFORE, { setUp, log });
    return undefined;
  }
  for (const problem of config.problems) log.warn(problem);
  const aside = putAside();
  try {
    diag.setLogger(log.sdk.logger, { logLevel: log.sdk.level, suppressOverrideMessage: true });
    return startSdk({ config, log, setUp, aside });
  } catch (error) {
    unregisterOurs({ ...sharedApi() });
    aside.restore();
    throw error;
  }
}

/** Tells whoever put the preload there, unless it was `grants-otel doctor`, which tells it of the application in its own words. */
function stepBack(
  state: 'stepped back' | 'gave way',
  line: string,
  { setUp, log }: Pick<Start, 'setUp' | 'log'>,
) {
  setUp.tell(state);
  const { isPreloaded, isLoadedByApplication } = setUp.report;
  if (isPreloaded || isLoadedByApplication) log.warn(line);
}

interface Start {
  readonly config: TracingConfig;
  readonly log: Log;
  readonly setUp: SetUp;
  readonly aside: PutAside;
}

function startSdk({ config, log, setUp, aside }: Start): Tracing {
  const { settings } = config;
  /** Says no more once another SDK has taken over, but what was lost. */
  let hasGivenWay = false;
  const say = (at: 'error' | 'warn') => (line: string) => {
    if (!hasGivenWay || at === 'error') log[at](line);
  };
  const resource = defaultResource()
    .merge(resourceFromAttributes(config.resourceDefaults))
    .merge(detectResources({ detectors: [envDetector] }));
  const outlet = createOutlet({
    resourceAttributes: definedOnly(resource.attributes),
    settings,
    otlp: config.otlp,
    env: config.env,
    report: say('error'),
    debug: log.debug,
  });
  const buffer = new TraceBuffer({ outlet, ...settings });
  const slowEvents = createSlowEventLog(say('warn'));
  const isRecorded = isRecorderEnough(config.env);
  const { sqlSpans, spanProcessors, ordinary } = preloadProcessors({
    settings,
    isRecorded,
    buffer,
    slowEvents,
    more: setUp.processors,
  });
  const recorder = isRecorded ? new Recorder({ resource, spanProcessors, ordinary }) : undefined;
  // In this order: the stock one goes around what ours have patched.
  const instrumentations: Instrumentation[] = withOwnHook(() => [
    new DatabaseErrors(),
    new PoolWaiters(),
    createPgInstrumentation(recorder ?? trace, () => sqlSpans.takeStarted()),
    ...(settings.logTraceIds ? loadLogTraceIds() : []),
    ...setUp.instrumentations(),
  ]);
  const settle = () => recorder?.settle();
  const contexts = recorder && registerRecorder(recorder, instrumentations);
  if (!recorder) registerNodeSdk({ resource, instrumentations, spanProcessors }, config.env);
  let sayUnmatched = (): void => {};
  installEnds({
    outlet,
    exitTimeoutMs: settings.exitTimeoutMs,
    report: say('error'),
    settle,
    beforeLastFlush: (sinceMs) => {
      settle();
      buffer.interruptOpenSpans(sinceMs);
      settle();
      slowEvents.close();
      sayUnmatched();
      setUp.write();
    },
  });
  onOtherSdk({
    ours: aside.giveBack(),
    theirs: aside.theirs,
    giveWay: () => {
      stepBack('gave way', OTHER_SDK_AFTER, { setUp, log });
      hasGivenWay = true;
      for (const instrumentation of instrumentations) instrumentation.disable();
      settle();
      buffer.giveUp('under way when the application registered its own SDK');
      void buffer.shutdown();
    },
    onRefused: () => {
      setUp.noteRefusedSdk();
      log.warn(OTHER_SDK_REFUSED);
    },
  });
  sayUnmatched = startMethods({
    table: settings.methods,
    setUp,
    warn: log.warn,
    debug: log.debug,
    onKnownApplication: () => {
      // Of an application that we know, all that is traced is awaited. A line can be logged anywhere.
      if (!settings.logTraceIds) contexts?.followPromisesOnly();
    },
  });
  seeImports(setUp, log);
  setUp.tell('on');
  return {
    flush: () => {
      settle();
      return buffer.forceFlush();
    },
    shutdown: () => {
      settle();
      return buffer.shutdown();
    },
  };
}

function seeImports({ report }: SetUp, log: Log): void {
  try {
    startSeeingImports();
  } catch (error) {
    const problem = `what ES modules import cannot be seen, so their methods are not traced: ${describeError(error).message}`;
    report.problems.push(problem);
    log.warn(problem);
  }
}

/** `NodeSDK` loads every exporter there is, metrics, logs and a parser of YAML, which takes longer than all the rest of a start. */
function registerNodeSdk(
  ...configuration: Parameters<typeof import('./register-node-sdk.js').registerNodeSdk>
): void {
  const require = createRequire(import.meta.url);
  const loaded = require('./register-node-sdk.js') as typeof import('./register-node-sdk.js');
  loaded.registerNodeSdk(...configuration);
}

function loadLogTraceIds(): Instrumentation[] {
  const require = createRequire(import.meta.url);
  const { logTraceIds } = require('./log-trace-ids.js') as typeof import('./log-trace-ids.js');
  return logTraceIds();
}

function definedOnly(attributes: Attributes): Record<string, AttributeValue> {
  const defined = Object.entries(attributes).filter(
    (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
  );
  return Object.fromEntries(defined);
}
