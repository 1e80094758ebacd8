import { type Address, toAddress } from '../address.js';
import { BadEventError } from '../bad-event-error.js';
import { showValue } from '../show-value.js';

/** Where a document is: `pointer` is its content id. */
export interface MetadataPointer {
  readonly protocol: bigint;
  readonly pointer: string;
}

const MAX_UINT256 = 2n ** 256n - 1n;

interface Mismatch {
  readonly code: 'BAD_FIELD' | 'BAD_ADDRESS' | 'BAD_AMOUNT';
  readonly field: string;
  readonly expected: string;
  readonly found: unknown;
}

function mismatch({ code, field, expected, found }: Mismatch): BadEventError {
  return new BadEventError(code, `${field}: expected ${expected}, found ${showValue(found)}`);
}

/** @throws BadEventError BAD_ADDRESS */
export function addressParam(params: Record<string, unknown>, name: string): Address {
  const address = toAddress(params[name]);
  if (address === undefined)
    throw mismatch({
      code: 'BAD_ADDRESS',
      field: `params.${name}`,
      expected: 'an address of 20 bytes as 0x and 40 hex digits',
      found: params[name],
    });
  return address;
}

function toUint256(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !/^(\d{1,78}|0x[0-9a-f]{1,64})$/i.test(value)) return undefined;
  const amount = BigInt(value);
  return amount <= MAX_UINT256 ? amount : undefined;
}

/**
 * An unsigned integer of 256 bits, given in decimal digits, as 0x…, or as a number that JSON carries exactly.
 * @throws BadEventError BAD_AMOUNT
 */
export function amountParam(params: Record<string, unknown>, name: string): bigint {
  const amount = toUint256(params[name]);
  if (amount === undefined)
    throw mismatch({
      code: 'BAD_AMOUNT',
      field: `params.${name}`,
      expected: 'a whole number of at most 256 bits',
      found: params[name],
    });
  return amount;
}

/** @throws BadEventError BAD_FIELD */
export function bytesParam(params: Record<string, unknown>, name: string): `0x${string}` {
  const value = params[name];
  if (typeof value !== 'string' || !/^0x([0-9a-f]{2})*$/i.test(value))
    throw mismatch({
      code: 'BAD_FIELD',
      field: `params.${name}`,
      expected: 'bytes as 0x and hex digits',
      found: value,
    });
  return value as `0x${string}`;
}

/** @throws BadEventError BAD_FIELD */
export function bytes32Param(params: Record<string, unknown>, name: string): `0x${string}` {
  const value = params[name];
  if (typeof value !== 'string' || !/^0x[0-9a-f]{64}$/i.test(value))
    throw mismatch({
      code: 'BAD_FIELD',
      field: `params.${name}`,
      expected: '32 bytes as 0x and 64 hex digits',
      found: value,
    });
  return value as `0x${string}`;
}

/**
 * A pointer to a document, as `[protocol, pointer]`.
 * @throws BadEventError BAD_FIELD, or BAD_AMOUNT for the protocol
 */
export function metadataParam(params: Record<string, unknown>, name: string): MetadataPointer {
  const value = params[name];
  if (!Array.isArray(value) || value.length !== 2 || typeof value[1] !== 'string' || value[1].includes('\0'))
    throw mismatch({
      code: 'BAD_FIELD',
      field: `params.${name}`,
      expected: 'a pair [protocol, pointer]',
      found: value,
    });
  const protocol = toUint256(value[0]);
  if (protocol === undefined)
    throw mismatch({
      code: 'BAD_AMOUNT',
      field: `params.${name}[0]`,
      expected: 'a whole number of at most 256 bits',
      found: value[0],
    });
  return { protocol, pointer: value[1] };
}
