export class Queue {
  items = [];

  push(...items) {
    this.items.push(...items);
  }

  pop() {
    return this.items.shift();
  }
}
