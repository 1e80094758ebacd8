// One that is loaded in a circle with those who need it.
import './handlers.mjs';

export class Registry {
  async dispatch(name) {
    return handlers()[name]();
  }
}
export function register(name, handler) {
  handlers()[name] = handler;
}
function handlers() {
  globalThis.handlersOfRegistry ??= {};
  return globalThis.handlersOfRegistry;
}
