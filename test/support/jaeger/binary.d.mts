export declare function findOnPath(name: string): Promise<string | undefined>;
export declare function cachedJaegerPath(): Promise<string>;
export declare function findCachedJaeger(): Promise<string | undefined>;
export declare function buildJaeger(): Promise<string>;
