import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { withTracesOnly } from './config.js';

/** Registers an SDK as all standard variables have it, propagators among them; for traces only. */
export function registerNodeSdk(configuration: Partial<NodeSDKConfiguration>): void {
  withTracesOnly(() => new NodeSDK({ ...configuration, autoDetectResources: false }).start());
}
