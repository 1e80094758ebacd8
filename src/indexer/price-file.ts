/** A token's price from a moment on. */
export interface PriceRow {
  readonly tokenCode: string;
  readonly timestampMs: number;
  /** Decimal digits, as given: never through a float. */
  readonly priceUsd: string;
}
