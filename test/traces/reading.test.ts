import { describe, expect, it } from 'vitest';
import { readHeader, readJaegerAddress } from '../../src/traces/jaeger/jaeger-address.js';
import { readSpanId, readTraceId } from '../../src/traces/span-id.js';

describe('ids', () => {
  it('are hex in lower case, with the leading zeros that an older Jaeger leaves out', () => {
    expect(readTraceId('ABC')).toBe('00000000000000000000000000000abc');
    expect(readSpanId('1e')).toBe('000000000000001e');
  });

  it('may be base64', () => {
    const hex = '00112233445566778899aabbccddeeff';
    expect(readTraceId(Buffer.from(hex, 'hex').toString('base64'))).toBe(hex);
  });

  it.each([undefined, 42, '', '0000000000000000', 'AAAAAAAAAAA=', 'no id', '0'.repeat(40)])(
    'are not %j',
    (text) => {
      expect(readSpanId(text)).toBeUndefined();
    },
  );
});

describe('the address of a Jaeger', () => {
  it.each([
    ['http://localhost:16686', 'http://localhost:16686'],
    ['http://localhost:16686/', 'http://localhost:16686'],
    ['https://example.org/jaeger//?a=b#c', 'https://example.org/jaeger'],
    ['HTTP://[::1]:16686', 'http://[::1]:16686'],
  ])('%s is asked at %s', (text, baseUrl) => {
    expect(readJaegerAddress(text)).toEqual({ baseUrl, headers: {} });
  });

  it('keeps its credentials to a header', () => {
    expect(readJaegerAddress('http://a%40b:c%3Ad@localhost')).toEqual({
      baseUrl: 'http://localhost',
      headers: { authorization: `Basic ${Buffer.from('a@b:c:d').toString('base64')}` },
    });
  });

  it.each(['localhost:16686', 'ftp://localhost', 'http://'])('is not %s', (text) => {
    expect(readJaegerAddress(text)).toBeUndefined();
  });
});

describe('a header', () => {
  it.each([
    ['Authorization: Bearer abc', { name: 'authorization', value: 'Bearer abc' }],
    ['x-scope-orgid:grants', { name: 'x-scope-orgid', value: 'grants' }],
    ['  cookie: a=b; c=d:e  ', { name: 'cookie', value: 'a=b; c=d:e' }],
  ])('is %s', (text, header) => {
    expect(readHeader(text)).toEqual(header);
  });

  it.each(['', 'name', ': value', 'name:', 'na me: value', 'name: va\nlue', 'name: ‘value’'])(
    'is not %j',
    (text) => {
      expect(readHeader(text)).toBeUndefined();
    },
  );
});
