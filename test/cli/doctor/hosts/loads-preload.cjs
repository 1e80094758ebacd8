// Loads the preload by itself, and pg after it, or, where it is told to, before.
const isLate = process.argv[2] === 'late';
if (isLate) require('pg');
require('grants-otel/instrumentation');
if (!isLate) require('pg');
