/** The names of exports that are looked for, by the ends of their files' paths, from a `/` on. */
export type SoughtFiles = readonly (readonly [end: string, names: readonly string[]])[];

/** What is to be seen as ES modules import it; plain data, so that another thread can be told. */
export interface SoughtImports {
  /** By their URLs. */
  readonly include: readonly RegExp[];
  /** Files that method tables name. */
  readonly files: SoughtFiles;
}
