import { DEFAULT_SERVICE_NAME, readSettings, VARIABLES, type Variable } from '../tracing/variables.js';

/** What the environment says to the command. */
export interface CliConfig {
  readonly traceFile: string | undefined;
  readonly jaegerUrl: string;
  readonly serviceName: string;
  /** Whether colour is welcome, should the output be a terminal. */
  readonly colorAllowed: boolean;
  /** Whether the terminal, should the output be one, is known to show OSC 8 links. */
  readonly linksKnown: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

function knowsLinks(env: Environment): boolean {
  if (env['TERM'] === 'dumb' || env['TMUX'] !== undefined || env['STY'] !== undefined) return false;
  if (Number(env['VTE_VERSION'] ?? 0) >= 5000) return true;
  if (env['WT_SESSION'] !== undefined || env['KONSOLE_VERSION'] !== undefined) return true;
  if (/kitty|ghostty|alacritty|foot/.test(env['TERM'] ?? '')) return true;
  return ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper'].includes(env['TERM_PROGRAM'] ?? '');
}

/** Reads the environment. Each bad value of ours is a problem, one line: a question is not answered by a guess. */
export function readConfig(env: Environment): { config: CliConfig; problems: string[] } {
  const { settings } = readSettings(env);
  const problems: string[] = [];
  for (const { name, expected, parse } of Object.values<Variable<unknown>>(VARIABLES)) {
    const text = env[name]?.trim() ?? '';
    if (text !== '' && parse(text) === undefined)
      problems.push(`${name} expects ${expected}, found ${JSON.stringify(text)}`);
  }
  const config = {
    traceFile: settings.traceFile,
    jaegerUrl: settings.jaegerUrl,
    serviceName: env['OTEL_SERVICE_NAME']?.trim() || DEFAULT_SERVICE_NAME,
    colorAllowed: !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    linksKnown: knowsLinks(env),
  };
  return { config, problems };
}
