/*
 * The script of the page, inlined into it: draws both pictures with uPlot, and again when the colours or the width change, and for paper.
 */
import type uPlotLibrary from 'uplot';
import type { ChartData } from '../chart-data.js';

declare const uPlot: typeof uPlotLibrary;

type Chart = uPlotLibrary;
type Ready = { readonly place: HTMLElement; readonly draw: (place: HTMLElement, scale: number) => Chart };

/** Paper has finer dots than the screen: drawn larger, and shrunk by the style sheet. */
const PAPER_SCALE = 2;

const data = JSON.parse(document.getElementById('chart-data')?.textContent ?? '') as ChartData;
let isPrinting = false;

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return `${Number(ms.toPrecision(3))} ms`;
}

function utc(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Where an axis of logarithms has its lines: at 1, 2 and 5 of each decade, or at fewer where their labels would meet. */
function logSplits(low: number, high: number, decadeGaps: number): number[] {
  const marks = decadeGaps >= 1 / Math.log10(2) ? [1, 2, 5] : decadeGaps >= 1 / Math.log10(3) ? [1, 3] : [1];
  const splits: number[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const mark of marks) {
      const log = decade + Math.log10(mark);
      if (log >= low && log <= high) splits.push(log);
    }
  }
  return splits;
}

/** Times of day, as fine as the lines are close, with the day where it is another one. */
function timeLabels(splits: readonly number[], increment: number): string[] {
  let day = '';
  return splits.map((seconds) => {
    const iso = new Date(seconds * 1000).toISOString();
    const isNewDay = iso.slice(0, 10) !== day;
    day = iso.slice(0, 10);
    const end = increment < 1 ? 23 : increment < 60 ? 19 : 16;
    if (increment >= 86_400) return day;
    return `${iso.slice(11, end)}${isNewDay ? `\n${day}` : ''}`;
  });
}

function axisStyle(scale: number) {
  const line = { stroke: color('line'), width: scale };
  return {
    stroke: color('soft'),
    font: `${12 * scale}px system-ui, sans-serif`,
    grid: line,
    ticks: { ...line, size: 4 * scale },
    gap: 5 * scale,
  };
}

/** An axis of durations, its lines at least `gap` CSS pixels apart. */
function logAxis(scale: number, gap: number) {
  return {
    ...axisStyle(scale),
    splits: (chart: Chart, axis: number, low: number, high: number) => {
      const length = (axis === 0 ? chart.bbox.width : chart.bbox.height) / devicePixelRatio;
      return logSplits(low, high, length / (high - low) / (gap * scale));
    },
    values: (_: Chart, splits: number[]) => splits.map((log) => durationText(10 ** log)),
  };
}

/** Marks where slow begins. */
function drawThreshold(chart: Chart, axis: 'x' | 'y'): void {
  const { slowThresholdMs } = data;
  const { left, top, width, height } = chart.bbox;
  if (slowThresholdMs === undefined || slowThresholdMs <= 0) return;
  const at = chart.valToPos(Math.log10(slowThresholdMs), axis, true);
  if (axis === 'x' ? at < left || at > left + width : at < top || at > top + height) return;
  const { ctx } = chart;
  ctx.save();
  ctx.strokeStyle = color('slow');
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(axis === 'x' ? at : left, axis === 'x' ? top : at);
  ctx.lineTo(axis === 'x' ? at : left + width, axis === 'x' ? top + height : at);
  ctx.stroke();
  ctx.restore();
}

/** The triples of one class of events: column, row, count. */
function decode(base64: string): Uint16Array {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => view.getUint16(at * 2, true));
}

const CELLS = data.overTime.cells.map(decode);
const MOST_IN_CELL = CELLS.reduce((most, cells) => {
  let larger = most;
  for (let at = 2; at < cells.length; at += 3) larger = Math.max(larger, cells[at] ?? 0);
  return larger;
}, 1);

function drawEvents(chart: Chart, scale: number): void {
  const { fromUnixMs, toUnixMs, lowLog, highLog, columns, rows, isBinned } = data.overTime;
  const { left, top, width, height } = chart.bbox;
  const { ctx } = chart;
  const [first = 0, last = 1] = [chart.scales['x']?.min, chart.scales['x']?.max];
  const dot = devicePixelRatio * scale;
  const across = Math.max(2 * dot, ((width / columns) * (toUnixMs - fromUnixMs)) / ((last - first) * 1000));
  const size = isBinned ? { x: across, y: Math.max(2 * dot, height / rows) } : { x: 3 * dot, y: 3 * dot };
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ['fast', 'slow', 'failed'].forEach((name, at) => {
    const cells = CELLS[at] ?? new Uint16Array();
    ctx.fillStyle = color(name);
    const grown = at === 0 ? 0 : dot;
    for (let cell = 0; cell < cells.length; cell += 3) {
      const seconds = (fromUnixMs + (((cells[cell] ?? 0) + 0.5) / columns) * (toUnixMs - fromUnixMs)) / 1000;
      if (seconds < first || seconds > last) continue;
      const log = lowLog + (((cells[cell + 1] ?? 0) + 0.5) / rows) * (highLog - lowLog);
      const share = Math.log1p(cells[cell + 2] ?? 0) / Math.log1p(MOST_IN_CELL);
      ctx.globalAlpha = Math.min(1, (isBinned ? 0.2 + 0.6 * share : 0.4) + (at === 0 ? 0 : 0.1 * at + 0.15));
      const [x, y] = [chart.valToPos(seconds, 'x', true), chart.valToPos(log, 'y', true)];
      ctx.fillRect(x - (size.x + grown) / 2, y - (size.y + grown) / 2, size.x + grown, size.y + grown);
    }
  });
  ctx.restore();
}

function countText(count: number | null | undefined): string {
  return count === null || count === undefined ? '–' : count.toLocaleString('en');
}

/** Unseen ones only have a figure below the picture; a halo keeps the line after it apart from the dots. */
function overTimeSeries(scale: number): uPlotLibrary.Series[] {
  const { lengthMs } = data.overTime.parts;
  const value = (_: Chart, log: number | null) => durationText(log === null ? null : 10 ** log);
  const line = { width: 1.75 * scale, points: { show: false }, value };
  const halo = { class: 'halo', stroke: color('paper'), width: 5 * scale, points: { show: false } };
  const unseen = { paths: () => null, points: { show: false }, value };
  return [
    {
      label: 'from',
      value: (_, seconds) => (seconds === null ? '–' : utc(seconds * 1000 - lengthMs / 2)),
    },
    { ...unseen, label: 'events', scale: 'count', value: (_, count) => countText(count) },
    halo,
    { ...line, label: 'median', stroke: color('ink') },
    halo,
    { ...line, label: '95th percentile', stroke: color('p95'), dash: [5 * scale, 3 * scale] },
    { ...unseen, label: 'longest' },
  ];
}

function drawOverTime(place: HTMLElement, scale: number): Chart {
  const { fromUnixMs, toUnixMs, lowLog, highLog, parts } = data.overTime;
  const logs = (values: readonly (number | null)[]) =>
    values.map((ms) => (ms === null ? null : Math.log10(Math.max(ms, 0.01))));
  const middles = parts.startUnixMs.map((start) => (start + parts.lengthMs / 2) / 1000);
  const margin = (toUnixMs - fromUnixMs) / 100_000;
  const whole: [number, number] = [fromUnixMs / 1000 - margin, toUnixMs / 1000 + margin];
  const [medians, tails] = [logs(parts.p50Ms), logs(parts.p95Ms)];
  const options: uPlotLibrary.Options = {
    width: place.clientWidth * scale,
    height: 300 * scale,
    padding: [8 * scale, 24 * scale, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { drag: { x: true, y: false }, y: false },
    scales: {
      x: { range: (_, min, max) => (min === middles[0] && max === middles.at(-1) ? whole : [min, max]) },
      y: { range: () => [lowLog, highLog] },
      count: {},
    },
    axes: [
      {
        ...axisStyle(scale),
        size: 44 * scale,
        space: 84 * scale,
        values: (_, splits, __, ___, increment) => timeLabels(splits, increment),
      },
      { ...logAxis(scale, 20), size: 64 * scale },
    ],
    series: overTimeSeries(scale),
    hooks: { drawAxes: [(chart) => drawEvents(chart, scale), (chart) => drawThreshold(chart, 'y')] },
  };
  const figures = [middles, [...parts.counts], medians, medians, tails, tails, logs(parts.maxMs)];
  return new uPlot(options, figures as uPlotLibrary.AlignedData, place);
}

/** Bars before each other: all events, then those that were slow or failed, then those that failed. */
function histogramSeries(scale: number): uPlotLibrary.Series[] {
  const { stepLog, fast, slow, failed } = data.histogram;
  const bars = uPlot.paths.bars?.({ size: [1], gap: scale, align: 1 });
  const series = (name: string, counts: readonly number[]): uPlotLibrary.Series => ({
    label: name,
    fill: color(name),
    stroke: color(name),
    width: 0,
    points: { show: false },
    value: (_, __, ___, bin) => countText(bin === null ? null : counts[bin]),
    ...(bars === undefined ? {} : { paths: bars }),
  });
  return [
    {
      label: 'took',
      value: (_, log) =>
        log === null ? '–' : `${durationText(10 ** log)} to ${durationText(10 ** (log + stepLog))}`,
    },
    series('fast', fast),
    series('slow', slow),
    series('failed', failed),
  ];
}

function drawHistogram(place: HTMLElement, scale: number): Chart {
  const { lowLog, stepLog, fast, slow, failed } = data.histogram;
  const edges = fast.map((_, bin) => lowLog + bin * stepLog);
  const notFast = slow.map((count, bin) => count + (failed[bin] ?? 0));
  const all = fast.map((count, bin) => count + (notFast[bin] ?? 0));
  const most = Math.max(...all);
  // A bar of one event among thousands would not be seen.
  const seen = (count: number): number => (count === 0 ? 0 : Math.max(count, most / 120));
  const wholeNumbers = Array.from({ length: 9 }, (_, decade) => [1, 2, 5].map((mark) => mark * 10 ** decade));
  const options: uPlotLibrary.Options = {
    width: place.clientWidth * scale,
    height: 220 * scale,
    padding: [8 * scale, 24 * scale, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    scales: {
      x: { time: false, range: () => [lowLog, lowLog + fast.length * stepLog] },
      y: { range: (_, __, max) => [0, Math.max(1, max * 1.05)] },
    },
    axes: [
      { ...logAxis(scale, 56), size: 36 * scale },
      { ...axisStyle(scale), size: 64 * scale, incrs: wholeNumbers.flat() },
    ],
    series: histogramSeries(scale),
    hooks: { draw: [(chart) => drawThreshold(chart, 'x')] },
  };
  return new uPlot(options, [edges, all.map(seen), notFast.map(seen), failed.map(seen)], place);
}

const READY: Ready[] = [
  { id: 'over-time', draw: drawOverTime },
  { id: 'histogram', draw: drawHistogram },
].flatMap(({ id, draw }) => {
  const place = document.getElementById(id);
  return place === null ? [] : [{ place, draw }];
});

let charts: Chart[] = [];

/** Draws everything anew, in the colours of now. */
function drawAll(): void {
  for (const chart of charts) chart.destroy();
  charts = READY.map(({ place, draw }) => draw(place, isPrinting ? PAPER_SCALE : 1));
}

function setPrinting(printing: boolean): void {
  isPrinting = printing;
  document.documentElement.classList.toggle('printing', printing);
  drawAll();
}

drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
addEventListener('beforeprint', () => {
  for (const trace of document.querySelectorAll<HTMLDetailsElement>('details.trace')) {
    trace.dataset['wasOpen'] = String(trace.open);
    trace.open = true;
  }
  setPrinting(true);
});
addEventListener('afterprint', () => {
  for (const trace of document.querySelectorAll<HTMLDetailsElement>('details.trace')) {
    trace.open = trace.dataset['wasOpen'] === 'true';
  }
  setPrinting(false);
});
new ResizeObserver(() => {
  if (isPrinting) return;
  charts.forEach((chart, at) => {
    const width = READY[at]?.place.clientWidth ?? chart.width;
    if (width !== chart.width) chart.setSize({ width, height: chart.height });
  });
}).observe(document.body);
