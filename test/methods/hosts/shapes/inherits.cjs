class Base {
  async save() {
    return 'saved';
  }

  get lookup() {
    return () => this.name;
  }
}
class Repository extends Base {
  name = 'repository';

  handlers = {
    get late() {
      console.log('read');
      return () => 'late';
    },
    now: () => 'now',
  };
}
module.exports = { Base, Repository };
