import { describe, expect, it, onTestFinished } from 'vitest';
import { createGraphqlSource, type GraphqlSourceOptions } from '../../src/indexer/sources/graphql-source.js';
import { deadUrl } from '../support/dead-url.js';
import { startEnvioMock } from '../support/envio-mock.mjs';
import { allItems, batchOptions, positionsOf, rawDonation } from './fixtures.js';
import { serve } from './json-server.js';

const row = (chainId: number, blockNumber: number, logIndex: number) =>
  rawDonation({ chainId, blockNumber, logIndex });
const ROWS = [row(10, 5, 0), row(10, 5, 1), row(10, 6, 0), row(42161, 7, 2), row(42161, 8, 0)];
const ALL = ['10/5/0', '10/5/1', '10/6/0', '42161/7/2', '42161/8/0'];

function sourceOf(url: string, changes: Partial<GraphqlSourceOptions> = {}) {
  return createGraphqlSource({
    url,
    fallbackChains: [1, 10, 42161],
    follow: false,
    firstPauseMs: 10,
    onProblem: () => undefined,
    ...changes,
  });
}

async function mockOf(options: Partial<Parameters<typeof startEnvioMock>[0]> = {}) {
  const mock = await startEnvioMock({ events: ROWS, ...options });
  onTestFinished(() => mock.close());
  return mock;
}

interface Question {
  query: string;
  variables: Record<string, unknown>;
}

/** A server whose answer is a function of the question, and the questions and headers that it got. */
async function answering(answer: (question: Question) => unknown) {
  const questions: Question[] = [];
  const headers: Record<string, unknown>[] = [];
  const url = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const question = JSON.parse(body) as Question;
    questions.push(question);
    headers.push(request.headers);
    const text = answer(question);
    response.end(typeof text === 'string' ? text : JSON.stringify(text));
  });
  return { url, questions, headers };
}

describe('events from an Envio indexer', () => {
  it('pages through every chain that the server has, in order, until a page is empty', async () => {
    const mock = await mockOf();
    const items = await allItems(sourceOf(mock.graphqlUrl), { batchSize: 2 });
    expect(positionsOf(items).sort()).toEqual(ALL);
    const blocks = items.flatMap((item) =>
      item.kind === 'event' && item.event.chainId === 10 ? [item.event] : [],
    );
    expect(blocks.map(({ blockNumber, logIndex }) => [blockNumber, logIndex])).toEqual([
      [5, 0],
      [5, 1],
      [6, 0],
    ]);
    expect(items[0]?.position).toBe(`${mock.graphqlUrl} 10/5/0`);
    expect(JSON.parse(items[0]?.payload ?? '')).toEqual(ROWS[0]);
  });

  it('asks with the operation and the variables of grants-stack-indexer-v2', async () => {
    const { url, questions } = await answering(() => ({ data: { raw_events: [] } }));
    await allItems(sourceOf(url, { chains: [42161] }), {
      batchSize: 7,
      cursorOf: async () => ({ blockNumber: 260, logIndex: 4 }),
    });
    expect(questions).toHaveLength(1);
    expect(questions[0]?.variables).toEqual({ chainId: 42161, blockNumber: 260, logIndex: 4, limit: 7 });
    expect(questions[0]?.query).toMatch(/^query getEventsAfterBlockNumberAndLogIndex\(\$chainId: Int!/);
  });

  it('begins each chain behind its cursor', async () => {
    const mock = await mockOf();
    const cursors = new Map([[10, { blockNumber: 5, logIndex: 0 }]]);
    const items = await allItems(sourceOf(mock.graphqlUrl), {
      cursorOf: async (chainId) => cursors.get(chainId),
    });
    expect(positionsOf(items).sort()).toEqual(ALL.slice(1));
  });

  it('asks for the chains that it was given, and no others', async () => {
    const mock = await mockOf();
    expect(positionsOf(await allItems(sourceOf(mock.graphqlUrl, { chains: [10] })))).toEqual(ALL.slice(0, 3));
  });

  it('asks for the chains of the built-in tokens where the server has no list', async () => {
    const mock = await mockOf({ hasChainList: false });
    expect(positionsOf(await allItems(sourceOf(mock.graphqlUrl))).sort()).toEqual(ALL);
  });

  it('takes every event once from a server that ignores the chain it is asked for, also of chains nobody named', async () => {
    const mock = await mockOf({ hasChainList: false, ignoresChain: true });
    const items = await allItems(sourceOf(mock.graphqlUrl, { fallbackChains: [1] }), { batchSize: 2 });
    expect(positionsOf(items).sort()).toEqual(ALL);
  });

  it('gives a bad row as bad, with its ids, and pages on behind it', async () => {
    const events = [row(10, 5, 0), { ...row(10, 5, 1), params: 'none' }, row(10, 6, 0)];
    const mock = await mockOf({ events });
    const items = await allItems(sourceOf(mock.graphqlUrl), { batchSize: 2 });
    expect(positionsOf(items)).toEqual(['10/5/0', 'bad BAD_FIELD', '10/6/0']);
    expect(items[1]).toMatchObject({
      position: `${mock.graphqlUrl} 10/5/1`,
      reason: 'params: expected an object, found "none"',
      chainId: 10,
      blockNumber: 5,
      logIndex: 1,
    });
  });

  it('asks again when the server is busy, and loses nothing', async () => {
    let refusals = 2;
    const mock = await mockOf();
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (refusals-- > 0) {
        response.writeHead(503).end('busy');
        return;
      }
      const answer = await fetch(mock.graphqlUrl, { method: 'POST', body });
      response.end(await answer.text());
    });
    expect(positionsOf(await allItems(sourceOf(url))).sort()).toEqual(ALL);
  });

  it('sends the credentials of its URL as a header, and never shows them', async () => {
    const { url, headers } = await answering(() => ({ data: { raw_events: [] } }));
    const source = sourceOf(url.replace('//', '//reader:p%40ss@'), { chains: [10], adminSecret: 'secret' });
    await allItems(source);
    expect(headers[0]).toMatchObject({
      authorization: `Basic ${Buffer.from('reader:p@ss').toString('base64')}`,
      'x-hasura-admin-secret': 'secret',
    });
    expect(source.name).toBe(`${url}/`);
  });
});

describe('a GraphQL source that cannot be read', () => {
  it('says so in one line when nothing listens', async () => {
    const url = await deadUrl();
    await expect(allItems(sourceOf(`${url}/v1/graphql`))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(
        /^http:\/\/127[^\n]+: expected an answer, found none in 6 attempts: [^\n]*ECONNREFUSED/,
      ),
    });
  });

  it('says so when the answer is not GraphQL', async () => {
    const { url } = await answering(() => '<html>hello</html>');
    await expect(allItems(sourceOf(url))).rejects.toMatchObject({
      message: expect.stringMatching(/expected a GraphQL answer, found HTTP 200 with "<html>hello<\/html>"/),
    });
  });

  it('passes on what the server has against the query', async () => {
    const { url } = await answering(() => ({ errors: [{ message: 'field "raw_events" not found' }] }));
    await expect(allItems(sourceOf(url))).rejects.toMatchObject({
      message: expect.stringMatching(/found a refusal: field "raw_events" not found$/),
    });
  });

  it('names the place that it is redirected to, and does not go there with its credentials', async () => {
    let isFollowed = false;
    const elsewhere = await serve((_request, response) => {
      isFollowed = true;
      response.end('{}');
    });
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    await expect(allItems(sourceOf(url, { adminSecret: 'secret' }))).rejects.toMatchObject({
      message: expect.stringContaining(
        `expected a GraphQL answer, found HTTP 307, a redirect to "${elsewhere}"`,
      ),
    });
    expect(isFollowed).toBe(false);
  });

  it('ends with an error instead of asking for the same page for ever', async () => {
    const { url } = await answering(() => ({ data: { raw_events: [row(10, 5, 0)] } }));
    await expect(allItems(sourceOf(url, { chains: [10] }))).rejects.toMatchObject({
      message: expect.stringMatching(
        /expected events of chain 10 after block 5, log index 0; found 1 rows, none of them after it$/,
      ),
    });
  });
});

describe('following a GraphQL source', () => {
  it('goes on with events that come later, also after a failure, and ends when it is told to', async () => {
    const events = [row(10, 5, 0)];
    const mock = await mockOf({ events });
    let isAway = false;
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (isAway) {
        isAway = false;
        events.push(row(10, 6, 0));
        response.end('gone for a moment');
        return;
      }
      const answer = await fetch(mock.graphqlUrl, { method: 'POST', body });
      response.end(await answer.text());
    });
    const problems: string[] = [];
    const controller = new AbortController();
    const source = sourceOf(url, {
      follow: true,
      pollIntervalMs: 5,
      onProblem: (line) => problems.push(line),
    });
    const seen: string[] = [];
    for await (const batch of source.batches(batchOptions({ signal: controller.signal }))) {
      seen.push(...positionsOf(batch));
      if (batch.length === 1 && seen.length === 1) isAway = true;
      if (seen.length === 2) controller.abort();
      if (batch.length === 0) await source.untilMore?.();
    }
    expect(seen).toEqual(['10/5/0', '10/6/0']);
    expect(problems).toEqual([expect.stringMatching(/expected a GraphQL answer.*; asking again$/)]);
  });

  it('says that there is nothing now by an empty batch, and asks for one row a chain until there is more', async () => {
    const events = [row(10, 5, 0)];
    const limits: unknown[] = [];
    const { url } = await answering(({ variables }) => {
      limits.push(variables['limit']);
      if (limits.length === 5) events.push(row(10, 6, 0), row(10, 6, 1));
      const { blockNumber } = variables as { blockNumber: number };
      return { data: { raw_events: events.filter((event) => Number(event['blockNumber']) > blockNumber) } };
    });
    const controller = new AbortController();
    const source = sourceOf(url, { chains: [10], follow: true, pollIntervalMs: 1 });
    const sizes: number[] = [];
    for await (const batch of source.batches(batchOptions({ signal: controller.signal, batchSize: 50 }))) {
      sizes.push(batch.length);
      if (batch.length === 0) await source.untilMore?.();
      if (batch.length === 2) controller.abort();
    }
    expect(sizes).toEqual([1, 0, 2]);
    expect(limits).toEqual([50, 50, 1, 1, 1, 50]);
  });

  it('fails when the server never answered, because that is a wrong URL more often than not', async () => {
    const { url } = await answering(() => 'not GraphQL');
    await expect(allItems(sourceOf(url, { follow: true }))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
  });

  it('ends while a question is under way when it is told to', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    expect(await allItems(sourceOf(url, { follow: true }), { signal: controller.signal })).toEqual([]);
  });
});
