export class BaseError extends Error {
  constructor(message, cause) {
    super(message, { cause });
    Error.captureStackTrace(this, this.constructor);
  }
}
