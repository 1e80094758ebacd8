import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetadata } from '../../src/indexer/metadata.js';
import { deadUrl } from '../support/dead-url.js';
import { temporaryFolder } from './fixtures.js';
import { serve } from './json-server.js';

describe('documents from a folder', () => {
  it('are <cid>.json, parsed', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bafy1.json'), '{"round":{"name":"ü"}}');
    expect(await createMetadata(folder).get('bafy1')).toEqual({ round: { name: 'ü' } });
  });

  it('are missing with the path that was tried', async () => {
    const folder = temporaryFolder();
    await expect(createMetadata(folder).get('bafy2')).rejects.toMatchObject({
      code: 'MISSING_DOCUMENT',
      message: `document bafy2: expected it in ${join(folder, 'bafy2.json')}; there is no such file`,
    });
  });

  it('are bad where they are not JSON', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bafy3.json'), '<html>');
    await expect(createMetadata(folder).get('bafy3')).rejects.toMatchObject({
      code: 'BAD_DOCUMENT',
      message: 'document bafy3: expected JSON, found "<html>"',
    });
  });

  it.each(['', '../secret', 'a/b', 'a\0b', 'a b'])(
    'never leave the folder: %j is no content id',
    async (cid) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'ipfs'));
      writeFileSync(join(folder, 'secret.json'), '{}');
      await expect(createMetadata(join(folder, 'ipfs')).get(cid)).rejects.toMatchObject({
        code: 'MISSING_DOCUMENT',
        message: expect.stringMatching(/^expected a content id, found /),
      });
    },
  );

  it('are missing, with what to do, where no place was named', async () => {
    await expect(createMetadata(undefined).get('bafy4')).rejects.toMatchObject({
      message: 'document bafy4: nowhere to read it from; give --ipfs',
    });
  });
});

describe('documents from a gateway', () => {
  it.each(['', '/', '/ipfs', '/ipfs/'])(
    'are asked for at /ipfs/<cid>, the URL ending in "%s"',
    async (end) => {
      const asked: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        asked.push(request.url);
        response.end('{"title":"Solar Maps"}');
      });
      expect(await createMetadata(url + end).get('bafy1')).toEqual({ title: 'Solar Maps' });
      expect(asked).toEqual(['/ipfs/bafy1']);
    },
  );

  it('are asked for again while the gateway is busy', async () => {
    let refusals = 2;
    const url = await serve((_, response) => {
      if (refusals-- > 0) response.writeHead(502);
      response.end('{"title":"Solar Maps"}');
    });
    expect(await createMetadata(url).get('bafy1')).toEqual({ title: 'Solar Maps' });
  });

  it('are missing at once where the gateway does not have them', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(404).end('no');
    });
    await expect(createMetadata(url).get('bafy2')).rejects.toMatchObject({
      code: 'MISSING_DOCUMENT',
      message: `document bafy2: expected it at ${url}/ipfs/bafy2; HTTP 404`,
    });
    expect(asked).toBe(1);
  });

  it('are missing after four attempts where the gateway stays away', async () => {
    const url = await deadUrl();
    await expect(createMetadata(url).get('bafy2')).rejects.toMatchObject({
      code: 'MISSING_DOCUMENT',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});
