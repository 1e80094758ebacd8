import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** What is no file, a pipe say, can be read but once: that is for the exporter. */
const isToBeRead = (path: string): boolean => {
  const stats = statSync(path);
  return stats.isFile() || stats.isDirectory();
};

/** What stands in such a file, rather than its path: a secret, maybe. */
const isPem = (path: string): boolean => /-----BEGIN|[\r\n]/.test(path);

/** A path as it may be shown. */
export function maskPem(path: string): string {
  return isPem(path) ? '***' : path;
}

function faultOf(path: string, parse: (pem: Buffer) => string | undefined): string | undefined {
  if (isPem(path)) return 'this is what stands in such a file, not its path';
  try {
    return isToBeRead(path) ? parse(readFileSync(path)) : undefined;
  } catch (error) {
    // What follows is the path once more.
    return (error as Error).message.split(', ')[0];
  }
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const certificateIn = (pem: Buffer) =>
  pem.includes('-----BEGIN') ? parsed(() => new X509Certificate(pem)) : undefined;
const keyIn = (pem: Buffer) => parsed(() => createPrivateKey(pem));

/** What is wrong with a file of certificates in PEM, by its path; undefined for nothing. */
export function certificateFault(path: string): string | undefined {
  return faultOf(path, (pem) => (certificateIn(pem) ? undefined : 'it has none'));
}

/** What is wrong with a file of a private key in PEM, by its path; undefined for nothing. */
export function keyFault(path: string): string | undefined {
  return faultOf(path, (pem) => (keyIn(pem) ? undefined : 'it has none that can be read'));
}

/** Whether a key and a certificate, by their paths, are known to be of two pairs. */
export function isOtherKey(keyPath: string, certificatePath: string): boolean {
  const isOther = (key: Buffer, pem: Buffer): boolean => {
    const privateKey = keyIn(key);
    return privateKey !== undefined && certificateIn(pem)?.checkPrivateKey(privateKey) === false;
  };
  return (
    parsed(
      () =>
        isToBeRead(keyPath) &&
        isToBeRead(certificatePath) &&
        isOther(readFileSync(keyPath), readFileSync(certificatePath)),
    ) ?? false
  );
}
