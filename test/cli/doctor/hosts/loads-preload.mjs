// Loads the preload by itself, and pg after it, or, where it is told to, before.
const isLate = process.argv[2] === 'late';
if (isLate) await import('pg');
await import('grants-otel/instrumentation');
if (!isLate) await import('pg');
