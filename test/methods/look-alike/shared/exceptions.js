import { BaseError } from './base-error.js';

export class RetriableError extends BaseError {}

export class NotFound extends BaseError {}
