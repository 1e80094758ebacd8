import { type Browser, chromium } from 'playwright-core';
import { findOnPath } from './jaeger/binary.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Looks for a Chromium on PATH; never throws. */
export async function findChromium(): Promise<{ executable: string } | { missing: string }> {
  for (const name of NAMES) {
    const executable = await findOnPath(name);
    if (executable !== undefined) return { executable };
  }
  return { missing: `no ${NAMES.slice(0, 2).join(' or ')} on PATH: apt-get install chromium` };
}

/** Starts it, without a window. Its sandbox needs rights that root in a container does not have. */
export function startChromium(executable: string): Promise<Browser> {
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
}
