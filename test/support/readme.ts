import { readFileSync } from 'node:fs';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The text under a heading, up to the next heading of its level. */
function readmeSection(heading: string): string {
  const section = README.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the README has no heading "## ${heading}"`);
  return section;
}

/** The first block of code of a language under a heading of the README, as it stands there. */
export function readmeCode(heading: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readmeSection(heading));
  if (!block?.[1]) throw new Error(`the README has no ${language} under "## ${heading}"`);
  return block[1];
}
