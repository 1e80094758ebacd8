// Imports what CommonJS exports as a whole. Usage: imports.mjs
import handle from './handle.cjs';
import { noteOf, Prices } from './prices.cjs';
import Processor from './processor.cjs';
import run from './run.cjs';

run({ Processor, handle, Prices, noteOf });
