/** One around another, as it is put together in the application: the outer one has what the inner one has looked up. */
export class CachingPricingProvider {
  constructor(provider) {
    this.provider = provider;
    this.prices = new Map();
  }

  async getTokenPrice(tokenCode, timestampMs) {
    const cached = this.prices.get(tokenCode);
    if (cached !== undefined) return cached;
    const price = await this.provider.getTokenPrice(tokenCode, timestampMs);
    this.prices.set(tokenCode, price);
    return price;
  }

  async getTokenPrices(tokenCode, timestampsMs) {
    return this.provider.getTokenPrices(tokenCode, timestampsMs);
  }
}
