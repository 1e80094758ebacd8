/** Numbers that look random and are the same in every run. */
export function createRandom(seed: number) {
  let state = seed || 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share: number): boolean => next() < share,
    oneOf: <T>(values: readonly T[]): T => values[below(values.length)] as T,
    hex: (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
  };
}

export type Random = ReturnType<typeof createRandom>;

const TEXTS = [
  '',
  'slow',
  'é',
  '\u2028',
  '"quoted"',
  'back\\slash',
  'line\nfeed',
  '日本',
  '\ud83d\ude00',
  '27',
  'a'.repeat(300),
];
const NAMES = ['slow', 'eventName', 'chainId', 'roundId', 'a"b', 'é', '__proto', 'traceId', ''];

function textOf(text: string, { below, chance }: Random): string {
  const json = JSON.stringify(text);
  if (!chance(0.1) || text === '') return json;
  const at = below(text.length);
  return `"${[...text.split('')].map((unit, index) => (index === at ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : JSON.stringify(unit).slice(1, -1))).join('')}"`;
}

/** JSON of a value, with members in any order, white space anywhere, and escapes where none is needed. */
export function writeJson(value: unknown, random: Random): string {
  const { below, chance, oneOf } = random;
  const space = (): string => (chance(0.03) ? oneOf([' ', '\t', '  ', '\r']) : '');
  if (typeof value === 'string') return textOf(value, random);
  if (Array.isArray(value)) {
    return `[${space()}${value.map((each) => writeJson(each, random) + space()).join(`,${space()}`)}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    if (chance(0.2)) members.sort(() => below(3) - 1);
    if (chance(0.01) && members.length > 0) members.push(oneOf(members));
    const texts = members.map(
      ([key, each]) => `${textOf(key, random)}${space()}:${space()}${writeJson(each, random)}${space()}`,
    );
    return `{${space()}${texts.join(`,${space()}`)}}`;
  }
  return JSON.stringify(value);
}

function anyValue(random: Random): unknown {
  const { below, oneOf } = random;
  return oneOf<() => unknown>([
    () => ({ stringValue: oneOf(TEXTS) }),
    () => ({ intValue: below(1e6) }),
    () => ({ intValue: String(below(1e6)) }),
    () => ({ intValue: oneOf(['9223372036854775807', '-5', '-0', '', 'x', 1.5, -7, 1e20]) }),
    () => ({ boolValue: random.chance(0.5) }),
    () => ({ doubleValue: oneOf([0.1, -2, 1e-9, 'NaN', '-Infinity', '']) }),
    () => ({ arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}] } }),
    () => ({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }),
    () => ({ bytesValue: 'AAEC' }),
    () => oneOf([{}, null, [], 'text', { stringValue: 5 }, { stringValue: 'a', intValue: 5 }]),
  ])();
}

function attributes(random: Random): unknown {
  const { below, chance, oneOf } = random;
  if (chance(0.02)) return oneOf([null, {}, 'none']);
  return Array.from({ length: below(5) }, () =>
    chance(0.02)
      ? oneOf([null, 5, {}, { key: 5, value: {} }, { key: 'chainId' }])
      : { key: oneOf(NAMES), value: anyValue(random) },
  );
}

function id(digits: number, { chance, hex, oneOf }: Random): unknown {
  if (chance(0.9)) return hex(digits);
  const base64 = Buffer.from(hex(digits), 'hex').toString('base64');
  return oneOf([
    base64,
    hex(digits).toUpperCase(),
    hex(digits - 3),
    '0'.repeat(digits),
    '',
    null,
    5,
    'x'.repeat(digits),
  ]);
}

function time({ below, chance, oneOf }: Random): unknown {
  const nanos = `17${String(below(1e8)).padStart(8, '0')}${String(below(1e9)).padStart(9, '0')}`;
  return chance(0.9)
    ? nanos
    : oneOf([Number(nanos), '0', '999', '1000000000', 'noon', null, -1, '99999999999999999999', '']);
}

function span(random: Random): unknown {
  const { chance, oneOf } = random;
  if (chance(0.02)) return oneOf([null, 5, 'span', []]);
  const start = time(random);
  return {
    traceId: id(32, random),
    spanId: id(16, random),
    parentSpanId: chance(0.5) ? id(16, random) : undefined,
    name: chance(0.97) ? oneOf(TEXTS) : oneOf([undefined, 5, null]),
    kind: chance(0.9) ? random.below(6) : oneOf(['SPAN_KIND_CONSUMER', 7, 10, null, 1.5, undefined]),
    startTimeUnixNano: start,
    endTimeUnixNano:
      typeof start === 'string' && start.length === 19
        ? String(BigInt(start) + BigInt(random.below(1e12)))
        : time(random),
    attributes: attributes(random),
    events: chance(0.1)
      ? [{ name: 'exception', timeUnixNano: '1700000000123456789', attributes: attributes(random) }]
      : [],
    status: oneOf([
      {},
      { code: 0 },
      { code: 2, message: 'bad' },
      { code: 'STATUS_CODE_OK' },
      null,
      { message: 'x' },
      undefined,
    ]),
    links: [{ traceId: random.hex(32) }],
  };
}

/** A batch as some exporter may write it, and as none should. */
export function randomBatch(random: Random): unknown {
  const { below, chance, oneOf } = random;
  const resourceSpans = Array.from({ length: 1 + below(2) }, () => ({
    resource: chance(0.9)
      ? { attributes: [{ key: 'service.name', value: { stringValue: oneOf(TEXTS) } }] }
      : undefined,
    [chance(0.95) ? 'scopeSpans' : 'instrumentationLibrarySpans']: Array.from(
      { length: 1 + below(2) },
      () => ({
        scope: { name: 'test' },
        spans: chance(0.98) ? Array.from({ length: below(5) }, () => span(random)) : null,
      }),
    ),
    schemaUrl: 'https://example.org',
  }));
  return chance(0.9) ? { resourceSpans } : { result: { resourceSpans } };
}
