/** JSON by Node's own, not by what the host may have put in its place. */
export const toJson = JSON.stringify;
