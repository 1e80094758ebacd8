import { diag } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { closestMethodTo } from './closest.js';
import { kindOf } from './expect-function.js';
import { isGenerator } from './is-generator.js';
import { runStep } from './run-step.js';

type Method = (...args: never) => unknown;

/** How one method is traced. */
export interface MethodTrace<M extends Method> {
  /** The name of its spans: low in cardinality, one line. The method's own name unless given. */
  readonly name?: string;
  /** What the span says of a call, from its arguments. */
  readonly attributes?: (...args: Parameters<M>) => TraceAttributes;
  /** What the span says of a result: the totals that a statement returned, say. Not called for a failure. */
  readonly resultAttributes?: (result: Awaited<ReturnType<M>>) => TraceAttributes;
}

/** Whether a method has done nothing yet when it returns, as far as its type tells: `any` and `never` may be anything. */
type IsGenerator<M> = M extends (...args: never) => infer R
  ? unknown extends R
    ? false
    : [R] extends [never]
      ? false
      : R extends Generator | AsyncGenerator
        ? true
        : false
  : false;

/** Methods of a class by their names: the name of their spans, or more of it. */
export type TracedMethods<T> = {
  readonly [K in keyof T as IsGenerator<T[K]> extends true
    ? never
    : T[K] extends Method
      ? K
      : never]?: T[K] extends Method ? string | MethodTrace<T[K]> : never;
};

// biome-ignore lint/complexity/noBannedTypes: any class, with a private constructor too
type AnyClass<T extends object> = Function & { readonly prototype: T };

/** A method that is called through whatever it was traced as. */
type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** The methods that were put in place here, and what each of them calls. */
const originals = new WeakMap<object, Callable>();

/**
 * Makes every call of some methods of a class of your own a step (see `traceStep`), for all its instances, those that exist included:
 * `traceMethods(Donations, { insert: 'InsertDonation' })`. Arguments, `this`, results and errors are passed on as they are. An `attributes` that
 * throws costs a debug line, and nothing else.
 *
 * @returns the class itself, so that it can stand where the class is exported.
 * @throws TypeError where `of` is no class, where a name is not that of a method: not there, a static one, a function kept in a field, an accessor,
 * a generator (trace what it does inside instead), or traced already; and where it is not told how as the types have it. Nothing is traced then.
 */
export function traceMethods<C extends AnyClass<object>>(of: C, methods: TracedMethods<C['prototype']>): C {
  const prototype: unknown = typeof of === 'function' ? of.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null)
    throw new TypeError(
      `traceMethods: expected a class, found ${kindOf(of)}; of an instance, give its class`,
    );
  if (typeof methods !== 'object' || methods === null || Array.isArray(methods))
    throw new TypeError(
      `traceMethods: expected the names of methods, each with how it is traced, as in { insert: 'InsertDonation' }, found ${Array.isArray(methods) ? 'a list' : kindOf(methods)}`,
    );
  const traced = Object.entries(methods as Record<string, string | MethodTrace<Callable>>).map(
    ([key, how]) => {
      const original = methodOf(of, key);
      return { key, original, method: tracedMethod(original, readTrace(how, key), key) };
    },
  );
  for (const { key, original, method } of traced) {
    originals.set(method, original);
    Object.defineProperty(prototype, key, { value: method, writable: true, configurable: true });
  }
  return of;
}

const HOW: Readonly<Record<keyof MethodTrace<Callable>, string>> = {
  name: 'string',
  attributes: 'function',
  resultAttributes: 'function',
};

/** How a method is traced, which may come from where there are no types. */
function readTrace(how: unknown, key: string): MethodTrace<Callable> {
  const refuse = (found: string): never => {
    throw new TypeError(
      `traceMethods: expected ${key} to be given the name of its spans or { name, attributes, resultAttributes }, found ${found}`,
    );
  };
  const given: unknown = typeof how === 'string' ? { name: how } : how;
  if (typeof given !== 'object' || given === null) return refuse(kindOf(given));
  for (const [part, value] of Object.entries(given)) {
    if (!Object.hasOwn(HOW, part)) return refuse(`a ${JSON.stringify(part)} in it`);
    if (value === undefined) continue;
    if (typeof value !== HOW[part as keyof typeof HOW]) return refuse(`${part}: ${typeof value}`);
    if (value === '') return refuse('an empty name');
  }
  return given;
}

function descriptorOf(prototype: object, key: string): PropertyDescriptor | undefined {
  for (let of: object | null = prototype; of && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    const descriptor = Object.getOwnPropertyDescriptor(of, key);
    if (descriptor) return descriptor;
  }
  return undefined;
}

function insteadOfNone(prototype: object, key: string): string {
  if (key === 'constructor') return 'none that can be traced: it makes the instances';
  if (key.startsWith('#')) return 'none that can be seen from outside; use traceStep inside it';
  const meant = closestMethodTo(key, prototype);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return `none${hint}; a function kept in a field is made by each instance: use traceStep inside it`;
}

/** What is called when the method is, without the span that a base class gave it. */
function methodOf(of: AnyClass<object>, key: string): Callable {
  const refuse = (found: string): never => {
    throw new TypeError(
      `traceMethods: expected ${key} to be a method of ${of.name || 'the class'}, found ${found}`,
    );
  };
  const isStatic =
    Object.hasOwn(of, key) && typeof (of as unknown as Record<string, unknown>)[key] === 'function';
  const descriptor = key === 'constructor' ? undefined : descriptorOf(of.prototype, key);
  if (!descriptor && isStatic) return refuse('a static one; use traceStep inside it');
  if (!descriptor) return refuse(insteadOfNone(of.prototype, key));
  const method: unknown = descriptor.value;
  if (typeof method !== 'function') return refuse('an accessor or a value; use traceStep inside it');
  if (isGenerator(method))
    return refuse('a generator, which has done nothing yet when it returns; use traceStep inside it');
  const original = originals.get(method);
  if (original && Object.hasOwn(of.prototype, key)) return refuse('one that is traced already; name it once');
  return original ?? (method as Callable);
}

function tracedMethod(original: Callable, how: MethodTrace<Callable>, key: string): Callable {
  const { name = key, attributes, resultAttributes } = how;
  const describe = <A extends unknown[]>(by: ((...args: A) => TraceAttributes) | undefined, args: A) => {
    try {
      return by?.(...args);
    } catch (error) {
      diag.debug(`the attributes of ${name} are left out: ${String((error as Error)?.message)}`);
      return undefined;
    }
  };
  const traced: Callable = function (this: unknown, ...args) {
    return runStep({
      name,
      attributes: describe(attributes, args as never),
      run: () => Reflect.apply(original, this, args),
      look: (result, span) => {
        const known = describe(resultAttributes, [result] as never);
        if (known && span.isRecording()) span.setAttributes(toSpanAttributes(known));
      },
    });
  };
  // What decorators noted of it is found by going up from the one in its place.
  Object.setPrototypeOf(traced, original);
  return Object.defineProperties(traced, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
}
