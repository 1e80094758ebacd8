export class OfAChain {
  constructor(chainId) {
    this.chainId = chainId;
  }
}
