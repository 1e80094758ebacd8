/** Of a file without types: whether this version of Node can run the hooks in the main thread. */
declare module 'import-in-the-middle/supports-sync-hooks.mjs' {
  export function supportsSyncHooks(): boolean;
}
