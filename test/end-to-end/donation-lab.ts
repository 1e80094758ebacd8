import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type ChainPlan, makeAlloEvents, type RawEvent } from '../support/allo-events.mjs';
import { writeFiles } from '../support/envio-mock.mjs';
import { type Ended, type RunOptions, runNode } from '../support/run-node.js';

/** Events in a temporary folder, and the reference indexer run over them as its users do. */
export interface DonationLab {
  readonly folder: string;
  readonly events: readonly RawEvent[];
  /** Writes some of the events as a source of their own, and names it. */
  write(name: string, events: readonly RawEvent[]): Promise<string>;
  /** Has the insert of each donation take 2 ms in a new database: on no machine a donation takes less than 1 ms then. */
  slowDown(databaseUrl: string): Promise<void>;
  /** `node --require ./instrumentation dist/src/indexer/main.js …args`, with the documents of these events. */
  index(args: readonly string[], options?: RunOptions): Promise<Ended>;
  remove(): Promise<void>;
}

const TAKE_2_MS = `
  CREATE FUNCTION take_2_ms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$;
  CREATE TRIGGER take_2_ms BEFORE INSERT ON donations FOR EACH ROW EXECUTE FUNCTION take_2_ms();
`;

/** One round on Arbitrum with 3 applications; `chains` for anything else. */
export async function createDonationLab(options: {
  readonly donations: number;
  readonly seed?: number;
  readonly chains?: ChainPlan[];
}): Promise<DonationLab> {
  const made = makeAlloEvents({
    seed: options.seed ?? 3,
    chains: options.chains ?? [
      {
        chainId: 42161,
        firstBlock: 260_000_000,
        startSeconds: 1_728_000_000,
        rounds: [{ id: 27, applications: 3, donations: options.donations }],
      },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-end-to-end-'));
  writeFiles(folder, made);
  const index: DonationLab['index'] = (args, runOptions) => {
    const ipfs = args.includes('--ipfs') ? [] : ['--ipfs', join(folder, 'ipfs')];
    return runNode(
      ['--require', './instrumentation', 'dist/src/indexer/main.js', ...args, ...ipfs],
      runOptions,
    );
  };
  return {
    folder,
    events: made.events,
    async write(name, events) {
      const file = join(folder, name);
      await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      return file;
    },
    async slowDown(databaseUrl) {
      const none = join(folder, 'no-events.ndjson');
      await writeFile(none, '');
      const args = [none, '--prices', join(folder, 'prices.ndjson'), '--database-url', databaseUrl];
      const { code, stderr } = await index(args, { env: { OTEL_SDK_DISABLED: 'true' } });
      if (code !== 0) throw new Error(`the tables could not be made: ${stderr}`);
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(TAKE_2_MS).finally(() => client.end());
    },
    index,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const isDonation = (event: RawEvent): boolean => event.eventName === 'AllocatedWithOrigin';
