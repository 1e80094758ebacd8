import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Makes a key, and a certificate for 127.0.0.1 that nobody else has signed, in `folder`; `name` begins the names of both files. */
export async function selfSigned(folder: string, name = 'self-signed') {
  const keyPath = join(folder, `${name}-key.pem`);
  const certPath = join(folder, `${name}-cert.pem`);
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyPath, '-out', certPath],
  ]);
  const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(certPath, 'utf8')]);
  return { keyPath, certPath, key, cert };
}
