import { getAddress, isAddress } from 'viem';
import type { Address } from '../address.js';
import { BadEventError } from '../bad-event-error.js';
import { showValue } from '../show-value.js';

/** Where a document is: `pointer` is its content id. */
export interface MetadataPointer {
  readonly protocol: bigint;
  readonly pointer: string;
}

const MAX_UINT256 = 2n ** 256n - 1n;

function expected(code: 'BAD_FIELD' | 'BAD_ADDRESS' | 'BAD_AMOUNT', problem: [string, string, unknown]) {
  const [field, wanted, found] = problem;
  return new BadEventError(code, `${field}: expected ${wanted}, found ${showValue(found)}`);
}

/**
 * A text as a checksummed address, or undefined. Upper or lower case throughout is accepted; mixed case has to be the right checksum,
 * because a wrong one is a typing error.
 */
export function toAddress(value: unknown): Address | undefined {
  if (typeof value !== 'string') return undefined;
  const digits = value.replace(/^0X/, '0x');
  if (!isAddress(digits, { strict: false })) return undefined;
  const plain = digits.slice(2);
  const isOneCase = plain === plain.toLowerCase() || plain === plain.toUpperCase();
  const checksummed = getAddress(digits.toLowerCase());
  return isOneCase || checksummed === digits ? checksummed : undefined;
}

/** @throws BadEventError BAD_ADDRESS */
export function addressParam(params: Record<string, unknown>, name: string): Address {
  const address = toAddress(params[name]);
  if (address === undefined)
    throw expected('BAD_ADDRESS', [`params.${name}`, 'an address of 20 bytes (EIP-55)', params[name]]);
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
    throw expected('BAD_AMOUNT', [`params.${name}`, 'a whole number of at most 256 bits', params[name]]);
  return amount;
}

/** @throws BadEventError BAD_FIELD */
export function bytesParam(params: Record<string, unknown>, name: string): `0x${string}` {
  const value = params[name];
  if (typeof value !== 'string' || !/^0x([0-9a-f]{2})*$/i.test(value))
    throw expected('BAD_FIELD', [`params.${name}`, 'bytes as 0x and hex digits', value]);
  return value as `0x${string}`;
}

/** @throws BadEventError BAD_FIELD */
export function bytes32Param(params: Record<string, unknown>, name: string): `0x${string}` {
  const value = params[name];
  if (typeof value !== 'string' || !/^0x[0-9a-f]{64}$/i.test(value))
    throw expected('BAD_FIELD', [`params.${name}`, '32 bytes as 0x and 64 hex digits', value]);
  return value as `0x${string}`;
}

/**
 * A pointer to a document, as `[protocol, pointer]`.
 * @throws BadEventError BAD_FIELD, or BAD_AMOUNT for the protocol
 */
export function metadataParam(params: Record<string, unknown>, name: string): MetadataPointer {
  const value = params[name];
  if (!Array.isArray(value) || value.length !== 2 || typeof value[1] !== 'string')
    throw expected('BAD_FIELD', [`params.${name}`, 'a pair [protocol, pointer]', value]);
  const protocol = toUint256(value[0]);
  if (protocol === undefined)
    throw expected('BAD_AMOUNT', [`params.${name}[0]`, 'a whole number of at most 256 bits', value[0]]);
  return { protocol, pointer: value[1] };
}
