/**
 * Quantiles by nearest rank: the least value that at least such a share of the weight does not exceed. Empty where there are no values.
 */
export function weightedQuantiles(
  values: Float64Array,
  weights: Float64Array,
  shares: readonly number[],
): number[] {
  if (values.length === 0) return [];
  const order = Uint32Array.from(values, (_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const found: number[] = [];
  let place = 0;
  let sum = weights[order[0] ?? 0] ?? 0;
  for (const share of shares) {
    while (sum < total * share && place < order.length - 1) {
      place++;
      sum += weights[order[place] ?? 0] ?? 0;
    }
    found.push(values[order[place] ?? 0] ?? 0);
  }
  return found;
}
