/** Where a Jaeger of our own listens, always on 127.0.0.1. */
export interface JaegerPorts {
  readonly query: number;
  readonly queryGrpc: number;
  readonly otlp: number;
  readonly otlpGrpc: number;
  readonly health: number;
}

export declare const COMPOSE_FILE: URL;

export declare function composeConfigs(): Promise<{ jaeger: string; ui: string }>;

export declare function localConfig(options: {
  text: string;
  ports: JaegerPorts;
  /** Where ui.json and the store's files lie. */
  directory: string;
  inMemory?: boolean;
}): string;
