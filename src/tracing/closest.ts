/** How many letters have to be put in, taken out or changed to make one word of another. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The one of `names` that was probably meant, or undefined. */
export function closestTo(word: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: editDistance(word, name) }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= 2 && best.distance < best.name.length - 1
    ? best.name
    : undefined;
}
