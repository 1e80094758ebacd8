import { createHandlers } from './handlers/index.js';

export class DataLoader {
  constructor(repositories, transactionManager) {
    this.transactionManager = transactionManager;
    this.handlers = createHandlers(repositories);
  }

  async applyChanges(changes) {
    await this.transactionManager.runInTransaction(async (tx) => {
      for (const change of changes) await this.handlers[change.type](change, tx);
    });
  }
}
