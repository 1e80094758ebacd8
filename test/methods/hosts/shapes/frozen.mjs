export default class {
  static {
    // biome-ignore lint/complexity/noThisInStatic: it has no name.
    Object.freeze(this);
  }

  async isFrozen() {
    return Object.isFrozen(this.constructor);
  }
}
