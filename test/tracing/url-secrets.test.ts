import { describe, expect, test } from 'vitest';
import { withoutUrlSecrets } from '../../src/tracing/url-secrets.js';

const HEX = '0123456789abcdef0123456789abcdef';
const MIXED = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7_-xY0';

describe('a text that quotes URLs', () => {
  test.each([
    [`no answer of https://mainnet.infura.io/v3/${HEX}.`, 'no answer of https://mainnet.infura.io/v3/….'],
    [`(https://a/v2/${MIXED}) [https://a/v2/${MIXED}]`, '(https://a/v2/…) [https://a/v2/…]'],
    [`https://a/${MIXED}: 429, https://b/${HEX}; given up`, 'https://a/…: 429, https://b/…; given up'],
    [`"URL: https://a/v2/${MIXED}\\nRequest body"`, '"URL: https://a/v2/…\\nRequest body"'],
    [`{\\"url\\":\\"https://a/${MIXED}\\"}`, '{\\"url\\":\\"https://a/…\\"}'],
    [`https://a/${MIXED}== https://a/x;key=${HEX}`, 'https://a/… https://a/x;key=…'],
    ['https://t/bot123:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/send', 'https://t/bot123:…/send'],
    [`wss://node/ws?${HEX} https://h/#access_token=${HEX})`, 'wss://node/ws?… https://h/#…)'],
  ])('has no keys and queries of theirs, %s', (text, shown) => {
    expect(withoutUrlSecrets(text)).toBe(shown);
  });

  test.each(['pw', 'p%40w', 'p/w', 'p#w', 'p?w', "p'w", 'p<w', 'p@w'])(
    'has no password of theirs, %s',
    (password) => {
      expect(withoutUrlSecrets(`no postgres://indexer:${password}@db:5432/grants here`)).toBe(
        'no postgres://…@db:5432/grants here',
      );
    },
  );

  test.each([
    ['\u001b[31mhttps://u:p@h', '\u001b[31mhttps://…@h'],
    ['DATABASE_URL_postgres://u:p@h/db', 'DATABASE_URL_postgres://…@h/db'],
    ['https:\\/\\/u:p@h\\/x', 'https:\\/\\/…@h\\/x'],
    ['https://a/web/https://u:p@h/', 'https://…@h/'],
  ])('has none, whatever stands before them, %j', (text, shown) => {
    expect(withoutUrlSecrets(text)).toBe(shown);
  });

  test.each([
    'https://ipfs.io/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8',
    'https://b/2024-10-04-some-blog-post-title',
    'https://x/12345678901234567890123',
    'https://h/a@b/c#part',
    'file:///srv/releases/20241004120000-abcdef1/dist/main.js:3:4',
    `no URL: u:p@h ${MIXED}`,
  ])('keeps what is no secret, %s', (text) => {
    expect(withoutUrlSecrets(text)).toBe(text);
  });

  // In proportion to the square of its length it would take minutes.
  test.each(['a-', '#', '.', '@', 'a1-', '://', 'A1'])(
    'is done with before the time of a test is over, of many %s',
    (piece) => {
      const text = `x ://h/${piece.repeat(640_000)} https://h/${piece.repeat(640_000)}! https://u:p@h`;
      expect(withoutUrlSecrets(text)).toMatch(/ https:\/\/…@h$/);
    },
  );
});
