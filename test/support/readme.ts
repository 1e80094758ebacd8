import { readFileSync } from 'node:fs';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/**
 * The first block of code of a language (empty: none is named) under a heading of the README, of its second or third level, as it stands
 * there.
 */
export function readmeCode(heading: string, language: string): string {
  const section = README.split(/^#{2,3} /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  for (const [, named, code = ''] of section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (named === language) return code;
  }
  throw new Error(`the README has no block of ${language || 'text'} under "${heading}"`);
}
