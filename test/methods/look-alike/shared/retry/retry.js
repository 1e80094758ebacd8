import { RetriableError } from '../internal.js';

const MOST_ATTEMPTS = 3;

export class RetryHandler {
  async execute(operation, params = {}) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof RetriableError) || attempt === MOST_ATTEMPTS || params.abortSignal?.aborted)
          throw error;
      }
    }
  }
}
