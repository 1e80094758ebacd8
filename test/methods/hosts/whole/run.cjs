module.exports = async ({ Processor, handle, plugin, unreadable, Prices, Abstract, makeQuery, noteOf }) => {
  const refusalOf = (make) => {
    try {
      return `made ${make()}`;
    } catch (error) {
      return error.message;
    }
  };
  const results = await new Processor().process({ amount: '5' }, async (amount) => {
    const prices = new Prices();
    class Own extends Abstract {}
    return [
      [await handle(amount), handle.version, Object.keys(handle)],
      [await plugin(amount), plugin.apply(), plugin.default === plugin, unreadable()],
      [await prices.lookup(), await new Own().lookup(), await new Processor().class()],
      [prices instanceof Prices, Abstract instanceof Function, new Own() instanceof Abstract, Prices.name],
      [refusalOf(() => new Abstract()), new makeQuery().run()],
      [noteOf(Prices), noteOf(Processor.prototype.process)],
    ];
  });
  for (const line of results) console.log(line.join(', '));
};
