#!/usr/bin/env node
// A stand-in, on loopback, for what the indexer reads from:
//   POST /v1/graphql   raw_events of an Envio indexer, as grants-stack-indexer-v2 asks for them, and the list of chains
//   GET  /ipfs/<cid>   an IPFS gateway
//   GET  /stats        JSON: how often each was asked
// node test/support/envio-mock.mjs [options]; with --dump it writes the same as files instead, and serves nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { makeAlloEvents } from './allo-events.mjs';

const OPTIONS = {
  port: { type: 'string', default: '5580' },
  chain: { type: 'string', default: '42161' },
  rounds: { type: 'string', default: '1' },
  apps: { type: 'string', default: '20' },
  donations: { type: 'string', default: '2000' },
  donors: { type: 'string', default: '500' },
  'per-block': { type: 'string', default: '5' },
  tokens: { type: 'string', default: 'ETH,USDC' },
  start: { type: 'string', default: '1728000000' },
  bad: { type: 'string', default: '0' },
  seed: { type: 'string', default: '12345' },
  'ipfs-delay-ms': { type: 'string', default: '0' },
  'no-chain-list': { type: 'boolean', default: false },
  'ignore-chain': { type: 'boolean', default: false },
  dump: { type: 'string' },
  help: { type: 'boolean', default: false },
};

const HELP = `envio-mock: events, documents and prices of made-up rounds
  --port 5580            0: any free one
  --chain 42161,10       rounds and donations are on every chain
  --rounds 1 --apps 20 --donations 2000 --donors 500 --per-block 5 --tokens ETH,USDC --start 1728000000 --seed 12345
  --bad 100              every 100th donation goes to an application that does not exist
  --ipfs-delay-ms 200    a slow gateway
  --no-chain-list        refuse the query for the list of chains
  --ignore-chain         answer every chain's question with the events of all
  --dump <folder>        write events.ndjson, prices.ndjson and ipfs/<cid>.json there`;

function isAfter(event, { blockNumber, logIndex }) {
  return event.blockNumber > blockNumber || (event.blockNumber === blockNumber && event.logIndex > logIndex);
}

function answer({ query, variables }, { events, hasChainList, ignoresChain }) {
  const operation = /query\s+(\w+)/.exec(query)?.[1];
  if (operation === 'getEventsAfterBlockNumberAndLogIndex') {
    const ofChain = events.filter((event) => ignoresChain || event.chainId === variables.chainId);
    const rows = ofChain.filter((event) => isAfter(event, variables));
    rows.sort((one, other) => one.blockNumber - other.blockNumber || one.logIndex - other.logIndex);
    return { raw_events: rows.slice(0, variables.limit) };
  }
  if (operation === 'getChains' && hasChainList)
    return { raw_events: [...new Set(events.map(({ chainId }) => chainId))].map((chainId) => ({ chainId })) };
  throw new Error(`unknown operation ${operation}`);
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return JSON.parse(body);
}

/** Serves `events` and `documents` on 127.0.0.1. See envio-mock.d.mts. */
export async function startEnvioMock(options) {
  const {
    events,
    documents = new Map(),
    port = 0,
    ipfsDelayMs = 0,
    hasChainList = true,
    ignoresChain = false,
  } = options;
  const asked = { graphql: 0, ipfs: 0 };
  const respond = async (request) => {
    if (request.url === '/v1/graphql') {
      asked.graphql++;
      const body = await bodyOf(request);
      try {
        return [200, { data: answer(body, { events, hasChainList, ignoresChain }) }];
      } catch (error) {
        return [200, { errors: [{ message: error.message }] }];
      }
    }
    if (request.url.startsWith('/ipfs/')) {
      asked.ipfs++;
      if (ipfsDelayMs > 0) await pause(ipfsDelayMs);
      const document = documents.get(request.url.slice('/ipfs/'.length));
      return document === undefined ? [404, { error: 'not found' }] : [200, JSON.parse(document)];
    }
    return request.url === '/stats' ? [200, asked] : [404, { error: 'no such route' }];
  };
  const server = createServer((request, response) => {
    respond(request)
      .catch((error) => [400, { error: error.message }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${server.address().port}`;
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url, graphqlUrl: `${url}/v1/graphql`, asked, close };
}

/** Writes events.ndjson, prices.ndjson and ipfs/<cid>.json into a folder. */
export function writeFiles(folder, { events, documents, prices }) {
  mkdirSync(join(folder, 'ipfs'), { recursive: true });
  const lines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'events.ndjson'), lines(events));
  writeFileSync(join(folder, 'prices.ndjson'), lines(prices));
  for (const [cid, document] of documents) writeFileSync(join(folder, 'ipfs', `${cid}.json`), document);
}

function planOf(values) {
  const startSeconds = Number(values.start);
  const roundCount = Number(values.rounds);
  const chains = values.chain.split(',').map((chainId, index) => ({
    chainId: Number(chainId),
    firstBlock: 260_000_000 - index * 140_000_000,
    startSeconds,
    rounds: Array.from({ length: roundCount }, (_, round) => ({
      id: round + 1,
      applications: Number(values.apps),
      donations: Math.floor((Number(values.donations) + round) / roundCount),
      tokens: values.tokens.split(','),
    })),
  }));
  return {
    chains,
    seed: Number(values.seed),
    donors: Number(values.donors),
    perBlock: Number(values['per-block']),
    badEvery: Number(values.bad),
  };
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const made = makeAlloEvents(planOf(values));
  if (values.dump !== undefined) return writeFiles(values.dump, made);
  const mock = await startEnvioMock({
    ...made,
    port: Number(values.port),
    ipfsDelayMs: Number(values['ipfs-delay-ms']),
    hasChainList: !values['no-chain-list'],
    ignoresChain: values['ignore-chain'],
  });
  console.log(`envio-mock: ${made.events.length} events, ${mock.graphqlUrl}, --ipfs ${mock.url}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
