import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ATTRIBUTES } from '../src/tracing/attributes.js';
import { DEFAULT_SERVICE_NAME } from '../src/tracing/variables.js';
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

interface MenuItem {
  label: string;
  url?: string;
  anchorTarget?: string;
}

interface UiConfig {
  menu: (MenuItem & { items?: MenuItem[] })[];
  linkPatterns: { type: string; key: string; url: string; text: string }[];
}

/** The keys that the UI of Jaeger 2.20 knows; it takes others without a word. */
const UI_KEYS = ['dependencies', 'search', 'menu', 'linkPatterns'];

/** What the UI makes of a template: the value of an attribute, encoded in a URL, takes the place of its name. */
function fill(template: string, attributes: Record<string, string>, encode = (text: string) => text): string {
  return template.replace(/#\{([^{}]*)\}/g, (_, name: string) => encode(attributes[name] ?? ''));
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

  describe('the configuration of the UI', () => {
    let ui: UiConfig;

    beforeAll(() => {
      ui = JSON.parse(compose.configs['jaeger-ui']?.content ?? '') as UiConfig;
    });

    function searches() {
      const items = ui.menu.find(({ label }) => label === 'Grants indexer')?.items ?? [];
      return items.map(({ label, url = '', anchorTarget }) => {
        const { pathname, searchParams } = new URL(url, 'http://localhost:16686');
        return { label, pathname, anchorTarget, asked: Object.fromEntries(searchParams) };
      });
    }

    it('has nothing that the UI does not know', () => {
      expect(Object.keys(ui).filter((key) => !UI_KEYS.includes(key))).toEqual([]);
      for (const entry of ui.menu) {
        const items = entry.items ?? [];
        expect(Object.keys(entry).toSorted()).toEqual(['items', 'label']);
        for (const item of items) {
          expect(Object.keys(item).filter((key) => !['label', 'url', 'anchorTarget'].includes(key))).toEqual(
            [],
          );
          expect(['_self', '_blank', undefined]).toContain(item.anchorTarget);
        }
        // The UI uses labels as keys.
        expect(new Set(items.map(({ label }) => label)).size).toBe(items.length);
      }
    });

    it('has searches for what is slow and what failed, of the service that events are sent as', () => {
      const found = searches().map(({ label, asked }) => [label, asked['lookback'], asked['tags']]);
      expect(found).toEqual([
        ['Slow in the last hour', '1h', '{"slow":"true"}'],
        ['Slow in the last 3 days', '3d', '{"slow":"true"}'],
        ['Failed in the last hour', '1h', '{"error":"true"}'],
        ['Failed in the last 3 days', '3d', '{"error":"true"}'],
      ]);
      for (const { pathname, anchorTarget, asked } of searches()) {
        expect([pathname, anchorTarget]).toEqual(['/search', '_self']);
        expect(Object.keys(asked).toSorted()).toEqual(['limit', 'lookback', 'service', 'tags']);
        expect(asked['service']).toBe(DEFAULT_SERVICE_NAME);
        // What the search form allows at most.
        expect(Number(asked['limit'])).toBeLessThanOrEqual(1500);
      }
    });

    it('has a link from each hash and address to a page that knows all chains', () => {
      const hash = `0x${'ab'.repeat(32)}`;
      const address = `0x${'Cd'.repeat(20)}`;
      const attributes = { transactionHash: hash, donorAddress: address, recipientAddress: address };
      const links = ui.linkPatterns.map(({ type, key, url }) => [
        type,
        key,
        fill(url, attributes, encodeURIComponent),
      ]);
      expect(links).toEqual([
        ['tags', 'transactionHash', `https://blockscan.com/tx/${hash}`],
        ['tags', 'donorAddress', `https://blockscan.com/address/${address}`],
        ['tags', 'recipientAddress', `https://blockscan.com/address/${address}`],
      ]);
      for (const { key, url, text } of ui.linkPatterns) {
        const names = [...`${url} ${text}`.matchAll(/#\{([^{}]*)\}/g)].map(([, name]) => name);
        // A link whose template names another attribute is not shown.
        expect(new Set(names)).toEqual(new Set([key]));
        expect(ATTRIBUTES).toHaveProperty(key);
      }
    });
  });
});
