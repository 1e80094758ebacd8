const MOST_TRACES = 5000;

/** The traces that found no room, so that what follows of them is not taken either: a trace is not to have holes. The last 5000 of them. */
export class LostTraces {
  readonly #traceIds = new Set<string>();

  add(traceId: string): void {
    const [oldest] = this.#traceIds;
    if (this.#traceIds.size >= MOST_TRACES && oldest !== undefined) this.#traceIds.delete(oldest);
    this.#traceIds.add(traceId);
  }

  has(traceId: string): boolean {
    return this.#traceIds.has(traceId);
  }
}
