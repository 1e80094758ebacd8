// Preloaded by the measurements: tells how much memory the process had at most.
import { writeSync } from 'node:fs';

process.on('exit', () => writeSync(2, `max-rss-mb=${(process.resourceUsage().maxRSS / 1024).toFixed(0)}\n`));
