export * from './a%231/hash.mjs';
