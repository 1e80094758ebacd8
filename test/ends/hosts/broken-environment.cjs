// To be preloaded before ours: an environment of which some variables cannot be read.
const real = process.env;
process.env = new Proxy(real, {
  get(target, name) {
    if (/^(GRANTS_)?OTEL_/.test(String(name))) throw new Error(`${String(name)} cannot be read`);
    return Reflect.get(target, name);
  },
});
