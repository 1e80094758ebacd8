// What winston leaves of records, and of errors, that are the application's own.
const { inspect } = require('node:util');
const winston = require('winston');
const { traceEvent } = require('grants-otel');

const printed = [];
const all = winston.format((record) => {
  printed.push(inspect(record, { depth: 1 }), String(record.hidden));
  return record;
});
const transports = [new winston.transports.Console({ format: winston.format.json() })];
/** One that no copy can be made of. */
class Kept extends Error {
  #code = 7;
  stack = 'Kept';
  get message() {
    return `kept ${this.#code}`;
  }
}
const logger = winston.createLogger({ format: all(), transports });
const record = Object.defineProperty({ level: 'info', message: 'heartbeat' }, 'hidden', { value: 1 });
const failure = new Error('boom');
failure.stack = 'Error: boom';
logger.info('before');
void traceEvent({ chainId: 1, contractName: 'S', eventName: 'E' }, async () => {
  logger.log(record);
  logger.error(failure);
  logger.error(new Kept());
}).then(() => {
  console.log(inspect([record, failure]));
  logger.log(record);
  logger.error(failure);
  console.log(printed.join('\n'));
});
