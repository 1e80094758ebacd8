import { isSame, type SpanFilter } from '../traces/span-filter.js';
import type { OptionValues } from './options.js';

/** The attributes that a span is asked to have itself: ids that stand on every span of an event's trace, and others. */
function attributesOf({ chain, round, application, attr = [] }: OptionValues): [string, string][] {
  const ids: Record<string, string | number | undefined> = {
    chainId: chain,
    roundId: round,
    applicationId: application,
  };
  const given = Object.entries(ids).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return [...given, ...attr.map(({ key, value }): [string, string] => [key, value])];
}

/** Attributes that no span can have as they are asked for, in words. */
export function contradictingAttributes(options: OptionValues): string[] {
  const known = new Map<string, string>();
  return attributesOf(options).flatMap(([key, value]) => {
    const before = known.get(key) ?? value;
    known.set(key, before);
    return isSame(before, value) ? [] : [`${key} is asked for as ${before} and as ${value}; give one`];
  });
}

/** What only the event span says. */
function eventOf({ event, tx, donor }: OptionValues): NonNullable<SpanFilter['event']> | undefined {
  if (event === undefined && tx === undefined && donor === undefined) return undefined;
  return {
    ...(event === undefined ? {} : { name: event }),
    attributes: {
      ...(tx === undefined ? {} : { transactionHash: tx }),
      ...(donor === undefined ? {} : { donorAddress: donor }),
    },
  };
}

function spansOf(span: string | undefined): SpanFilter['spans'] {
  if (span === undefined) return 'events';
  return span === '*' ? 'all' : { named: span };
}

/** The spans that the options ask for; event spans, unless `--span` names others. */
export function wantedSpans(options: OptionValues): SpanFilter {
  const attributes = Object.fromEntries(attributesOf(options));
  const event = eventOf(options);
  const minDurationMs = options['min-duration'];
  return {
    spans: spansOf(options.span),
    ...(options.errors ? { errors: true } : {}),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(event === undefined ? {} : { event }),
  };
}

/** The filters that were given, in words; empty where there are none. */
export function filtersInWords(options: OptionValues): string {
  const { chain, round, application, event, tx, donor, attr = [], errors } = options;
  const words = [
    chain === undefined ? [] : `chain ${chain}`,
    round === undefined ? [] : `round ${round}`,
    application === undefined ? [] : `application ${application}`,
    event === undefined ? [] : `event ${event}`,
    tx === undefined ? [] : `transaction ${tx}`,
    donor === undefined ? [] : `donor ${donor}`,
    attr.map(({ key, value }) => `${key}=${value}`),
    options['min-duration'] === undefined ? [] : `${options['min-duration']} ms or more`,
    errors ? 'status ERROR' : [],
  ].flat();
  return words.join(', ');
}

/** What kind of spans is asked for, in words: `events`, or `spans InsertDonation`. */
export function spansInWords({ span }: OptionValues): { one: string; many: string } {
  if (span === undefined) return { one: 'event', many: 'events' };
  if (span === '*') return { one: 'span', many: 'spans' };
  return { one: `${span} span`, many: `${span} spans` };
}
