// Imported first: an SDK of the application's own, with processors of ours, that registers where the preload does not see it, as one in a bundle does.
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createSpanProcessors } from 'grants-otel/processors';

globalThis.ownProvider = new BasicTracerProvider({ spanProcessors: createSpanProcessors() });
