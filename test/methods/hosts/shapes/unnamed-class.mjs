export default class {
  async count() {
    return this.constructor.name;
  }
}
