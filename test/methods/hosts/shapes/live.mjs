// Exports that change while the application runs.
export let pool;
export let opened = 0;
export function open() {
  pool = { size: 1 };
  opened++;
}
export class Store {
  async find() {
    return pool?.size;
  }
}
