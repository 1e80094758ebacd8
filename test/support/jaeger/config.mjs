import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** The compose file, in the project's root. */
export const COMPOSE_FILE = new URL('../../../docker-compose.otel.yml', import.meta.url);

/** The texts of Jaeger's two configuration files, as docker-compose.otel.yml has them. */
export async function composeConfigs() {
  const { configs } = parse(await readFile(COMPOSE_FILE, 'utf8'));
  return { jaeger: configs['jaeger-config'].content, ui: configs['jaeger-ui'].content };
}

/**
 * The same configuration for a Jaeger outside of a container: other ports, all of them on 127.0.0.1, other paths, nothing else.
 * `inMemory` puts the memory store in Badger's place: nothing is kept, and a search matches all its tags on one span.
 */
export function localConfig({ text, ports, directory, inMemory = false }) {
  const config = parse(text);
  const at = (port) => `127.0.0.1:${port}`;
  const { healthcheckv2, jaeger_query: query, jaeger_storage: storage } = config.extensions;
  const { protocols } = config.receivers.otlp;
  healthcheckv2.http.endpoint = at(ports.health);
  query.http.endpoint = at(ports.query);
  query.grpc.endpoint = at(ports.queryGrpc);
  query.ui.config_file = join(directory, 'ui.json');
  protocols.grpc.endpoint = at(ports.otlpGrpc);
  protocols.http.endpoint = at(ports.otlp);
  const { badger } = storage.backends.main;
  badger.directories = { keys: join(directory, 'keys'), values: join(directory, 'values') };
  if (inMemory) storage.backends.main = { memory: { max_traces: 100_000 } };
  return stringify(config);
}
