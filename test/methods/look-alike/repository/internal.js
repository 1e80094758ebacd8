export * from './kysely/base.repository.js';
export * from './kysely/database.js';
export * from './kysely/repositories/application.repository.js';
export * from './kysely/repositories/donation.repository.js';
export * from './kysely/repositories/eventRegistry.repository.js';
export * from './kysely/repositories/round.repository.js';
