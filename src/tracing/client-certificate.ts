import { certificateFault, isOtherKey, keyFault, maskPem } from './pem-files.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of the exporter, that for traces alone before that for all signals, and its value where it is set. */
function variableOf(env: Environment, what: string): { name: string; value: string | undefined } {
  const name = `OTEL_EXPORTER_OTLP_${what}`;
  const forTraces = `OTEL_EXPORTER_OTLP_TRACES_${what}`;
  const set = [forTraces, name].find((each) => env[each]?.trim());
  return { name: set ?? name, value: set && env[set]?.trim() };
}

/** Whether traces are sent by TLS: else nothing asks for certificates. */
export function usesTls(env: Environment): boolean {
  const { value: endpoint = '' } = variableOf(env, 'ENDPOINT');
  return env['OTEL_TRACES_EXPORTER']?.trim() !== 'none' && /^https:/i.test(endpoint);
}

/**
 * The line for a certificate of the client's without its key, a key without its certificate, and one of another pair; undefined where nothing is
 * wrong, and where what is has a line of its own.
 */
export function clientCertificateProblem(env: Environment): string | undefined {
  if (!usesTls(env)) return undefined;
  const certificate = variableOf(env, 'CLIENT_CERTIFICATE');
  const key = variableOf(env, 'CLIENT_KEY');
  if (certificate.value === undefined && key.value === undefined) return undefined;
  if (certificate.value !== undefined && certificateFault(certificate.value) !== undefined) return undefined;
  if (key.value !== undefined && keyFault(key.value) !== undefined) return undefined;
  const [set, missing] = certificate.value === undefined ? [key, certificate] : [certificate, key];
  const shown = ({ name, value = '' }: typeof key): string => `${name}=${JSON.stringify(maskPem(value))}`;
  if (missing.value === undefined) return `${shown(set)} is of no use without ${missing.name}`;
  return isOtherKey(key.value ?? '', certificate.value ?? '')
    ? `${shown(key)} is not the key of ${shown(certificate)}`
    : undefined;
}
