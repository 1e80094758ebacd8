// Connections that are asked for in every way that a pool takes, none of which can be made. Prints what the application sees of each.

import { traceEvent } from 'grants-otel';
import pg from 'pg';

const settled = (promise) =>
  promise.then(
    () => 'a client',
    (error) => `rejected: ${error.code ?? error.message}`,
  );

async function tryAll() {
  const away = new pg.Pool({ host: '127.0.0.1', port: 1 });
  console.log('promise', await settled(away.connect()));
  console.log('null', await settled(away.connect(null)));
  await new Promise((resolve) => {
    const answer = away.connect(function (error, ...rest) {
      console.log('callback', this?.constructor?.name, error?.code, rest.length, typeof rest[1]);
      resolve();
    });
    console.log('with a callback it answers', answer);
  });
  const ended = new pg.Pool({ host: '127.0.0.1', port: 1 });
  await ended.end();
  console.log('ended', await settled(ended.connect()));
  for (const callback of ['no function', () => console.log('called')]) {
    try {
      console.log('ended, with', typeof callback, ended.connect(callback));
    } catch (error) {
      console.log('thrown', error.message);
    }
  }
  try {
    ended.connect(() => {
      throw new Error('of the callback');
    });
  } catch (error) {
    console.log('thrown', error.message);
  }
}

console.log('outside of an event');
await tryAll();
console.log('inside');
await traceEvent({ chainId: 10, contractName: 'Own', eventName: 'Connected' }, tryAll);
