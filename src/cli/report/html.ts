import { printable } from '../output/printable.js';

/** A piece of markup that is safe to stand in a page. Made by {@link html} only. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: markup as it is, text and numbers escaped, nothing for undefined, lists one after the other. */
type Content = Html | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  if (typeof content === 'object') return content.map(markupOf).join('');
  return escapeMarkup(printable(String(content)));
}

/**
 * Markup from a template: every value in it becomes text, whatever it holds, also within quoted attributes; control characters are shown
 * as `\u001b`. Not for the inside of `<script>` and `<style>`.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, at) => part + markupOf(values[at])).join(''));
}

/** Text that keeps its line breaks, each line escaped as {@link html} does it. */
export function lines(text: string): Html {
  return new Html(
    text
      .split(/\r?\n/)
      .map((line) => markupOf(line.replaceAll('\t', '  ')))
      .join('\n'),
  );
}

const MOST_NAME = 300;

/** A name that leaves room for others: of a long one its beginning, and how long it is. */
export function shortened(text: string, most = MOST_NAME): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

/** JSON for the inside of a `<script type="application/json">`: nothing in it can end the element. */
export function jsonForScript(value: unknown): Html {
  return new Html(
    JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  );
}
