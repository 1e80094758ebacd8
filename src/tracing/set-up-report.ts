/**
 * Names the folder that each process with the preload writes its {@link SetUpReport} into, as `<pid>.json`. Set by `grants-otel doctor` for the
 * application that it starts; not for people, who have `OTEL_LOG_LEVEL=debug`.
 */
export const SET_UP_FOLDER_VARIABLE = 'GRANTS_OTEL_DOCTOR_FOLDER';

/** What became of one row of a method table. */
export interface RowReport {
  readonly table: string;
  /** `/data-flow/dist/src/orchestrator.js Orchestrator.handleEvent` */
  readonly row: string;
  readonly kind: 'step' | 'event' | 'next' | 'batch';
  /** `waiting` until its file is loaded. */
  status: 'waiting' | 'matched' | 'no match';
  /** The file that it was sought in. */
  file?: string;
  /** What was not found there. */
  reason?: string;
  /** What those of its functions came to that failed, or told what is not heeded: of each the first time. */
  failures?: string[];
  /** Of a row that tells of events: how many calls told of one, and of none. */
  calls?: { told: number; untold: number };
}

/**
 * Whether a process is traced: `failed` until it is; `off` by `OTEL_SDK_DISABLED`; `stepped back` where an SDK was registered before ours, `gave
 * way` where one was after it.
 */
export type TracingState = 'failed' | 'on' | 'off' | 'stepped back' | 'gave way';

/** How the preload finds one process. */
export interface SetUpReport {
  readonly pid: number;
  readonly startedUnixMs: number;
  /** The program's path; undefined for code of the command line. */
  readonly program: string | undefined;
  readonly node: string;
  /** False where the command did not name the preload, and `grants-otel doctor` had to add it. */
  readonly isPreloaded: boolean;
  /** It had to be added, and the application loads it by itself later on. */
  isLoadedByApplication: boolean;
  tracing: TracingState;
  /** Processors of ours were made for an SDK of the application's own. */
  hasProcessors: boolean;
  /** The application could not register an SDK of its own beside ours. */
  hasRefusedSdk: boolean;
  /** The variables of ours and of OpenTelemetry, as they were at the start. */
  readonly environment: Readonly<Record<string, string>>;
  /** The path of the trace file, absolute; undefined for none. */
  readonly traceFile: string | undefined;
  /** The method tables that are in use. */
  readonly tables: string[];
  readonly rows: RowReport[];
  /** Files of a row, and `pg` or files of it, that were loaded before the preload could see them. */
  readonly loadedBefore: string[];
  /** One line each: a bad value of a variable, a table that cannot be taken. */
  readonly problems: string[];
  /** The version of the `pg` that was seen as it was loaded. */
  pg?: string;
  /** Spans and events that have ended. */
  spanCount: number;
  eventCount: number;
  /** Attributes that could not be taken as they were given, with the reason; each name once. */
  readonly refusedAttributes: string[];
  /** Attributes whose names are those of the table but for case and punctuation, each with the name that was probably meant. */
  readonly misspeltAttributes: string[];
  /** Events that no chain is known of. */
  eventsWithoutChain: number;
  /** Events without the name of their contract, or of their own. */
  eventsWithoutName: number;
}
