import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, expect, test } from 'vitest';
import { TracedContextManager } from '../../instrumentation/traced-context.js';
import { activeContext, withContext } from '../../src/tracing/active-context.js';

const NAME = createContextKey('name');
const named = (name: string): Context => ROOT_CONTEXT.setValue(NAME, name);
const activeName = (): unknown => activeContext().getValue(NAME);

afterEach(() => {
  context.disable();
});

test('what is active is the same to the API, and to who does not ask it', async () => {
  context.setGlobalContextManager(new TracedContextManager().enable());
  expect(activeContext()).toBe(ROOT_CONTEXT);
  const inOurs = async (): Promise<void> => {
    await null;
    expect(activeContext()).toBe(context.active());
    expect(activeName()).toBe('ours');
    context.with(named('the API'), () => expect(activeName()).toBe('the API'));
    expect(activeName()).toBe('ours');
  };
  await withContext(named('ours'), inOurs, undefined, undefined);
  const sum = withContext(named('ours'), (left: number, right: number) => left + right, 1, 2);
  expect(sum).toBe(3);
});

test('the API is asked where nothing of ours keeps the contexts, and when that has ended', () => {
  const nameIn = (of: Context, name: () => unknown): unknown => withContext(of, name, undefined, undefined);
  expect(nameIn(named('nobody keeps it'), activeName)).toBeUndefined();
  context.setGlobalContextManager(new TracedContextManager().enable());
  expect(nameIn(named('ours'), activeName)).toBe('ours');
  context.disable();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  context.with(named("the application's"), () => expect(activeName()).toBe("the application's"));
  expect(nameIn(named("the application's"), () => context.active().getValue(NAME))).toBe("the application's");
});
