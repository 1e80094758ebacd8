/** Frames that one traced call puts on the stack, at most, and then some: they must not push out those of the application. */
const FRAMES_OF_A_CALL = 24;

/** What the application has set, while a traced call runs, and what we have made of it. */
let hostLimit: number | undefined;
let raisedLimit: number | undefined;

/** Calls `run` with room for our own frames in the stacks of errors that are made before it returns. */
export function withRoomForFrames<A, T>(call: { run(argument: A): T }, argument: A): T {
  const before = Error.stackTraceLimit;
  if (!(before > 0)) return call.run(argument);
  const raised = before + FRAMES_OF_A_CALL;
  if (!setLimit(raised)) return call.run(argument);
  const outerLimit = hostLimit;
  const outerRaised = raisedLimit;
  hostLimit ??= before;
  raisedLimit = raised;
  try {
    return call.run(argument);
  } finally {
    if (Error.stackTraceLimit === raised) setLimit(before);
    hostLimit = outerLimit;
    raisedLimit = outerRaised;
  }
}

/** False where the application has frozen what all errors share. */
function setLimit(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}

/** How many frames the application wants in a stack. */
export function limitOfHost(): number {
  const limit = Error.stackTraceLimit;
  return limit === raisedLimit ? (hostLimit ?? limit) : limit;
}

/** Whether a stack has just as many frames as there was room for, ours included: none of ours was reached then. */
export function isFull(frames: number): boolean {
  const limit = limitOfHost();
  return frames > limit && (frames - limit) % FRAMES_OF_A_CALL === 0;
}
