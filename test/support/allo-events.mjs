// Events of Allo v2 rounds as an Envio indexer has them in raw_events, with their documents and prices. Made up from a seed: the same
// options give the same events. See allo-events.d.mts for the options.
import { createHash } from 'node:crypto';
import { encodeAbiParameters, getAddress } from 'viem';

const REGISTRY = '0x4AAcca72145e1dF2aeC137E1f3C5E3D75DB8b5f3';
const ALLO = '0x1133eA7Af70876e64665ecD07C0A0476d09465a1';
const NATIVE = '0x0000000000000000000000000000000000000000';
const PENDING = 1;
const APPROVED = 2n;

/** Tokens that donations may be made in: decimals, the range of a donation in thousandths, a price to walk from. */
export const TOKENS = {
  ETH: {
    decimals: 18,
    least: 1,
    most: 60,
    usd: 2431.337,
    addresses: { 1: NATIVE, 10: NATIVE, 8453: NATIVE, 42161: NATIVE },
  },
  USDC: {
    decimals: 6,
    least: 1000,
    most: 60_000,
    usd: 0.9998,
    addresses: {
      1: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
      10: '0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85',
      8453: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
      42161: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831',
    },
  },
  DAI: {
    decimals: 18,
    least: 1000,
    most: 80_000,
    usd: 1.0003,
    addresses: {
      1: '0x6B175474E89094C44Da98b954EedeAC495271d0F',
      10: '0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1',
      8453: '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb',
    },
  },
  ARB: {
    decimals: 18,
    least: 1000,
    most: 90_000,
    usd: 0.5612,
    addresses: { 42161: '0x912CE59144191C1204E64559FE8253a0e49E6548' },
  },
};

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** CIDv1 (raw, sha2-256) of a text. */
function contentId(text) {
  const digest = createHash('sha256').update(text).digest();
  let held = 0;
  let bits = 0;
  let id = 'b';
  for (const byte of [0x01, 0x55, 0x12, 0x20, ...digest]) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) id += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? id + BASE32[(held << (5 - bits)) & 31] : id;
}

function hashOf(label) {
  return `0x${createHash('sha256').update(label).digest('hex')}`;
}

/** An address that stands for a label, checksummed. */
export function addressOf(label) {
  return getAddress(hashOf(label).slice(0, 42));
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const REGISTRATION = [
  { type: 'address' },
  { type: 'address' },
  { type: 'tuple', components: [{ type: 'uint256' }, { type: 'string' }] },
];

/** The data of UpdatedRegistrationWithStatus. */
export function encodeRegistration({ anchor, recipient, cid }) {
  return encodeAbiParameters(REGISTRATION, [anchor, recipient, [1n, cid]]);
}

/** The data of RegisteredWithSender: the same, in bytes, with the contract's counter. */
export function encodeNumberedRegistration({ counter, ...registration }) {
  return encodeAbiParameters(
    [{ type: 'bytes' }, { type: 'uint256' }],
    [encodeRegistration(registration), BigInt(counter)],
  );
}

/** One chain's log: it hands out blocks, times and log indexes. */
class ChainLog {
  constructor({ chainId, firstBlock, startSeconds }) {
    this.chainId = chainId;
    this.blockNumber = firstBlock;
    this.blockTimestamp = startSeconds;
    this.logIndex = 0;
    this.events = [];
  }

  nextBlock(seconds) {
    this.blockNumber += Math.max(1, Math.round(seconds / 2));
    this.blockTimestamp += seconds;
    this.logIndex = 0;
  }

  emit(name, srcAddress, params, from) {
    const [contractName, eventName] = name.split('.');
    this.events.push({
      chainId: this.chainId,
      blockNumber: this.blockNumber,
      blockTimestamp: this.blockTimestamp,
      logIndex: this.logIndex,
      contractName,
      eventName,
      srcAddress,
      params,
      transactionFields: {
        hash: hashOf(`${this.chainId}/${this.blockNumber}/${this.logIndex}`),
        transactionIndex: this.logIndex,
        from,
      },
    });
    this.logIndex++;
  }
}

function addDocument(documents, document) {
  const text = JSON.stringify(document);
  const cid = contentId(text);
  documents.set(cid, text);
  return cid;
}

function applicationDocument(round, application, title) {
  return {
    signature: '0x',
    application: { round: round.strategy, recipient: application.recipient, project: { title }, answers: [] },
  };
}

function applicationsOf(chainId, { id, applications, title = (index) => `Project ${id}/${index + 1}` }) {
  return Array.from({ length: applications }, (_, index) => {
    const label = `${chainId}/${id}/${index}`;
    return {
      index,
      title: title(index),
      anchor: addressOf(`anchor ${label}`),
      recipient: addressOf(`recipient ${label}`),
      owner: addressOf(`owner ${label}`),
    };
  });
}

function emitPool(log, round, documents) {
  const { id, name = `Round ${id}`, matchToken = 'USDC', strategy, manager } = round;
  const cid = addDocument(documents, {
    round: { name, roundType: 'public', quadraticFundingConfig: { matchingFundsAvailable: 10_000 } },
    application: { version: '2.0.0' },
  });
  const profileId = hashOf(`program ${log.chainId}/${id}`);
  log.nextBlock(60);
  log.emit(
    'Registry.ProfileCreated',
    REGISTRY,
    {
      profileId,
      nonce: '1',
      name,
      metadata: ['1', cid],
      owner: manager,
      anchor: addressOf(`anchor of program ${id}`),
    },
    manager,
  );
  log.nextBlock(60);
  const token = TOKENS[matchToken].addresses[log.chainId];
  log.emit(
    'Allo.PoolCreated',
    ALLO,
    { poolId: String(id), profileId, strategy, token, amount: '0', metadata: ['1', cid] },
    manager,
  );
  log.emit('Allo.PoolFunded', ALLO, { poolId: String(id), amount: '10000000000', fee: '0' }, manager);
}

function emitApplications(log, round, documents) {
  for (const application of round.members) {
    if (application.index % 5 === 0) log.nextBlock(120);
    const { anchor, recipient, owner, index, title } = application;
    const cid = addDocument(documents, applicationDocument(round, application, title));
    const data = encodeNumberedRegistration({ anchor, recipient, cid, counter: index + 1 });
    log.emit(
      'Strategy.RegisteredWithSender',
      round.strategy,
      { recipientId: anchor, data, sender: owner },
      owner,
    );
  }
  for (const application of round.members.slice(0, 3)) {
    log.nextBlock(60);
    const { anchor, recipient, owner, title } = application;
    const cid = addDocument(documents, applicationDocument(round, application, `${title}, revised`));
    const data = encodeRegistration({ anchor, recipient, cid });
    const params = { recipientId: anchor, data, sender: owner, status: String(PENDING) };
    log.emit('Strategy.UpdatedRegistrationWithStatus', round.strategy, params, owner);
  }
  log.nextBlock(600);
  for (let row = 0; row * 64 < round.members.length; row++) {
    const inRow = Math.min(64, round.members.length - row * 64);
    let fullRow = 0n;
    for (let slot = 0; slot < inRow; slot++) fullRow |= APPROVED << BigInt(4 * slot);
    const params = { rowIndex: String(row), fullRow: fullRow.toString(), sender: round.manager };
    log.emit('Strategy.RecipientStatusUpdatedWithFullRow', round.strategy, params, round.manager);
  }
}

/** Which round each donation of a chain goes to, shuffled. */
function donationRounds(rounds, random) {
  const order = rounds.flatMap((round) => Array.from({ length: round.donations }, () => round));
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [order[index], order[other]] = [order[other], order[index]];
  }
  return order;
}

function emitDonations(log, rounds, options) {
  const { random, donors, perBlock, secondsPerBlock, badEvery } = options;
  for (const [count, round] of donationRounds(rounds, random).entries()) {
    if (count % perBlock === 0) log.nextBlock(Math.max(1, Math.round(secondsPerBlock * (0.5 + random()))));
    const symbol = round.tokens[Math.floor(random() * round.tokens.length)];
    const { decimals, least, most, addresses } = TOKENS[symbol];
    const thousandths = least + Math.floor(random() * (most - least));
    const member = round.members[Math.floor(random() ** 2 * round.members.length)];
    const isBad = badEvery > 0 && count % badEvery === badEvery - 1;
    const origin = addressOf(`donor ${Math.floor(random() * donors)}`);
    const params = {
      recipientId: isBad ? addressOf(`nobody ${count}`) : member.anchor,
      amount: (BigInt(thousandths) * 10n ** BigInt(decimals - 3)).toString(),
      token: addresses[log.chainId],
      sender: addressOf('multi round checkout'),
      origin,
    };
    log.emit('Strategy.AllocatedWithOrigin', round.strategy, params, origin);
  }
}

function chainEvents(chain, options, documents) {
  const log = new ChainLog(chain);
  const rounds = chain.rounds.map((round) => ({
    tokens: ['ETH', 'USDC'],
    ...round,
    members: applicationsOf(chain.chainId, round),
    strategy: addressOf(`strategy ${chain.chainId}/${round.id}`),
    manager: addressOf(`manager ${chain.chainId}/${round.id}`),
  }));
  for (const round of rounds) {
    emitPool(log, round, documents);
    emitApplications(log, round, documents);
  }
  emitDonations(log, rounds, options);
  return log.events;
}

function priceRows(events, symbols, random) {
  const hour = 3600;
  const times = events.map((event) => event.blockTimestamp);
  const first = Math.floor(times.reduce((a, b) => Math.min(a, b)) / hour) * hour;
  const last = times.reduce((a, b) => Math.max(a, b));
  const prices = Object.fromEntries(symbols.map((symbol) => [symbol, TOKENS[symbol].usd]));
  const rows = [];
  for (let at = first; at <= last; at += hour)
    for (const tokenCode of symbols) {
      const swing = prices[tokenCode] > 0.95 && prices[tokenCode] < 1.05 ? 0.0004 : 0.008;
      prices[tokenCode] *= 1 + (random() - 0.5) * swing;
      rows.push({
        tokenCode,
        timestampMs: at * 1000,
        priceUsd: prices[tokenCode].toFixed(tokenCode === 'ETH' ? 3 : 5),
      });
    }
  return rows;
}

/** See allo-events.d.mts. */
export function makeAlloEvents(options) {
  const { chains, seed = 12345, donors = 500, perBlock = 5, secondsPerBlock = 12, badEvery = 0 } = options;
  const random = createRandom(seed);
  const documents = new Map();
  const events = chains
    .flatMap((chain) =>
      chainEvents(chain, { random, donors, perBlock, secondsPerBlock, badEvery }, documents),
    )
    .sort((one, other) => one.blockTimestamp - other.blockTimestamp);
  const symbols = new Set(
    chains.flatMap(({ rounds }) =>
      rounds.flatMap(({ tokens = ['ETH', 'USDC'], matchToken = 'USDC' }) => [...tokens, matchToken]),
    ),
  );
  return { events, documents, prices: priceRows(events, [...symbols], random) };
}
