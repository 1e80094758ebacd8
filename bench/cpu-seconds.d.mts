export declare function cpuSeconds(statFile: string): number;
