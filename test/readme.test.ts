import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { QUESTIONS } from '../src/cli/questions.js';
import { ATTRIBUTES } from '../src/tracing/attributes.js';
import { VARIABLES } from '../src/tracing/variables.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, head and ruler left out. */
function tableUnder(heading: string): string[] {
  const section = readme.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
}

describe('the README', () => {
  test('has every attribute, with its type and place, as the code has it', () => {
    const rows = Object.entries(ATTRIBUTES).map(([key, { type, on }]) => `| \`${key}\` | ${type} | ${on} |`);
    expect(tableUnder('Attributes')).toEqual(rows);
  });

  test('has every variable, with its default and meaning, as the code has it', () => {
    const rows = Object.values(VARIABLES).map(
      (variable) => `| \`${variable.name}\` | ${variable.defaultText} | ${variable.meaning} |`,
    );
    expect(tableUnder('Variables')).toEqual(rows);
  });

  test('has an example of every question', () => {
    for (const name of Object.keys(QUESTIONS))
      expect(readme).toMatch(new RegExp(`npx grants-otel ${name}\\b`));
  });

  test('names no file of this repository that is not there', () => {
    const paths = [...readme.matchAll(/`((?:src|instrumentation|test|samples|bench)\/[\w./-]*)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths)
      expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow(/ENOENT/);
  });
});
