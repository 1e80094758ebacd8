const row = (name, rest) => ({
  file: '/shapes/inherits.cjs',
  export: 'Repository',
  name,
  isRoot: true,
  ...rest,
});

export default [
  { file: '/shapes/getters.cjs', export: 'plain', name: 'plain', isRoot: true },
  row('save', {
    method: 'save',
    after: () => ({
      get event() {
        throw new Error('not to be read');
      },
    }),
  }),
  row('lookup', { method: 'lookup' }),
  row('handle', {
    field: 'handlers',
    before: () => ({ step: 5, event: Promise.reject(new Error('too late')) }),
  }),
];
