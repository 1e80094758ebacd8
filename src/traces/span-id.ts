const HEX = /^[0-9a-f]+$/;
const ZEROS = /^0*$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

function fromBase64(text: string, byteCount: number): string | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === byteCount ? bytes.toString('hex') : undefined;
}

/**
 * An id as `byteCount * 2` lower-case hex digits: leading zeros that were lost are restored, base64 is turned into hex. Undefined for
 * anything else, and for the id of zeros, which means "none".
 */
function readId(text: unknown, byteCount: number): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const lower = text.toLowerCase();
  const hex =
    lower.length <= byteCount * 2 && HEX.test(lower)
      ? lower.padStart(byteCount * 2, '0')
      : fromBase64(text, byteCount);
  return hex === undefined || ZEROS.test(hex) ? undefined : hex;
}

/** A trace id as 32 hex digits, from hex (also short of its leading zeros) or base64; undefined where it is none. */
export function readTraceId(text: unknown): string | undefined {
  return readId(text, 16);
}

/** A span id as 16 hex digits, from hex (also short of its leading zeros) or base64; undefined where it is none. */
export function readSpanId(text: unknown): string | undefined {
  return readId(text, 8);
}
