import { ATTRIBUTES } from '../tracing/attributes.js';
import type { AttributeValue, Span } from './span.js';

/** The attributes that answers are made of: those of this project, and the type of an error. */
export const REPORTED_ATTRIBUTES: readonly string[] = [...Object.keys(ATTRIBUTES), 'error.type'];

export type ReportedAttributes = Readonly<Record<string, AttributeValue>>;

/** Those of them that a span has, out of whatever holds the span; an empty text counts as none. */
export function reportedAttributes(span: Pick<Span, 'attribute'>): ReportedAttributes {
  const found: Record<string, AttributeValue> = {};
  for (const key of REPORTED_ATTRIBUTES) {
    const value = span.attribute(key);
    if (value !== undefined && value !== '') found[key] = value;
  }
  return found;
}

/** As text; undefined where it is not known. */
export function textOf(attributes: ReportedAttributes, key: string): string | undefined {
  const value = attributes[key];
  return value === undefined ? undefined : String(value);
}

/** As a number, also where a store kept it as text. */
export function numberOf(attributes: ReportedAttributes, key: string): number | undefined {
  const value = attributes[key];
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** An id that is a number wherever it can be. */
export function idOf(attributes: ReportedAttributes, key: string): number | string | undefined {
  return numberOf(attributes, key) ?? textOf(attributes, key);
}
