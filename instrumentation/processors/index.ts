export type { SlowSpansThresholds } from '../config.js';
export {
  createEventAttributesProcessor,
  createSlowSpansProcessor,
  createSpanProcessors,
  createSqlSpansProcessor,
} from './for-host-sdk.js';
