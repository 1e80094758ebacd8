import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A URL on 127.0.0.1 where nothing listens, nor will before the test has finished: its port is that of an open connection's near
 * end, so that no server of a test that runs at the same time is given it.
 */
export async function deadUrl(): Promise<string> {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const holder = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(holder, 'connect');
  onTestFinished(async () => {
    holder.destroy();
    await once(server.close(), 'close');
  });
  return `http://127.0.0.1:${holder.localPort}`;
}
