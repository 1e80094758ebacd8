const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LIST_END = 0x5d;

/** How much of a text is looked at for the begin of its list. */
const HEAD_BYTES = 200;

/** JSON whose list is read one object at a time. */
export interface JsonList {
  /** The text of each object. */
  elements(): Generator<string>;
  /** What is around the list, as JSON with the list empty; undefined where the text ends before its end. Known after the last element. */
  envelope(): string | undefined;
}

function afterString(json: Buffer, from: number): number {
  let at = from + 1;
  for (; at < json.length && json[at] !== QUOTE; at++) {
    if (json[at] === BACKSLASH) at++;
  }
  return at + 1;
}

/** Where the object that begins here ends, or past the text. */
function afterObject(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = afterString(json, at) - 1;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return json.length + 1;
}

/**
 * Finds the list that begins as `start` says, which has to match from the begin of the text to behind the bracket. Undefined where there is
 * none. Objects are told apart by their braces only; whether each is JSON shows when it is parsed.
 */
export function findJsonList(json: Buffer, start: RegExp): JsonList | undefined {
  const head = start.exec(json.toString('latin1', 0, HEAD_BYTES))?.[0];
  if (head === undefined) return undefined;
  let at = head.length;
  return {
    *elements() {
      while (at < json.length && json[at] !== LIST_END) {
        if (json[at] !== OPEN) {
          at++;
          continue;
        }
        const end = afterObject(json, at);
        if (end > json.length) {
          at = json.length;
          return;
        }
        yield json.toString('utf8', at, end);
        at = end;
      }
    },
    envelope: () => (at < json.length ? head + json.toString('utf8', at) : undefined),
  };
}
