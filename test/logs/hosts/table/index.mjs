// Calls nothing of ours: its table says what to trace.
import { Processor } from './processor.mjs';

await new Processor().process();
