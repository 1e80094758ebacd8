import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { withTracesOnly } from './config.js';

/** Registers an SDK as the standard variables have it that are heeded, propagators among them; for traces only. */
export function registerNodeSdk(
  configuration: Partial<NodeSDKConfiguration>,
  heeded: Readonly<Record<string, string | undefined>>,
): void {
  withTracesOnly(heeded, () => new NodeSDK({ ...configuration, autoDetectResources: false }).start());
}
