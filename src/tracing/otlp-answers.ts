/** What to ask where something else than an endpoint for traces answers. */
export const IS_IT_THE_PORT = 'is it the OTLP/HTTP port, 4318?';

/** Whether an answer is a page for people, as its `content-type` and its text have it: no endpoint for traces answers so. */
export function isHtmlPage(contentType: string, text: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType) && /^\s*</.test(text);
}
