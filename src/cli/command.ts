import { readArguments } from './arguments.js';
import { readConfig } from './config.js';
import { commandHelp, questionHelp } from './help.js';
import { EXIT_CODES, type Output } from './request.js';
import { isAddress } from './source-address.js';
import { packageVersion } from './version.js';

export interface CommandOptions {
  /** What follows the name of the command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
}

/** Runs the command and returns its exit code; never throws for what a user or a server can get wrong. */
export async function runCommand({ args, env, output }: CommandOptions): Promise<number> {
  const {
    questionName,
    question,
    traceId,
    sources,
    command,
    options,
    problems: wrongArguments,
  } = readArguments(args);
  const { config, problems: wrongVariables } = readConfig(env);
  if (options.help && (questionName === undefined || question !== undefined)) {
    output.print(question === undefined ? commandHelp() : questionHelp(questionName ?? '', question));
    return EXIT_CODES.found;
  }
  if (options.version && wrongArguments.length === 0) {
    output.print(`${packageVersion()}\n`);
    return EXIT_CODES.found;
  }
  const problems = [
    ...wrongArguments,
    ...wrongSources(sources),
    ...(question?.takesWrongVariables ? [] : wrongVariables),
  ];
  for (const problem of problems) output.say(problem);
  if (problems.length > 0) {
    output.say('see grants-otel --help');
    return EXIT_CODES.wrongUsage;
  }
  if (question === undefined) {
    output.print(commandHelp());
    output.say('no question asked');
    return EXIT_CODES.wrongUsage;
  }
  return question.answer({ sources, traceId, command, options, config, env, output });
}

function withoutCredentials(address: string): string {
  return JSON.stringify(address.replace(/\/\/[^/]*@/, '//…@'));
}

function wrongSources(sources: readonly string[]): string[] {
  return sources.flatMap((source) => {
    if (source === '')
      return ['a source is empty; expected a trace file, a Jaeger URL, or - for the standard input'];
    if (isAddress(source) && !URL.canParse(source))
      return [`${withoutCredentials(source)} is no valid URL; expected one such as http://localhost:16686`];
    return [];
  });
}
