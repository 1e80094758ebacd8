import { decodeAbiParameters, getAddress } from 'viem';
import type { Address } from '../address.js';
import { BadEventError } from '../bad-event-error.js';
import { type ApplicationStatus, applicationStatusOf } from './application-status.js';
import { addressParam, amountParam, bytesParam, type MetadataPointer } from './params.js';

const REGISTRATION = [
  { name: 'registryAnchor', type: 'address' },
  { name: 'recipientAddress', type: 'address' },
  {
    name: 'metadata',
    type: 'tuple',
    components: [
      { name: 'protocol', type: 'uint256' },
      { name: 'pointer', type: 'string' },
    ],
  },
] as const;

const NUMBERED_REGISTRATION = [
  { name: 'data', type: 'bytes' },
  { name: 'recipientsCounter', type: 'uint256' },
] as const;

/** The registration data of a direct transfer strategy, decoded. */
interface Registration {
  readonly anchorAddress: Address;
  /** Where the payout goes. */
  readonly recipientAddress: Address;
  readonly metadata: MetadataPointer;
}

/** `Strategy.RegisteredWithSender`: a new application. */
export interface RegisteredArgs {
  /** The anchor of the project that applies. */
  readonly recipientId: Address;
  readonly sender: Address;
  /** The application's id in its round: the contract's counter less one, in decimal digits. */
  readonly applicationId: string;
  readonly registration: Registration;
}

/** `Strategy.UpdatedRegistrationWithStatus`: an application that changed its data. */
export interface UpdatedRegistrationArgs {
  readonly recipientId: Address;
  readonly sender: Address;
  readonly status: ApplicationStatus;
  readonly registration: Registration;
}

function badData(layout: string, cause: unknown): BadEventError {
  const found = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new BadEventError('BAD_ABI', `params.data: expected the ABI encoding of ${layout}; ${found}`, {
    cause,
  });
}

function decodeRegistration(data: `0x${string}`): Registration {
  try {
    const [anchor, recipient, metadata] = decodeAbiParameters(REGISTRATION, data);
    if (metadata.pointer.includes('\0')) throw new Error('the pointer holds a NUL, which no content id does');
    return { anchorAddress: getAddress(anchor), recipientAddress: getAddress(recipient), metadata };
  } catch (cause) {
    throw badData('(address anchor, address recipient, (uint256 protocol, string pointer) metadata)', cause);
  }
}

function decodeNumberedRegistration(data: `0x${string}`): { counter: bigint; registration: Registration } {
  let parts: readonly [`0x${string}`, bigint];
  try {
    parts = decodeAbiParameters(NUMBERED_REGISTRATION, data);
  } catch (cause) {
    throw badData('(bytes data, uint256 recipientsCounter)', cause);
  }
  const [inner, counter] = parts;
  if (counter === 0n)
    throw new BadEventError('BAD_ABI', 'params.data: expected a recipientsCounter of 1 or more, found 0');
  return { counter, registration: decodeRegistration(inner) };
}

/** @throws BadEventError */
export function decodeRegistered(params: Record<string, unknown>): RegisteredArgs {
  const { counter, registration } = decodeNumberedRegistration(bytesParam(params, 'data'));
  return {
    recipientId: addressParam(params, 'recipientId'),
    sender: addressParam(params, 'sender'),
    applicationId: (counter - 1n).toString(),
    registration,
  };
}

/** @throws BadEventError */
export function decodeUpdatedRegistration(params: Record<string, unknown>): UpdatedRegistrationArgs {
  const index = amountParam(params, 'status');
  const status = applicationStatusOf(Number(index));
  if (status === undefined)
    throw new BadEventError('BAD_FIELD', `params.status: expected a status from 1 to 5, found ${index}`);
  return {
    recipientId: addressParam(params, 'recipientId'),
    sender: addressParam(params, 'sender'),
    status,
    registration: decodeRegistration(bytesParam(params, 'data')),
  };
}
