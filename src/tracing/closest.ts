/** More letters than these are no slip. */
const MOST_CHANGES = 2;

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
  const near = names.filter(({ length }) => Math.abs(length - word.length) <= MOST_CHANGES);
  const sameButForCase = near.find((name) => name.toLowerCase() === word.toLowerCase());
  if (sameButForCase !== undefined) return sameButForCase;
  const distances = near.map((name) => ({ name, distance: editDistance(word, name) }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= MOST_CHANGES && best.distance < best.name.length - 1
    ? best.name
    : undefined;
}

/** The method of a class's own, by its prototype, that was probably meant, or undefined. */
export function closestMethodTo(word: string, prototype: object): string | undefined {
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  const isMethod = (name: string): boolean =>
    typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function';
  return closestTo(word, names.filter(isMethod));
}
