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
    [`https://rpc.ankr.com/eth/b${HEX}${HEX.slice(1)}`, 'https://rpc.ankr.com/eth/…'],
    ['https://eth.blastapi.io/87654321-12ab-4cd3-9ef0-123456789abc/x', 'https://eth.blastapi.io/…/x'],
    ['https://api:8443/v1?email=bob@x.org&apikey=hunter2', 'https://api:8443/v1?…'],
    ['https://u:p@h/x?mail=a@b.c&key=hunter2', 'https://…@h/x?…'],
    ['https://h/x?time=12:30&mail=a@b.c&key=hunter2', 'https://h/x?…'],
    ["{'url':'https://h/x?key=1','status':429}", "{'url':'https://h/x?…','status':429}"],
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
    ['https://a/web/https://u:p@h/', 'https://a/web/https://…@h/'],
    [
      "{'f':'file:///srv/a.js','u':'postgres://u:p@h/db'}",
      "{'f':'file:///srv/a.js','u':'postgres://…@h/db'}",
    ],
  ])('has none, whatever stands before them, %j', (text, shown) => {
    expect(withoutUrlSecrets(text)).toBe(shown);
  });

  test.each([
    'https://ipfs.io/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8',
    'https://b/2024-10-04-some-blog-post-title',
    'https://x/12345678901234567890123',
    'https://h/a@b/c#part',
    'at f (http://localhost:5173/@fs/srv/app/main.ts:3:4)',
    'connect ECONNREFUSED http://[::1]:8545/,support@x.org',
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
