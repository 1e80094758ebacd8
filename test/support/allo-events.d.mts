export interface RoundPlan {
  /** The pool id. */
  id: number;
  name?: string;
  applications: number;
  donations: number;
  /** Codes of `TOKENS`; ETH and USDC where left out. */
  tokens?: string[];
  matchToken?: string;
  /** The title of an application's project, by its index. */
  title?: (index: number) => string;
}

export interface ChainPlan {
  chainId: number;
  firstBlock: number;
  /** Seconds since 1970. */
  startSeconds: number;
  rounds: RoundPlan[];
}

export interface AlloEventsOptions {
  chains: ChainPlan[];
  seed?: number;
  /** How many different donors there are; 500 where left out. */
  donors?: number;
  /** Donations in a block; 5 where left out. */
  perBlock?: number;
  /** Seconds from one block of donations to the next, on average; 12 where left out. */
  secondsPerBlock?: number;
  /** Every so many donations one goes to an application that does not exist; 0 where left out: never. */
  badEvery?: number;
}

export interface RawEvent {
  chainId: number;
  blockNumber: number;
  blockTimestamp: number;
  logIndex: number;
  contractName: string;
  eventName: string;
  srcAddress: string;
  params: Record<string, unknown>;
  transactionFields: { hash: string; transactionIndex: number; from: string };
}

export const TOKENS: Record<string, { decimals: number; addresses: Record<number, `0x${string}`> }>;
export function addressOf(label: string): `0x${string}`;
export function encodeRegistration(of: { anchor: string; recipient: string; cid: string }): `0x${string}`;
export function encodeNumberedRegistration(of: {
  anchor: string;
  recipient: string;
  cid: string;
  counter: number;
}): `0x${string}`;
/** All events in the order of their time, the documents by content id, hourly prices. */
export function makeAlloEvents(options: AlloEventsOptions): {
  events: RawEvent[];
  documents: Map<string, string>;
  prices: { tokenCode: string; timestampMs: number; priceUsd: string }[];
};
