const row = (file, name, rest) => ({ file: `/shapes/${file}`, name, isRoot: true, ...rest });

export default [
  row('live.mjs', 'find', { export: 'Store', method: 'find' }),
  row('registry.mjs', 'dispatch', { export: 'Registry', method: 'dispatch' }),
  row('store.mjs', 'keep', { export: 'default', method: 'keep' }),
  row('unnamed-class.mjs', 'count', { export: 'default', method: 'count' }),
  row('frozen.mjs', 'frozen', { export: 'default', method: 'isFrozen' }),
  row('unnamed-function.mjs', 'call', { export: 'default' }),
  row('barrel.mjs', 'hash', { export: 'Hash', method: 'of' }),
];
