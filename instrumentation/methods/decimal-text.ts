const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;

interface Decimal {
  readonly units: bigint;
  /** Digits behind the point. */
  readonly places: number;
}

function read(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const places = fraction.length - Number(exponent);
  const units = BigInt(`${sign}${whole}${fraction}`);
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places };
}

function write({ units, places }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  const text =
    fraction === '' || places === 0
      ? digits.slice(0, digits.length - places)
      : `${digits.slice(0, -places)}.${fraction}`;
  return units < 0n ? `-${text}` : text;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A text or bigint that is a number as plain digits, without an exponent; undefined for anything else. */
export function decimalText(value: unknown): string | undefined {
  const text = toText(value);
  if (text === undefined || /^-?\d+(\.\d+)?$/.test(text)) return text;
  const decimal = read(text);
  return decimal && write(decimal);
}

/** The exact sum of texts that are numbers; undefined where one of them is not. */
export function sumOfDecimals(values: readonly unknown[]): string | undefined {
  let sum: Decimal = { units: 0n, places: 0 };
  for (const value of values) {
    const text = toText(value);
    const decimal = text === undefined ? undefined : read(text);
    if (!decimal) return undefined;
    const places = Math.max(sum.places, decimal.places);
    const scaled = ({ units, places: own }: Decimal): bigint => units * 10n ** BigInt(places - own);
    sum = { units: scaled(sum) + scaled(decimal), places };
  }
  return write(sum);
}
