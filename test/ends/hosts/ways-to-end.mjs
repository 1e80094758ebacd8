// Ends in the way that it is told, with spans that have just ended and one in flight. Usage: ways-to-end.mjs WAY [SPANS]
import { traceStep } from 'grants-otel';
import { waysToEnd } from './ways-to-end.cjs';

waysToEnd(traceStep);
