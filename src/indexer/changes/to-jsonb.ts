/** A value as a jsonb column takes it: JSON text, and SQL's null where there is nothing. */
export function toJsonb(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
