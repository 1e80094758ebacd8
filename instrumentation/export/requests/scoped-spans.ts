import { scopeAt, type WrittenSpans } from '../written-spans.js';

/** A scope, and its spans in the order they came. */
export interface ScopeGroup<Bytes> {
  readonly name: string;
  readonly version: string | undefined;
  readonly schemaUrl: string | undefined;
  readonly spans: Bytes;
}

/** Where the spans of a batch are written to: those of each scope together, the scopes in the order of their first spans. */
export class ScopedSpans<Bytes> {
  readonly #scopes: WrittenSpans['scopes'];
  readonly #borrow: () => Bytes;
  readonly #groups = new Map<string, ScopeGroup<Bytes>>();
  readonly #spansAt: (Bytes | undefined)[] = [];

  constructor(scopes: WrittenSpans['scopes'], borrow: () => Bytes) {
    this.#scopes = scopes;
    this.#borrow = borrow;
  }

  get groups(): Iterable<ScopeGroup<Bytes>> {
    return this.#groups.values();
  }

  /** For the spans of the scope at a place in `scopes`. */
  of(at: number): Bytes {
    let spans = this.#spansAt[at];
    if (!spans) {
      const { key, ...scope } = scopeAt(this.#scopes, at);
      let group = this.#groups.get(key);
      if (!group) {
        group = { ...scope, spans: this.#borrow() };
        this.#groups.set(key, group);
      }
      spans = group.spans;
      this.#spansAt[at] = spans;
    }
    return spans;
  }
}
