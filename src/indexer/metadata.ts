import { BadEventError } from './bad-event-error.js';
import { isHttpUrl } from './http-url.js';
import { readFromFolder } from './metadata/folder.js';
import { createGateway } from './metadata/gateway.js';
import { showValue } from './show-value.js';

/** Documents by content id. */
export interface Metadata {
  /**
   * The parsed JSON document of a content id.
   * @throws BadEventError MISSING_DOCUMENT where there is none to be had, BAD_DOCUMENT where it is not JSON.
   */
  get(cid: string): Promise<unknown>;
}

/** Letters, digits, `-` and `_` are what every multibase text is made of: nothing that could leave a folder or a URL's path. */
const CONTENT_ID = /^[A-Za-z0-9_-]{1,200}$/;

function parseDocument(cid: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadEventError('BAD_DOCUMENT', `document ${cid}: expected JSON, found ${showValue(text)}`, {
      cause,
    });
  }
}

/**
 * Documents from a folder of `<cid>.json`, or from the gateway at an http(s) URL. Without either every document is missing: an
 * application stored without its metadata could not be told from one that has none.
 */
export function createMetadata(ipfs: string | undefined): Metadata {
  const read =
    ipfs === undefined
      ? undefined
      : isHttpUrl(ipfs)
        ? createGateway({ url: ipfs })
        : (cid: string) => readFromFolder(ipfs, cid);
  return {
    get: async (cid) => {
      if (!CONTENT_ID.test(cid))
        throw new BadEventError('MISSING_DOCUMENT', `expected a content id, found ${showValue(cid)}`);
      if (read === undefined)
        throw new BadEventError('MISSING_DOCUMENT', `document ${cid}: nowhere to read it from; give --ipfs`);
      return parseDocument(cid, await read(cid));
    },
  };
}
