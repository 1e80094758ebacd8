/** Spans that will never arrive, by reason. */
export class Losses {
  readonly #spansByReason = new Map<string, number>();

  add(spans: number, why: string): void {
    this.#spansByReason.set(why, (this.#spansByReason.get(why) ?? 0) + spans);
  }

  /** One line with all that was lost since the last one, largest first; undefined if nothing was. */
  takeLine(): string | undefined {
    const reasons = [...this.#spansByReason].sort(([, one], [, other]) => other - one);
    this.#spansByReason.clear();
    const total = reasons.reduce((sum, [, spans]) => sum + spans, 0);
    if (total === 0) return undefined;
    return `${total} spans lost: ${reasons.map(([why, spans]) => `${spans} ${why}`).join('; ')}`;
  }
}
