/** What the contract's status numbers mean: the index is the number. 0 is "none": never reviewed, never stored. */
const APPLICATION_STATUSES = ['NONE', 'PENDING', 'APPROVED', 'REJECTED', 'CANCELLED', 'IN_REVIEW'] as const;

export type ApplicationStatus = Exclude<(typeof APPLICATION_STATUSES)[number], 'NONE'>;

/** The status that a number stands for, or undefined for 0 and for numbers that the contracts do not use. */
export function applicationStatusOf(index: number): ApplicationStatus | undefined {
  const status = APPLICATION_STATUSES[index];
  return status === 'NONE' ? undefined : status;
}
