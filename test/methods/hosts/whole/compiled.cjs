// As a compiler makes CommonJS of `export default class`.
Object.defineProperty(exports, '__esModule', { value: true });
class Compiled {
  async work() {
    return 'worked';
  }
}
exports.default = Compiled;
