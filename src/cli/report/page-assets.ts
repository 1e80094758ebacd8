import { readFile } from 'node:fs/promises';

/** What the pictures of the page are drawn with, to stand in it as it is. */
export interface PageAssets {
  readonly libraryScript: string;
  readonly libraryStyle: string;
  /** A module. */
  readonly script: string;
}

async function textOf(url: string | URL): Promise<string> {
  return (await readFile(new URL(url), 'utf8')).trim();
}

/** Reads uPlot as it is installed, and the script of the page as it was built. */
export async function readPageAssets(): Promise<PageAssets> {
  const [libraryScript, libraryStyle, script] = await Promise.all([
    textOf(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
    textOf(import.meta.resolve('uplot/dist/uPlot.min.css')),
    textOf(new URL('./browser/charts.js', import.meta.url)),
  ]);
  return { libraryScript, libraryStyle, script };
}
