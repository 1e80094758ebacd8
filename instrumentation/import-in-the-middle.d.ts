/** Of a file without types: whether this version of Node can run the hooks in the main thread. */
declare module 'import-in-the-middle/supports-sync-hooks.mjs' {
  export function supportsSyncHooks(): boolean;
}

/** Of a file without types: what Node's thread for hooks calls. */
declare module 'import-in-the-middle/hook.mjs' {
  export function initialize(data: { readonly shouldInclude: (url: string) => boolean }): Promise<void>;
  export function load(
    url: string,
    context: object,
    nextLoad: (url: string, context: object) => object | Promise<object>,
  ): Promise<object>;
  export const resolve: unknown;
}
