import { type Attributes, context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { activeContext } from '../src/tracing/active-context.js';
import { spanOf } from '../src/tracing/step-context.js';
import { endFailed } from './end-failed.js';
import { attributesOfWait, noteUser, type PoolOfHolders } from './pool-holders.js';
import { notingWaiter, type PoolOfWaiters } from './pool-waiters.js';
import { startClientSpan } from './recorder/recorder-tracer.js';
import type { Method } from './wrap-method.js';

/** What a pool of `pg` was made with. */
interface PoolOptions {
  readonly connectionString?: string;
  readonly database?: string;
  readonly host?: string;
  readonly port?: number;
  readonly idleTimeoutMillis?: number;
  readonly max?: number;
}

/** A pool of `pg`, as far as its spans tell of it. */
export interface Pool extends PoolOfWaiters, PoolOfHolders {
  readonly options?: PoolOptions;
  readonly idleCount?: number;
}

/** Whether a connection is there for who asks now, before anything else happens. */
export function isReady({ idleCount = 0, waitingCount = 0 }: Pool): boolean {
  return idleCount > waitingCount;
}

function whereItConnects({ connectionString, database, host, port }: PoolOptions) {
  const url = connectionString && URL.canParse(connectionString) ? new URL(connectionString) : undefined;
  const portOfUrl = Number(url?.port);
  return {
    namespace: url?.pathname.slice(1) ?? database,
    address: url?.hostname ?? host,
    port: portOfUrl || (Number.isInteger(port) ? port : undefined),
  };
}

/** The attributes of the stock instrumentation. */
function readAttributes(options: PoolOptions): Attributes {
  const { namespace, address, port } = whereItConnects(options);
  const attributes: Attributes = {
    'db.postgresql.idle.timeout.millis': options.idleTimeoutMillis,
    'db.system.name': 'postgresql',
    'db.namespace': namespace,
    'server.address': address,
    'server.port': port,
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function connectInSpan(
  { span, step }: { span: Span; step: Span | undefined },
  connect: () => unknown,
): unknown {
  let result: unknown;
  try {
    result = context.with(trace.setSpan(context.active(), span), connect);
  } catch (error) {
    // A callback that is called at once, and throws, has ended it.
    if (span.isRecording()) endFailed(span, error);
    throw error;
  }
  if (!(result instanceof Promise)) return result;
  return result.then(
    (client: unknown) => {
      span.end();
      noteUser(client, step);
      return client;
    },
    (error: unknown) => {
      endFailed(span, error);
      throw error;
    },
  );
}

/**
 * Makes a span `pg-pool.connect` of each wait for a connection: for one that has to be opened, or that another one has to give back. One that
 * is there at once is no wait, and makes no span. Otherwise they are those of the stock instrumentation, which parses the pool's connection
 * string for each of them.
 */
export function poolSpans(tracer: Tracer): (original: Method) => Method {
  const attributesOf = new WeakMap<PoolOptions, Attributes>();
  const attributesOnce = (options: PoolOptions): Attributes => {
    const known = attributesOf.get(options) ?? readAttributes(options);
    attributesOf.set(options, known);
    return known;
  };
  return (original) =>
    function connect(this: unknown, callback: unknown): unknown {
      const active = activeContext();
      const step = spanOf(active);
      const isWait = !isReady(this as Pool);
      if (step === undefined && !isWait) return original.call(this, callback);
      // What is left out makes no span, and may be one of thousands.
      if (step === undefined || !isWait || isTracingSuppressed(active)) {
        // A connection that another one gives back serves this one in the other's context.
        const given = typeof callback === 'function' ? context.bind(active, callback) : callback;
        const connectPlainly = (): unknown => original.call(this, given);
        return isWait ? notingWaiter(this as Pool, connectPlainly) : connectPlainly();
      }
      const { options = {} } = this as Pool;
      const span = startClientSpan(tracer, active, {
        name: 'pg-pool.connect',
        attributes: attributesOnce(options),
      });
      span.setAttributes(attributesOfWait(this as Pool));
      const connectWith = (given: unknown) => (): unknown =>
        notingWaiter(this as Pool, () => original.call(this, given));
      if (typeof callback !== 'function') return connectInSpan({ span, step }, connectWith(callback));
      const done = context.bind(active, function (this: unknown, error: unknown, ...rest: unknown[]) {
        if (error) endFailed(span, error);
        else span.end();
        return callback.call(this, error, ...rest);
      });
      return connectInSpan({ span, step }, connectWith(done));
    };
}
