/** Documents by content id. */
export interface Metadata {
  /**
   * The parsed JSON document of a content id.
   * @throws BadEventError MISSING_DOCUMENT, or BAD_DOCUMENT for one that is not JSON.
   */
  get(cid: string): Promise<unknown>;
}
