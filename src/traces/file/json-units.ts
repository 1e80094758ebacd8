/** What is taken out of JSON that is too long to be held: values at these places, each given by itself. */
export type UnitKind = 'resource' | 'span' | 'jaegerTrace';

export interface JsonUnitsOptions {
  /** A value that was met. The bytes are valid until it returns. */
  readonly onUnit: (kind: UnitKind, bytes: Uint8Array) => void;
  /** The end of an element of `resourceSpans`. */
  readonly onResourceEnd: () => void;
  /** A value that is longer than this is passed over. */
  readonly maxUnitBytes: number;
  readonly onTooLong: (kind: UnitKind) => void;
}

const UNIT_PLACES: readonly (readonly [UnitKind, RegExp])[] = [
  ['resource', /^(\.\*|\.result)?\.resourceSpans\.\*\.resource$/],
  ['span', /^(\.\*|\.result)?\.resourceSpans\.\*\.(scopeSpans|instrumentationLibrarySpans)\.\*\.spans\.\*$/],
  ['jaegerTrace', /^\.data\.\*$/],
];
const TRACES_PLACE = /^(\.\*|\.result)?\.resourceSpans$|^\.data$/;
const RESOURCE_END = /^(\.\*|\.result)?\.resourceSpans\.\*$/;
/** Nothing that is looked for lies deeper. */
const MAX_DEPTH = 100_000;
const MAX_KEY_BYTES = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

/** Bytes of numbers and of `true`, `false`, `null`. */
function isLiteral(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x2b && byte <= 0x39) || byte === 0x45;
}

interface Container {
  readonly isObject: boolean;
  readonly place: string;
}

/** Takes the spans out of JSON that comes piece by piece, one value after the other, over as many lines as it likes. */
export class JsonUnits {
  /** Lines that have begun, less one. */
  newlines = 0;
  /** Whether there was something that holds traces. */
  sawTraces = false;
  /** Set where it is no JSON; from there on nothing is read. */
  failed = false;
  readonly #options: JsonUnitsOptions;
  readonly #containers: Container[] = [];
  #key = '';
  #keyBytes: number[] = [];
  #expectsKey = false;
  #inString = false;
  #isEscaped = false;
  #unit: UnitKind | undefined;
  #unitDepth = 0;
  #held: Buffer = Buffer.alloc(0);
  #heldTo = 0;

  constructor(options: JsonUnitsOptions) {
    this.#options = options;
  }

  /** Whether something has begun that has not ended. */
  get isOpen(): boolean {
    return this.#containers.length > 0 || this.#unit !== undefined || this.#inString;
  }

  /** Whether it is within a list, and in none of its elements. */
  get isBetweenElements(): boolean {
    const [outer] = this.#containers;
    const isWithin = this.#containers.length > 1 || this.#unit !== undefined || this.#inString;
    return !isWithin && outer?.isObject === false;
  }

  /** Whether a document may begin here: by itself, in a list of several, or as the `result` of an answer. */
  get mayBeginDocument(): boolean {
    if (this.failed || this.#unit !== undefined || this.#inString || this.#containers.length > 1)
      return false;
    const [outer] = this.#containers;
    return outer === undefined || !outer.isObject || this.#key === 'result';
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.failed) {
      if (this.#unit !== undefined) at = this.#takeUnit(bytes, at);
      else {
        this.#step(bytes[at] as number);
        // The byte that begins a unit is its own.
        if (this.#unit !== undefined) this.#hold(bytes, at, at + 1);
        at++;
      }
    }
  }

  /** Passes bytes of a unit, up to its end or theirs. */
  #takeUnit(bytes: Uint8Array, from: number): number {
    let at = from;
    let depth = this.#unitDepth;
    let inString = this.#inString;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at++;
    }
    while (at < bytes.length && depth > 0) {
      const byte = bytes[at++] as number;
      if (inString) {
        // What is escaped may stand in the next piece.
        if (byte === BACKSLASH && at++ === bytes.length) this.#isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) depth--;
      else if (byte === NEWLINE) this.newlines++;
    }
    at = Math.min(at, bytes.length);
    this.#unitDepth = depth;
    this.#inString = inString;
    this.#hold(bytes, from, at);
    if (depth === 0) this.#endUnit();
    return at;
  }

  #endUnit(): void {
    const kind = this.#unit as UnitKind;
    this.#unit = undefined;
    if (this.#heldTo > this.#options.maxUnitBytes) this.#options.onTooLong(kind);
    else this.#options.onUnit(kind, this.#held.subarray(0, this.#heldTo));
    this.#heldTo = 0;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const heldTo = this.#heldTo + to - from;
    if (heldTo <= this.#options.maxUnitBytes) {
      if (heldTo >= this.#held.length) {
        const larger = Buffer.allocUnsafe(Math.max(64 * 1024, heldTo * 2 + 1));
        this.#held.copy(larger, 0, 0, this.#heldTo);
        this.#held = larger;
      }
      this.#held.set(bytes.subarray(from, to), this.#heldTo);
    }
    this.#heldTo = heldTo;
  }

  #step(byte: number): void {
    if (this.#inString) this.#inText(byte);
    else if (isSpace(byte)) {
      if (byte === NEWLINE) this.newlines++;
    } else if (byte === QUOTE) {
      this.#inString = true;
      this.#keyBytes = [];
    } else if (byte === 0x7b || byte === 0x5b) this.#open(byte === 0x7b);
    else if (byte === 0x7d || byte === 0x5d) this.#close(byte === 0x7d);
    else if (byte === 0x2c) this.#expectsKey = this.#containers.at(-1)?.isObject === true;
    else if (byte === 0x3a) this.#expectsKey = false;
    else if (!isLiteral(byte) || this.#containers.length === 0) this.failed = true;
  }

  #inText(byte: number): void {
    if (byte < 0x20 || this.#containers.length === 0) this.failed = true;
    else if (byte === QUOTE && !this.#isEscaped) {
      this.#inString = false;
      if (this.#expectsKey) this.#endKey();
      return;
    }
    this.#isEscaped = byte === BACKSLASH && !this.#isEscaped;
    if (this.#expectsKey && this.#keyBytes.length < MAX_KEY_BYTES) this.#keyBytes.push(byte);
  }

  #endKey(): void {
    try {
      this.#key = JSON.parse(`"${Buffer.from(this.#keyBytes).toString()}"`) as string;
    } catch {
      this.#key = '';
    }
  }

  #open(isObject: boolean): void {
    const parent = this.#containers.at(-1);
    const place =
      parent === undefined ? '' : `${parent.place}.${parent.isObject ? this.#key : '*'}`.slice(0, 200);
    if (TRACES_PLACE.test(place)) this.sawTraces = true;
    const unit = UNIT_PLACES.find(([, places]) => isObject && places.test(place));
    if (unit !== undefined) {
      this.#unit = unit[0];
      this.#unitDepth = 1;
      return;
    }
    if (this.#containers.length >= MAX_DEPTH) this.failed = true;
    this.#containers.push({ isObject, place });
    this.#expectsKey = isObject;
  }

  #close(isObject: boolean): void {
    const container = this.#containers.pop();
    // The end of a list of which each line is read by itself.
    if (container === undefined && !isObject && this.sawTraces) return;
    if (container?.isObject !== isObject) this.failed = true;
    else if (RESOURCE_END.test(container.place)) this.#options.onResourceEnd();
    this.#expectsKey = false;
  }
}
