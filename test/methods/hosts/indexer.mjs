// A small indexer of classes, each made hard to trace in another way. Usage: indexer.mjs, with handler.mjs and fetch.cjs beside it.
import { createRequire } from 'node:module';
import { Handler, readAmount, Sealed } from './handler.mjs';

const { Source, describe } = createRequire(import.meta.url)('./fetch.cjs');

class OfHost extends Handler {}

const source = new Source();
for (;;) {
  const events = source.take();
  if (events.length === 0) break;
  for (const event of events) {
    const handler = new OfHost(event.round, readAmount);
    try {
      const answer = await handler.handle(event);
      console.log(describe(answer), handler instanceof Handler, handler.store.name, handler.store.length);
    } catch (error) {
      console.log(String(error));
    }
  }
}
console.log(readAmount.name, readAmount.length, Handler.name, Handler.length, new Sealed().open());
