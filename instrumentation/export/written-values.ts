/** Goes through values that a `SpanWriter` wrote, from the first to the last; their types are those of the writing side. */
export class WrittenValues {
  /** The place of the next one. */
  at = 0;
  readonly #values: readonly unknown[];
  #traceId = '';

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#values.length;
  }

  next<T>(): T {
    return this.#values[this.at++] as T;
  }

  /** It is written only where it is not that of the span before. */
  nextTraceId(): string {
    const traceId = this.next<string | 0>();
    if (traceId !== 0) this.#traceId = traceId;
    return this.#traceId;
  }
}
