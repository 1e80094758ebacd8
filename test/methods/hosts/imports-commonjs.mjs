// A CommonJS file that is imported, and required as well. Usage: imports-commonjs.mjs
import { createRequire } from 'node:module';
import { Source } from './fetch.cjs';

const required = createRequire(import.meta.url)('./fetch.cjs');
console.log(required.Source === Source, (await new Source().take()).length);
