// Logs with winston and with pino: outside of an event, in an event, and in a step of it.
import { traceEvent, traceStep } from 'grants-otel';
import pino, { pino as named } from 'pino';
import winston from 'winston';

const loggers = {
  winston: winston.createLogger({
    format: winston.format.json(),
    transports: [new winston.transports.Console()],
  }),
  pino: pino({ base: null, timestamp: false }, pino.destination({ sync: true })),
  named: named({ base: null, timestamp: false }, pino.destination({ sync: true })),
};
const log = (where) => {
  for (const [logger, { info }] of Object.entries(loggers)) info.call(loggers[logger], `${logger} ${where}`);
};

log('outside');
await traceEvent({ chainId: 1, contractName: 'S', eventName: 'E' }, async () => {
  log('event');
  await traceStep('step', async () => log('step'));
});
