import { isHttpUrl } from '../http-url.js';
import { createGraphqlSource, type GraphqlSourceOptions } from './graphql-source.js';
import { createNdjsonSource } from './ndjson-source.js';
import type { Source } from './source.js';

/**
 * The source that a text names: `-` is NDJSON on stdin, an http(s) URL a GraphQL endpoint, anything else a file of NDJSON.
 * The options are for GraphQL alone.
 * @throws Error of the file system, with its code, for a file that is not there.
 */
export function createSource(spec: string, options: Omit<GraphqlSourceOptions, 'url'>): Source {
  if (isHttpUrl(spec)) return createGraphqlSource({ ...options, url: spec });
  return createNdjsonSource(spec === '-' ? { name: 'stdin', stream: process.stdin } : { name: spec });
}
