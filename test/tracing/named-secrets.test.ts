import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeError } from '../../src/tracing/describe-error.js';
import { withoutNamedSecrets } from '../../src/tracing/named-secrets.js';

const REQUEST = {
  url: '/price',
  headers: {
    'x-cg-demo-api-key': 'KEY"SECRET\\',
    Authorization: 'Bearer SECRET.abc-_=',
    'set-cookie': ['a=SECRET', 'b=SECRET'],
    accept: 'text/plain',
  },
  auth: { username: 'bob', password: "it's SECRET" },
  apiKey: 1234567890,
  clientSecret: 'SECRET',
  xsrfCookieName: 'XSRF-TOKEN',
  token: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831',
};

describe('a text that quotes a request', () => {
  const inJson = JSON.stringify(REQUEST);

  test.each([
    inJson,
    JSON.stringify(inJson),
    JSON.stringify(JSON.stringify(JSON.stringify({ error: inJson }))),
    JSON.stringify(REQUEST, undefined, 2),
    inspect(REQUEST),
    inspect(REQUEST, { compact: false }),
    inJson.slice(0, inJson.indexOf('SECRET\\') + 4),
  ])('has none of its secrets, and all else, %#', (text) => {
    const shown = withoutNamedSecrets(`failed: ${text}`);
    expect(shown).not.toMatch(/SECR|1234567890/);
    expect(shown).toContain('/price');
    expect(shown).toContain('x-cg-demo-api-key');
    if (text.includes('text/plain')) {
      expect(shown).toContain('text/plain');
      expect(shown).toContain('bob');
      expect(shown).toContain('XSRF-TOKEN');
      expect(shown).toContain(REQUEST.token);
    }
  });

  test('is JSON still', () => {
    const { headers, auth, url } = JSON.parse(withoutNamedSecrets(inJson)) as typeof REQUEST;
    expect(url).toBe('/price');
    expect(headers).toMatchObject({ 'x-cg-demo-api-key': '…', Authorization: '…', accept: 'text/plain' });
    expect(auth).toEqual({ username: 'bob', password: '…' });
  });

  test.each([
    [
      'GET / HTTP/1.1\r\nAuthorization: Bearer abc.def1\r\nHost: x',
      'GET / HTTP/1.1\r\nAuthorization: …\r\nHost: x',
    ],
    ['Cookie: sid=SECRET1; csrf=SECRET2\nHost: x', 'Cookie: …\nHost: x'],
    ['authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c', 'authorization: …'],
    ['x-api-key: abcdef12, accept: y', 'x-api-key: …, accept: y'],
    ['X-Auth-Token: SECRET1 of x, x-client-secret: SECRET2', 'X-Auth-Token: … of x, x-client-secret: …'],
    ['refused Bearer abcdefgh123 twice', 'refused Bearer … twice'],
    ['["Authorization","Basic abc123=","Accept","*/*"]', '["Authorization","Basic …","Accept","*/*"]'],
    ['client_secret=SECRET&refresh_token=SECRET&x=1', 'client_secret=…&refresh_token=…&x=1'],
    ['host=db password=hunter22 user=x', 'host=db password=… user=x'],
    ['password: must be; api_key=abc1234', 'password: must be; api_key=…'],
    ["host=db password='p4ssW0rd99' dbname=x", "host=db password='…' dbname=x"],
    ['Command failed: API_KEY="abc123def456" node x', 'Command failed: API_KEY="…" node x'],
    ['Incorrect API key provided: sk-proj-12345. See x', 'Incorrect API key provided: … See x'],
    ['invalid access token: abc123def', 'invalid access token: …'],
    ['Cookie: a="x"; sid=SECRET\nHost: y', 'Cookie: …\nHost: y'],
    ['Authorization=Token SECRET1', 'Authorization=…'],
    ['{"name":"x-api-key","value":"SECRET"}', '{"name":"x-api-key","value":"…"}'],
    [
      "Map(1) { 'authorization' => 'SECRET', 'accept' => 'x' }",
      "Map(1) { 'authorization' => '…', 'accept' => 'x' }",
    ],
    ["{ 'set-cookie': [ 'a=x]SECRET', 'b=SECRET' ], a: 1 }", "{ 'set-cookie': '…', a: 1 }"],
    ["{ privateKey: 'BEGIN\\n' +\n    'MIIE\\n' +\n    'END' }", "{ privateKey: '…' }"],
    ['{ privateKey: <Buffer 01 02> }', "{ privateKey: '…' }"],
    [
      '{"apiKeys":["a1","b2"],"apiToken":"c","mnemonic":"d e f"}',
      '{"apiKeys":"…","apiToken":"…","mnemonic":"…"}',
    ],
  ])('has none in headers, lists and options, %j', (text, shown) => {
    expect(withoutNamedSecrets(text)).toBe(shown);
  });

  test.each([
    'token: 0xaf88d065e77c8cC2239327C5EDb3A432268e5831 is unknown',
    '{"token":"0xaf88","tokenAddress":"0x00","key":"value"}',
    'password authentication failed for user "indexer"',
    'relation "secrets" does not exist',
    'the bearer of bad news',
    'select "id", "api_key", "name" from "users" where "password" = $1',
    'insert into "u" ("secret", "round_id") values ($1, $2)',
    'Unrecognized keys: "password", "email"',
    '{"error":"password","chainId":1,"field":"password","code":"too_small"}',
    'no secret, 5 retries left',
    'Basic Attention Token has no price',
    'Basic authentication required',
    'authorization: permission denied for table rounds',
    'Missing cookie: session expired',
    'Invalid password: 3 attempts left',
    'password => kept, secret == kept',
    'cannot read DB_PASSWORD: ENOENT: no such file',
    'could not load credentials: CredentialsProviderError: Could not load',
    'invalid jwt: ERR_JWT_EXPIRED',
    'password: P1000: Authentication failed',
    'authorization: the sender 0xabc is no manager of pool 12',
    'authorization: 0xaf88d065e77c8cC2239327C5EDb3A432268e5831 is not the owner of pool 12',
    'Authorization: 401',
    'Invalid environment variables: {"API_KEY":["Required"]}',
    'DATABASE_PASSWORD: "must be set"',
  ])('keeps what is no secret, %s', (text) => {
    expect(withoutNamedSecrets(text)).toBe(text);
  });

  test.each([
    'a',
    'a-',
    'password: ',
    'secret=',
    'password=abc123 ',
    'cookie: a, ',
    '"',
    '\\',
    '\\"',
    'api',
    'authorization:',
    '"authorization":"',
    '"password":[',
    '"credentials":[{"a":',
    "password: ' x ",
    '"jwt":\\" y ',
  ])('is gone through once, however long it is: %s', (part) => {
    const text = part.repeat(Math.ceil(400_000 / part.length));
    expect(withoutNamedSecrets(text).length).toBeLessThanOrEqual(2 * text.length);
  });

  test('is what a span says of an error, its causes and its stack', () => {
    const cause = new Error(`status 401: ${inJson}`);
    const error = new Error(`price: ${inspect(REQUEST)}`, { cause });
    const { message, stack } = describeError(error);
    expect(message).toContain('price: ');
    expect(`${message}${stack}`).not.toMatch(/SECRET/);
  });
});
