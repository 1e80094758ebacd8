import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';

function nameIn(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

function realFolder(entry: string | undefined): string | undefined {
  try {
    return entry === undefined ? undefined : dirname(realpathSync(entry));
  } catch {
    return undefined;
  }
}

/** The names of the packages that a folder is in, the innermost first. */
function namesAround(folder: string): string[] {
  const names: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const name = nameIn(at);
    if (name !== undefined) names.push(name);
    if (at === parse(at).root) return names;
  }
}

/** The names of the packages that the program which is started belongs to, and those of the working directory. Never throws. */
export function packagesOfApplication(entry: string | undefined, workingDirectory: string): string[] {
  const folders = [realFolder(entry), workingDirectory].filter((folder) => folder !== undefined);
  return folders.flatMap(namesAround);
}
