/** Flags that forbid threads. They differ between the versions of Node, and one that is not known would end the host. */
export const withoutThreads = [
  process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
  '--allow-fs-read=*',
  '--allow-net',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=SecurityWarning',
].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag.replace(/=.*/, '')));
