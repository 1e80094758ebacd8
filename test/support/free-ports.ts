import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** That many ports of 127.0.0.1 that nobody listened on a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

const START_ATTEMPTS = 3;

/** Starts something on so many free ports; a port can be taken before it has it, then it gets the next ones. */
export async function onFreePorts<T>(count: number, start: (ports: number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePorts(count));
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}
