// Handles one event, whose steps go on by callbacks and in a queue.
import { Handler, Jobs } from './jobs.mjs';

const jobs = Jobs.of();
console.log(await new Handler().handle({ strategy: '0xabc', amount: 5 }, jobs));
await Promise.all(jobs.pending);
