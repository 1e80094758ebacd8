import type { Span } from '../../traces/span.js';
import { buildSpanTree, walkTree } from '../../traces/span-tree.js';
import { link } from '../output/link.js';
import { printable } from '../output/printable.js';
import { exitCodeOf, formatOf, type Request } from '../request.js';
import { readSources } from '../sources.js';
import type { TraceData } from './trace-data.js';
import { extentOf, flagsOf } from './trace-node.js';

async function textOf({ traceId, traceUrl, nodes }: TraceData, { config, output }: Request): Promise<string> {
  const { traceText } = await import('./trace-text.js');
  const isTerminal = output.terminalColumns !== undefined;
  const { startUnixMs, durationMs } = extentOf(nodes);
  const slowCount = nodes.filter((node) => flagsOf(node).includes('slow')).length;
  const where =
    traceUrl === undefined ? traceId : isTerminal && config.linksKnown ? link(traceId, traceUrl) : traceUrl;
  const tree = traceText({
    nodes,
    maxWidth: output.terminalColumns,
    color: isTerminal && config.colorAllowed,
  });
  const counts = `${nodes.length} span${nodes.length === 1 ? '' : 's'}, ${slowCount} slow, ${durationMs.toFixed(1)} ms`;
  return `${tree}\n${counts} from ${new Date(startUnixMs).toISOString()}; ${where}\n`;
}

/** `grants-otel trace`: one trace, whole. */
export async function answerTrace(request: Request): Promise<number> {
  const { traceId = '', output, options } = request;
  const spans: Span[] = [];
  let traceUrl: string | undefined;
  const read = await readSources({
    request,
    search: { filter: { spans: 'all' }, fields: 'all', traceIds: [traceId] },
    onSpans: (found, source) => {
      spans.push(...found);
      traceUrl ??= source.traceUrl(traceId);
    },
  });
  const data = { traceId, traceUrl, nodes: [...walkTree(buildSpanTree(spans))] };
  const format = formatOf(options);
  const found = spans.length > 0;
  if (found && format === 'table') output.print(await textOf(data, request));
  else if (found || format !== 'table') {
    const { traceToCsv, traceToJson } = await import('./trace-data.js');
    if (format === 'csv') (await import('../output/csv.js')).printCsv(output, traceToCsv(data));
    else output.print(found ? traceToJson(data) : 'null\n');
  }
  if (!found && read.answered.length > 0) {
    const where = printable(read.answered.join(' and '));
    output.say(
      `no trace ${traceId} found in ${where}; an id is written in full, only its leading zeros may be left out`,
    );
  }
  return exitCodeOf({ failedCount: read.failedCount, found });
}
