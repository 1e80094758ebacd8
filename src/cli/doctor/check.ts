/** One thing that was looked at. A note is nothing wrong, and nothing to be sure of. */
export interface Check {
  readonly check: string;
  readonly state: 'ok' | 'wrong' | 'note';
  readonly found: string;
  readonly todo?: string;
}
