import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE_FILE } from './support/jaeger/config.mjs';

interface Service {
  image: string;
  user?: string;
  ports?: string[];
  volumes: string[];
  command?: string[];
  entrypoint?: string[];
  depends_on?: Record<string, { condition: string }>;
  configs?: { source: string; target: string }[];
  healthcheck?: { test: string[] };
}

interface Compose {
  services: { jaeger: Service; 'jaeger-volume': Service };
  volumes: Record<string, unknown>;
  configs: Record<string, { content: string }>;
}

interface JaegerConfig {
  extensions: {
    healthcheckv2: { http: { endpoint: string } };
    jaeger_query: { http: { endpoint: string }; ui: { config_file: string } };
    jaeger_storage: {
      backends: Record<string, { badger: { ephemeral: boolean; directories: Record<string, string> } }>;
    };
  };
  receivers: { otlp: { protocols: Record<string, { endpoint: string }> } };
}

describe('docker-compose.otel.yml', () => {
  let compose: Compose;
  let config: JaegerConfig;

  beforeAll(async () => {
    compose = parse(await readFile(COMPOSE_FILE, 'utf8'), { strict: true }) as Compose;
    config = parse(compose.configs['jaeger-config']?.content ?? '', { strict: true }) as JaegerConfig;
  });

  it('pins one version of Jaeger for all that it runs', () => {
    const images = Object.values(compose.services).map((service) => service.image);
    expect(new Set(images)).toEqual(new Set(['jaegertracing/jaeger:2.20.0']));
  });

  it('publishes the UI and OTLP on 127.0.0.1 and nothing else', () => {
    const published = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(published).toEqual(['127.0.0.1:16686:16686', '127.0.0.1:4317:4317', '127.0.0.1:4318:4318']);
  });

  it('publishes just the ports that Jaeger listens on beyond its container', () => {
    const { jaeger_query: query } = config.extensions;
    const endpoints = [query.http, ...Object.values(config.receivers.otlp.protocols)].map(
      (at) => at.endpoint,
    );
    expect(endpoints).toEqual(['0.0.0.0:16686', '0.0.0.0:4317', '0.0.0.0:4318']);
  });

  it('keeps the traces on a named volume that belongs to the user of the image before Jaeger starts', () => {
    const { jaeger, 'jaeger-volume': owner } = compose.services;
    const [name, folder] = jaeger.volumes[0]?.split(':') ?? [];
    expect(Object.keys(compose.volumes)).toEqual([name]);
    expect(owner.volumes).toEqual(jaeger.volumes);
    expect(owner.entrypoint).toEqual(['chown', '-R', '10001:10001', folder]);
    expect([owner.user, jaeger.user]).toEqual(['0:0', '10001:10001']);
    expect(jaeger.depends_on).toEqual({ 'jaeger-volume': { condition: 'service_completed_successfully' } });
  });

  it('has Badger write below that volume and nowhere else', () => {
    const badger = config.extensions.jaeger_storage.backends['main']?.badger;
    const folder = compose.services.jaeger.volumes[0]?.split(':')[1];
    expect(badger?.ephemeral).toBe(false);
    expect(Object.values(badger?.directories ?? {}).map((path) => path.startsWith(`${folder}/`))).toEqual([
      true,
      true,
    ]);
  });

  it('asks the health check where Jaeger answers it', () => {
    const { healthcheck } = compose.services.jaeger;
    expect(healthcheck?.test.at(-1)).toBe(`http://${config.extensions.healthcheckv2.http.endpoint}/status`);
  });

  it('mounts the configuration that it starts with, and a UI configuration that is JSON', () => {
    const { jaeger } = compose.services;
    const mounted = Object.fromEntries((jaeger.configs ?? []).map((file) => [file.target, file.source]));
    expect(Object.values(mounted).toSorted()).toEqual(Object.keys(compose.configs).toSorted());
    expect(mounted[jaeger.command?.[1] ?? '']).toBe('jaeger-config');
    expect(mounted[config.extensions.jaeger_query.ui.config_file]).toBe('jaeger-ui');
    expect(JSON.parse(compose.configs['jaeger-ui']?.content ?? '')).toMatchObject({
      search: { maxLookback: { value: '3d' } },
    });
  });

  it('has no dollar sign that Compose would take for a variable', () => {
    for (const { content } of Object.values(compose.configs)) expect(content).not.toContain('$');
  });
});
