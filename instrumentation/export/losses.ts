/** A collector can have another word for every request: so many reasons are told apart at a time, those that cost the most, and so many are in the line. */
const MOST_KEPT = 100;
const MOST_TOLD = 5;
const LONGEST_REASON = 250;
const OTHERS = 'for other reasons';

function shortened(why: string): string {
  return why.length > LONGEST_REASON ? `${why.slice(0, LONGEST_REASON - 1)}…` : why;
}

/** Spans that will never arrive, by reason. */
export class Losses {
  readonly #spansByReason = new Map<string, number>();
  #forOthers = 0;
  #inFile = 0;

  /** `inFile`: how many of them the trace file has. */
  add(spans: number, why: string, inFile = 0): void {
    const reason = shortened(why);
    const before = this.#spansByReason.get(reason);
    if (before === undefined && this.#spansByReason.size >= MOST_KEPT) this.#forgetSmallest();
    this.#spansByReason.set(reason, (before ?? 0) + spans);
    this.#inFile += inFile;
  }

  /** Its spans count for other reasons. */
  #forgetSmallest(): void {
    let [smallest] = this.#spansByReason;
    for (const one of this.#spansByReason) if (!smallest || one[1] < smallest[1]) smallest = one;
    if (!smallest) return;
    this.#spansByReason.delete(smallest[0]);
    this.#forOthers += smallest[1];
  }

  /** One line with all that was lost since the last one, the reasons for the most first; undefined if nothing was. */
  takeLine(): string | undefined {
    const reasons = [...this.#spansByReason].sort(([, one], [, other]) => other - one);
    const total = sumOf(reasons) + this.#forOthers;
    const others = sumOf(reasons.slice(MOST_TOLD)) + this.#forOthers;
    const inFile = this.#inFile;
    this.#spansByReason.clear();
    this.#forOthers = 0;
    this.#inFile = 0;
    if (total === 0) return undefined;
    const whys = reasons.slice(0, MOST_TOLD).map(([why, spans]) => `${spans} ${why}`);
    if (others > 0) whys.push(`${others} ${OTHERS}`);
    if (inFile > 0) whys.push(`${inFile === total ? 'all' : inFile} of them are in the trace file`);
    return `${total} spans lost: ${whys.join('; ')}`;
  }
}

function sumOf(reasons: readonly (readonly [why: string, spans: number])[]): number {
  return reasons.reduce((sum, [, spans]) => sum + spans, 0);
}
