import { withoutDatabaseTexts } from './database-errors.js';
import { withoutNamedSecrets } from './named-secrets.js';
import { withoutUrlSecrets } from './url-secrets.js';

/** A text of the application's own, that of `error` perhaps, as a span may say it: without what it quotes of rows, and of keys. */
export function fitToShow(text: string, error?: unknown): string {
  return withoutUrlSecrets(withoutNamedSecrets(withoutDatabaseTexts(text, error)));
}
