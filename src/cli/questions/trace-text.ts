import { styleText } from 'node:util';
import type { SpanEvent } from '../../traces/span.js';
import type { SpanNode } from '../../traces/span-tree.js';
import { printable } from '../output/printable.js';
import { extentOf, flagsOf, ownAttributes } from './trace-node.js';

export interface TraceTextOptions {
  readonly nodes: readonly SpanNode[];
  /** The width to fit; undefined for as wide as it gets. */
  readonly maxWidth: number | undefined;
  readonly color: boolean;
}

type Style = Parameters<typeof styleText>[0];

const WIDEST_BAR = 40;
const LEAST_BAR = 10;
const LEAST_NAME = 20;
const GAP = '  ';

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

/** Where a span lies in its trace. */
function barOf(
  node: SpanNode,
  { startUnixMs, durationMs }: ReturnType<typeof extentOf>,
  width: number,
): string {
  const scale = durationMs > 0 ? width / durationMs : 0;
  const from = Math.min(width - 1, Math.floor((node.span.startUnixMs - startUnixMs) * scale));
  const length = Math.max(1, Math.min(width - from, Math.round(node.span.durationMs * scale)));
  return pad(' '.repeat(from) + (node.span.durationMs * scale < 0.5 ? '▏' : '█'.repeat(length)), width);
}

/** What stands before each line of a span: its own, and those of what hangs below it. Deep trees are not drawn ever further to the right. */
function guides(nodes: readonly SpanNode[], deepest: number): { own: string; below: string }[] {
  const below = new Map<SpanNode | undefined, string>();
  return nodes.map((node) => {
    const siblings = node.parent?.children;
    const isLast = siblings === undefined || siblings.at(-1) === node;
    const above = node.parent === undefined ? '' : (below.get(node.parent) ?? '');
    const isTooDeep = node.depth > deepest;
    const own =
      node.parent === undefined
        ? ''
        : isTooDeep
          ? `${above.slice(0, -2)}… `
          : above + (isLast ? '└─ ' : '├─ ');
    const next = node.parent === undefined ? '' : isTooDeep ? above : above + (isLast ? '   ' : '│  ');
    below.set(node, next);
    return { own, below: node.children.length > 0 ? `${next}│  ` : `${next}   ` };
  });
}

/** Items on as few lines as fit; one that is wider than a line is cut. */
function fold(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const item of items.map((text) => cut(text, width))) {
    const last = lines.at(-1);
    if (last !== undefined && [...last].length + GAP.length + [...item].length <= width) {
      lines[lines.length - 1] = last + GAP + item;
    } else lines.push(item);
  }
  return lines;
}

function attributeText([key, value]: readonly [string, unknown]): string {
  return `${printable(key)}=${printable(String(value).replaceAll(/\s+/g, ' '))}`;
}

/** An exception by what it says; anything else by its name and attributes. The stack is left to --json. */
function eventText({ name, unixMs, attributes }: SpanEvent, { span }: SpanNode): string {
  const at = `+${(unixMs - span.startUnixMs).toFixed(1)} ms`;
  const { 'exception.type': type, 'exception.message': message, ...others } = attributes;
  const { 'exception.stacktrace': _, ...rest } = others;
  const what = [type, message].filter((part) => part !== undefined).join(': ');
  const words = [name, what, ...Object.entries(rest).map(attributeText)].filter((part) => part !== '');
  return `• ${at} ${printable(words.join(' '))}`;
}

const FLAG_STYLES: Readonly<Record<string, Style>> = { slow: 'yellow', error: 'red', interrupted: 'red' };

/** A trace as a tree, a line a span: its name, duration, self time, place in time and flags; below it what it says that its parent does not. */
export function traceText({ nodes, maxWidth, color }: TraceTextOptions): string {
  const styled = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const extent = extentOf(nodes);
  const width = maxWidth ?? Number.POSITIVE_INFINITY;
  const drawn = guides(nodes, maxWidth === undefined ? 1000 : Math.floor(maxWidth / 8));
  const rows = nodes.map((node, at) => ({
    node,
    guide: drawn[at] ?? { own: '', below: '' },
    name: (drawn[at]?.own ?? '') + printable(node.span.name),
    ms: node.span.durationMs.toFixed(1),
    self: node.selfMs.toFixed(1),
    flags: flagsOf(node),
  }));
  const widest = (texts: readonly string[]): number =>
    texts.reduce((most, text) => Math.max(most, [...text].length), 0);
  const msWidth = widest(['ms', ...rows.map(({ ms }) => ms)]);
  const selfWidth = widest(['self', ...rows.map(({ self }) => self)]);
  const flagsWidth = widest(rows.map(({ flags }) => flags.join(' ')));
  const fixed = msWidth + selfWidth + flagsWidth + GAP.length * 4;
  const wantedName = widest(['span', ...rows.map(({ name }) => name)]);
  const barWidth = Math.max(LEAST_BAR, Math.min(WIDEST_BAR, width - fixed - wantedName));
  const nameWidth = Math.min(wantedName, Math.max(LEAST_NAME, width - fixed - barWidth));
  const line = (name: string, ms: string, self: string): string =>
    [pad(cut(name, nameWidth), nameWidth), ms.padStart(msWidth), self.padStart(selfWidth)].join(GAP);

  const lines = rows.flatMap(({ node, guide, name, ms, self, flags }) => {
    const flagText = flags.map((flag) => styled(FLAG_STYLES[flag] ?? 'magenta', flag)).join(' ');
    const bar = styled(
      flags.includes('error') ? 'red' : flags.includes('slow') ? 'yellow' : 'cyan',
      barOf(node, extent, barWidth),
    );
    const room = Math.max(LEAST_NAME, width - [...guide.below].length);
    const events = node.span.details.events().map((event) => cut(eventText(event, node), room));
    const below = [...fold(ownAttributes(node).map(attributeText), room), ...events];
    return [
      `${line(name, ms, self)}${GAP}${bar}${GAP}${flagText}`.trimEnd(),
      ...below.map((text) => `${guide.below}${styled('dim', text)}`),
    ];
  });
  return `${[styled('bold', line('span', 'ms', 'self')), ...lines].join('\n')}\n`;
}
