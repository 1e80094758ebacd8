const { Base, Repository } = require('./inherits.cjs');

const { save } = Base.prototype;
Base.prototype.save = async function () {
  return `plugin: ${await save.call(this)}`;
};
const repository = new Repository();
void (async () => {
  console.log(await repository.save(), repository.lookup(), repository.handlers.now());
  console.log(repository.handlers.late(), await repository.save());
})();
