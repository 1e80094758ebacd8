/** What the thread that exports has to tell; `why` is one line for people. */
export type News =
  /** From now on the collector takes nothing, or not all. */
  | {
      readonly kind: 'failing';
      readonly why: string;
      /** It takes some. */
      readonly isPartly?: boolean;
    }
  | { readonly kind: 'recovered' }
  /** These spans are lost, but for the trace file, if they are in it. */
  | { readonly kind: 'dropped'; readonly spans: number; readonly why: string; readonly isInFile?: boolean }
  /** The trace file could not be written; told once for each kind of reason. */
  | { readonly kind: 'trace file'; readonly why: string }
  /** It is written again, without so many spans. */
  | { readonly kind: 'trace file again'; readonly missingSpans: number }
  | { readonly kind: 'debug'; readonly line: string };
