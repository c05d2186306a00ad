export declare const serviceConfig: string;
