/** Some ten times the rounds that there are on all chains. */
const MOST_ROUNDS = 50_000;

/** Ids of rounds by chain and strategy: a strategy is that of one round, for good. */
const rounds = new Map<string, string>();

/** A round, as far as it is known. */
export interface RoundOfStrategy {
  readonly id?: unknown;
  readonly chainId?: unknown;
  readonly strategyAddress?: unknown;
}

function keyOf(chainId: unknown, strategyAddress: unknown): string | undefined {
  return typeof strategyAddress === 'string' ? `${chainId} ${strategyAddress.toLowerCase()}` : undefined;
}

/** Remembers which round has a strategy: not all that is about the strategy looks that up. */
export function noteRound(round: RoundOfStrategy | undefined): void {
  const { id, chainId, strategyAddress } = round ?? {};
  const key = keyOf(chainId, strategyAddress);
  if (key === undefined || typeof id !== 'string' || rounds.get(key) === id) return;
  if (rounds.size >= MOST_ROUNDS) rounds.clear();
  rounds.set(key, id);
}

/** The id of the round that has a strategy; undefined where none was met in this process. */
export function roundOfStrategy(chainId: unknown, strategyAddress: unknown): string | undefined {
  const key = keyOf(chainId, strategyAddress);
  return key === undefined ? undefined : rounds.get(key);
}
