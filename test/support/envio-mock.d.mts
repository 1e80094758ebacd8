import type { makeAlloEvents } from './allo-events.mjs';

export interface EnvioMock {
  /** The base, which is a gateway's URL too: `--ipfs <url>`. */
  url: string;
  graphqlUrl: string;
  /** How often each was asked. */
  asked: { graphql: number; ipfs: number };
  close(): Promise<void>;
}

/** A server on 127.0.0.1, on any free port unless `port` names one. */
export function startEnvioMock(options: {
  /** Rows of raw_events; read at every request, so more may be added. */
  events: unknown[];
  documents?: Map<string, string>;
  port?: number;
  ipfsDelayMs?: number;
  hasChainList?: boolean;
  ignoresChain?: boolean;
}): Promise<EnvioMock>;
export function writeFiles(folder: string, made: ReturnType<typeof makeAlloEvents>): void;
