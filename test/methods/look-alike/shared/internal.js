export * from './exceptions.js';
export * from './retry/retry.js';
export * from './tokens/tokens.js';
