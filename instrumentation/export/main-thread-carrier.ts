import type { Carrier, CarrierEvents } from './carrier.js';
import type { Courier } from './courier.js';
import type { ExportWay } from './export-way.js';
import type { PackedBatch } from './packed-batch.js';

/**
 * Exports from the main thread, for where there can be no worker. It cannot work while the event loop stands still: `flushSync` does
 * nothing, so the natural end has to be waited for in `beforeExit`, and what is left at `process.exit` is lost.
 */
export function createMainThreadCarrier(way: ExportWay, events: CarrierEvents): Carrier {
  const batches: PackedBatch[] = [];
  let courier: Courier | undefined;
  let closed = false;
  const ready = import('./export-way.js')
    .then(({ createCourier }) => createCourier(way, events.onNews))
    .then((created) => {
      courier = created;
      if (!closed) for (const batch of batches.splice(0)) courier.take(batch);
    })
    .catch((error: Error) => events.onEnd(error.message));
  return {
    carry: (batch) => {
      if (courier) courier.take(batch);
      else batches.push(batch);
    },
    flush: async (flush) => {
      await ready;
      await courier?.flush(flush);
    },
    flushSync: () => false,
    close: async () => {
      closed = true;
    },
  };
}
