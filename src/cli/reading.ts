/** What became of an option's text: its value, or what would have been one. */
export type Reading<T> = { readonly value: T } | { readonly expected: string };
