module.exports = async ({ Processor, handle, Prices, noteOf }) => {
  const result = await new Processor().process({ amount: '5' }, async (amount) => {
    const prices = new Prices();
    const isMade = prices.constructor === Prices && prices instanceof Prices;
    return [await handle(amount), handle.version, await prices.lookup(), isMade, noteOf(Prices)].join(', ');
  });
  console.log(result);
};
