/** Spans that will never arrive, by reason. */
export class Losses {
  readonly #spansByReason = new Map<string, number>();
  #inFile = 0;

  /** `inFile`: how many of them the trace file has. */
  add(spans: number, why: string, inFile = 0): void {
    this.#spansByReason.set(why, (this.#spansByReason.get(why) ?? 0) + spans);
    this.#inFile += inFile;
  }

  /** One line with all that was lost since the last one, largest first; undefined if nothing was. */
  takeLine(): string | undefined {
    const reasons = [...this.#spansByReason].sort(([, one], [, other]) => other - one);
    const inFile = this.#inFile;
    this.#spansByReason.clear();
    this.#inFile = 0;
    const total = reasons.reduce((sum, [, spans]) => sum + spans, 0);
    if (total === 0) return undefined;
    const whys = reasons.map(([why, spans]) => `${spans} ${why}`);
    if (inFile > 0) whys.push(`${inFile === total ? 'all' : inFile} of them are in the trace file`);
    return `${total} spans lost: ${whys.join('; ')}`;
  }
}
