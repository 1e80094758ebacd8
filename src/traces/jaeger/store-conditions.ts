import type { SpanFilter } from '../span-filter.js';

/** What a store may be asked without its answer depending on which store it is. */
export interface StoreConditions {
  /** At most one: Cassandra cuts the list of each before it looks what they have in common. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Only beside an attribute, where Cassandra refuses it; alone, it answers from whole hours, however small the window. */
  readonly minDurationMs: number | undefined;
}

/** Keys that no store gives a meaning of its own, as they do with `error`, `span.kind` and `resource.…`. */
const PLAIN_KEY = /^[A-Za-z]\w{0,99}$/;

/** Values that all stores compare alike. Elasticsearch takes them for patterns, Cassandra leaves long ones out, and large numbers lose digits. */
const PLAIN_VALUE = /^(?!\d{10})(?!0x)[\w-]{1,200}$/i;

/** The shared attributes that tell least; any other is asked for before them. */
const BROAD_KEYS: readonly string[] = ['chainId'];

/**
 * What of a filter the store can be asked: a condition on the wanted span itself, and one that each store understands. Not a span's name
 * (it matches what follows it after `:` too), nor its status (the memory store before 2.20 takes `error=true` for its contrary).
 * Whatever is left has to be looked for in the spans that come back.
 */
export function storeConditions({ slow, attributes = {}, minDurationMs }: SpanFilter): StoreConditions {
  const usable = Object.entries(attributes).filter(
    ([key, value]) => key !== 'error' && PLAIN_KEY.test(key) && PLAIN_VALUE.test(value),
  );
  const best = usable.find(([key]) => !BROAD_KEYS.includes(key)) ?? usable[0];
  const asked = slow ? { slow: 'true' } : best === undefined ? {} : { [best[0]]: best[1] };
  const hasAttribute = Object.keys(asked).length > 0;
  return {
    attributes: asked,
    minDurationMs:
      hasAttribute && minDurationMs !== undefined && minDurationMs >= 1 ? minDurationMs : undefined,
  };
}
