import { isObject } from '../json-value.js';
import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';
import { jsonOf, request } from './jaeger-request.js';

/** Names of services are few. */
const MAX_BYTES = 10_000_000;

/** Where either dialect lists its services, and the field that has them. */
const ROUTES = [
  { path: '/api/v3/services', field: 'services' },
  { path: '/api/services', field: 'data' },
] as const;

export interface JaegerServicesOptions {
  readonly address: JaegerAddress;
  /** Longest wait for one answer, in ms. */
  readonly timeoutMs: number;
}

/**
 * The services that a Jaeger has traces of, whichever dialect it speaks; also the shortest way to find out whether it answers.
 * @throws SourceError where the server cannot be reached, or is no Jaeger.
 */
export async function listJaegerServices({ address, timeoutMs }: JaegerServicesOptions): Promise<string[]> {
  let found = 'nothing';
  for (const { path, field } of ROUTES) {
    const read = await request({ address, path, timeoutMs, maxBytes: MAX_BYTES });
    const { status, contentType } = read;
    found = `${status}, ${contentType}`;
    const [answer] = jsonOf(read);
    const names = isObject(answer) ? answer[field] : undefined;
    if (status === 200 && Array.isArray(names)) return names.filter((name) => typeof name === 'string');
    // A Jaeger without any service leaves the list out, or has null in its place.
    if (status === 200 && isObject(answer) && (names === null || Object.keys(answer).length === 0)) return [];
  }
  throw new SourceError(
    'NOT_A_JAEGER',
    `${address.baseUrl} does not answer as a Jaeger does (${found}); expected its query address, such as http://localhost:16686`,
  );
}
