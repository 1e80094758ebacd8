export function readAmount(text, _digits) {
  if (text === 'none') throw new RangeError('no amount');
  return BigInt(text);
}

export class Handler {
  store = async (amount, _more) => ({ stored: String(amount), by: this.round });
  #secret = 'kept';

  constructor(round, read) {
    this.round = round;
    this.read = read;
  }

  async handle(event) {
    const amount = this.read(event.amount, 2);
    return { ...(await this.store(amount)), secret: this.#secret };
  }

  *parts() {
    yield this.round;
  }
}

export class Sealed {
  open() {
    return 'opened';
  }
}
Object.freeze(Sealed.prototype);
