import pino from 'pino';

const log = pino({ base: null, timestamp: false }, pino.destination({ sync: true }));

export class Processor {
  async process() {
    log.info('event');
    await this.store();
  }

  store() {
    return new Promise((resolve) => {
      setTimeout(() => {
        log.info('step');
        resolve();
      }, 1);
    });
  }
}
