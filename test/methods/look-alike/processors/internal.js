export * from './base.handler.js';
export * from './helpers/index.js';
export * from './processors/strategy/donationVotingMerkleDistributionDirectTransfer/handlers/allocated.handler.js';
export * from './processors/strategy/recipientStatusUpdated.handler.js';
