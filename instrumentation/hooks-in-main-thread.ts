// Loaded only where it is used: it brings a parser of modules along.
export { register } from 'import-in-the-middle/register-hooks.mjs';
