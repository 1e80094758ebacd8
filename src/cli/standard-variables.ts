/** A variable of OpenTelemetry that decides where traces go. */
interface StandardVariable {
  readonly name: string;
  /** What holds where it is unset; undefined for nothing. */
  readonly defaultText?: string;
  /** Its value is a list of `name=secret`, of which the secrets are not shown. */
  readonly secret?: true;
}

/** Those that matter, in the order of the answer. */
export const STANDARD_VARIABLES: readonly StandardVariable[] = [
  { name: 'OTEL_SERVICE_NAME', defaultText: 'grants-indexer' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES' },
  { name: 'OTEL_SDK_DISABLED', defaultText: 'false' },
  { name: 'OTEL_TRACES_EXPORTER', defaultText: 'otlp' },
  { name: 'OTEL_TRACES_SAMPLER', defaultText: 'parentbased_always_on' },
  { name: 'OTEL_TRACES_SAMPLER_ARG' },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', defaultText: 'http://localhost:4318' },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' },
  { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', defaultText: 'http/json' },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL' },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', secret: true },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', secret: true },
  { name: 'OTEL_EXPORTER_OTLP_COMPRESSION', defaultText: 'none' },
  { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', defaultText: '10000' },
  { name: 'OTEL_LOG_LEVEL', defaultText: 'warn' },
];

/** `name=secret,…` with `***` for each secret. */
export function maskHeaders(text: string): string {
  return text
    .split(',')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=***` : '***'))
    .join(',');
}

/** A URL without name and password; other text as it is. */
export function maskCredentials(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/?#]*@/, '$1***@');
}
