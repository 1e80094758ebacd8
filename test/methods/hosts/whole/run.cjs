Error.stackTraceLimit = 2;

module.exports = async ({ Processor, handle, plugin, unreadable, compiled, prices: all, ...named }) => {
  const { Prices, Abstract, makeQuery, makeOld, noteOf, go } = named;
  const refusalOf = (make) => {
    try {
      return `made ${make()}`;
    } catch (error) {
      // Of the two topmost frames both are of the application.
      return `${error.message} in ${error.stack.match(/[^/\\]+(?=:\d+:\d+\)?$)/gm)}`;
    }
  };
  const results = await new Processor().process({ amount: '5' }, async (amount) => {
    const prices = new Prices();
    class Own extends Abstract {}
    return [
      [await handle(amount), handle.version, Object.keys(handle)],
      [await plugin(amount), plugin.apply(), plugin.default === plugin, unreadable()],
      [await prices.lookup(), await new Own().lookup(), await new Processor().class()],
      [await new compiled.default().work(), all.note === named.note, go()],
      [prices instanceof Prices, Abstract instanceof Function, new Own() instanceof Abstract, Prices.name],
      [refusalOf(() => new Abstract()), new makeQuery().run()],
      [noteOf(Prices), noteOf(Processor.prototype.process), refusalOf(() => new makeOld())],
    ];
  });
  for (const line of results) console.log(line.join(', '));
};
