import type { TraceAttributes } from '../../src/tracing/attributes.js';
import type { Told } from '../../src/tracing/method-table.js';
import type { TracedEvent } from '../../src/tracing/trace-event.js';
import { decimalText, sumOfDecimals } from './decimal-text.js';
import { noteRound, type RoundOfStrategy, roundOfStrategy } from './rounds-of-strategies.js';

// What grants-stack-indexer-v2 passes around, as far as attributes are read from it. It may be of another version: nothing is sure to be there.

interface AlloEvent {
  readonly chainId: number;
  readonly contractName: string;
  readonly eventName: string;
  readonly blockNumber?: number;
  readonly logIndex?: number;
  /** The contract that it is of. */
  readonly srcAddress?: string;
  /** In milliseconds since 1970. */
  readonly blockTimestamp?: number;
  readonly params?: Partial<
    Record<'poolId' | 'amount' | 'origin' | 'sender' | 'token' | 'profileOwner', string>
  > | null;
  readonly transactionFields?: { readonly hash?: string };
}

interface Donation extends TraceAttributes {
  readonly applicationId?: string;
}

interface Change {
  readonly type: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Ids = Pick<TraceAttributes, 'roundId' | 'applicationId'>;
type Allocation = Pick<TraceAttributes, 'amount' | 'donorAddress' | 'recipientAddress' | 'tokenAddress'>;

/** An address with its checksum; one that has letters, and all of them small, is none. */
function checksummed(address = ''): string | undefined {
  return /^0x[\dA-Fa-f]+$/.test(address) && !/^0x\d*[a-f][\da-f]*$/.test(address) ? address : undefined;
}

/** What a donation's event says of it, before anything is looked up: it may fail before there is more. */
function readAllocation({ eventName, params: given }: AlloEvent): Allocation | undefined {
  // What comes in is checked by nobody before.
  const params = given ?? {};
  const isDirect = eventName === 'DirectAllocated';
  if (!isDirect && !String(eventName).startsWith('Allocated')) return undefined;
  return {
    amount: decimalText(params.amount),
    donorAddress: checksummed(isDirect ? params.sender : params.origin),
    recipientAddress: isDirect ? checksummed(params.profileOwner) : undefined,
    tokenAddress: checksummed(params.token),
  };
}

/** The event that the queue hands out. */
export function readEvent(event: AlloEvent): TracedEvent {
  const { chainId, contractName, eventName, params } = event;
  return {
    chainId,
    contractName,
    eventName,
    blockNumber: event.blockNumber,
    logIndex: event.logIndex,
    transactionHash: event.transactionFields?.hash,
    blockTimestampMs: event.blockTimestamp,
    roundId: contractName === 'Allo' ? params?.poolId : roundOfStrategy(chainId, event.srcAddress),
    ...readAllocation(event),
  };
}

/** What a donation that is to be inserted tells. */
function readDonation(donation: Donation): TraceAttributes {
  const { donorAddress, recipientAddress, tokenAddress } = donation;
  return {
    donorAddress,
    recipientAddress,
    tokenAddress,
    amount: decimalText(donation.amount),
    amountInUsd: decimalText(donation.amountInUsd),
    amountInRoundMatchToken: decimalText(donation.amountInRoundMatchToken),
  };
}

/** The round and the application that a change is about. */
function idsOf({ type, args }: Change): Ids {
  const { round, roundRole, applicationPayout, donation } = args as Record<string, Ids | undefined>;
  if (type === 'UpdateRoundByStrategyAddress')
    return { roundId: roundOfStrategy(args['chainId'], args['strategyAddress']) };
  if (type === 'InsertApplication')
    return { roundId: args['roundId'] as string, applicationId: args['id'] as string };
  if (type === 'InsertRound') {
    return { roundId: (round as { readonly id?: string } | undefined)?.id };
  }
  const { roundId, applicationId } = donation ?? applicationPayout ?? roundRole ?? (args as Ids);
  return { roundId, applicationId: applicationId ?? undefined };
}

/** Remembers the rounds that changes have inserted, with their strategies. */
export function noteInsertedRounds(changes: readonly Change[]): void {
  for (const { type, args } of changes)
    if (type === 'InsertRound') noteRound(args['round'] as RoundOfStrategy | undefined);
}

/** What all of them have as `key` that have anything there, or undefined. */
function onlyOne<K extends keyof Ids>(of: readonly Ids[], key: K): Ids[K] {
  let found: Ids[K] | undefined;
  for (const { [key]: value } of of) {
    if (value === undefined || value === null || value === found) continue;
    if (found !== undefined) return undefined;
    found = value;
  }
  return found;
}

/** What the changes that an event comes to tell of the event: its donation, and its ids, where they are about one round or application. */
export function readChanges(changes: readonly Change[] | undefined): Told | undefined {
  if (!Array.isArray(changes) || changes.length === 0) return undefined;
  const ids = changes.map(idsOf);
  const donations = changes.filter((change) => change.type === 'InsertDonation');
  const donation = donations.length === 1 ? (donations[0]?.args['donation'] as Donation) : undefined;
  return {
    event: {
      roundId: onlyOne(ids, 'roundId'),
      applicationId: onlyOne(ids, 'applicationId'),
      ...(donation && readDonation(donation)),
    },
  };
}

/** What one change tells when it is applied. */
export function readChange(change: Change): Told {
  const ids = idsOf(change);
  const { donation, donations } = change.args as { donation?: Donation; donations?: readonly Donation[] };
  if (change.type === 'InsertDonation' && donation) return { step: { ...ids, ...readDonation(donation) } };
  if (change.type !== 'InsertManyDonations' || !Array.isArray(donations)) return { step: ids };
  return {
    step: {
      roundId: onlyOne(donations, 'roundId'),
      applicationId: onlyOne(donations, 'applicationId'),
      donationCount: donations.length,
      totalAmountInUsd: sumOfDecimals(donations.map((one) => one.amountInUsd)),
    },
  };
}
