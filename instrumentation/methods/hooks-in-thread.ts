// Loaded where the main thread runs the hooks: it brings a parser of modules along, which costs some ms.
export { register } from 'import-in-the-middle/register-hooks.mjs';
