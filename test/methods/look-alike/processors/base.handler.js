export class BaseHandler {
  constructor(event, chainId, dependencies) {
    this.event = event;
    this.chainId = chainId;
    this.dependencies = dependencies;
  }
}
