import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/cli/config.js';

describe('what the environment says to the command', () => {
  it('is the local Jaeger, the default service, and colour, where it says nothing', () => {
    expect(readConfig({})).toEqual({
      config: {
        traceFile: undefined,
        jaegerUrl: 'http://localhost:16686',
        serviceName: 'grants-indexer',
        colorAllowed: true,
        linksKnown: false,
      },
      problems: [],
    });
  });

  it('takes an empty value for none', () => {
    const env = {
      GRANTS_OTEL_TRACE_FILE: '',
      GRANTS_OTEL_JAEGER_URL: ' ',
      OTEL_SERVICE_NAME: '',
      NO_COLOR: '',
    };
    expect(readConfig(env)).toEqual(readConfig({}));
  });

  it('says all that is bad at once, by name', () => {
    const { problems } = readConfig({ GRANTS_OTEL_JAEGER_URL: 'ftp://x', GRANTS_OTEL_EXIT_TIMEOUT_MS: '-1' });
    expect(problems).toEqual([
      'GRANTS_OTEL_EXIT_TIMEOUT_MS expects a whole number of milliseconds, 0 or more, found "-1"',
      'GRANTS_OTEL_JAEGER_URL expects an http:// or https:// URL, found "ftp://x"',
    ]);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('wants no colour with %j', (env) => {
    expect(readConfig(env).config.colorAllowed).toBe(false);
  });

  it.each([
    { TERM_PROGRAM: 'vscode' },
    { VTE_VERSION: '7200' },
    { TERM: 'xterm-kitty' },
    { WT_SESSION: 'x' },
  ])('knows that links are shown with %j, but not inside of tmux', (env) => {
    expect(readConfig(env).config.linksKnown).toBe(true);
    expect(readConfig({ ...env, TMUX: '/tmp/tmux,1,0' }).config.linksKnown).toBe(false);
  });
});
