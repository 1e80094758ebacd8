// Imports what CommonJS exports as a whole, and requires it as well. Usage: imports.mjs
import { createRequire } from 'node:module';
import compiled from './compiled.cjs';
import handle from './handle.cjs';
import plugin from './plugin.cjs';
import prices, * as named from './prices.cjs';
import Processor from './processor.cjs';
import run from './run.cjs';
import unreadable from './unreadable.cjs';

createRequire(import.meta.url)('./processor.cjs');
const wholes = { Processor, handle, plugin, unreadable, compiled, prices };
run({ ...wholes, ...named });
