import type { DescMessage, DescMethodUnary, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Client, Metadata } from "@grpc/grpc-js";
import type { CallOptions, ChannelCredentials, ClientOptions } from "@grpc/grpc-js";
import { findDetail } from "./errors.js";
import { serviceConfig } from "./service_config.js";
export { findDetail, serviceConfig };
/** The options of a call: those of @grpc/grpc-js, the metadata, and Connect's timeoutMs and signal. */
export interface UnaryCallOptions extends CallOptions {
    metadata?: Metadata;
    /** A deadline, from now. It replaces `deadline`. */
    timeoutMs?: number;
    /** Cancels the call. */
    signal?: AbortSignal;
}
/** Calls one method. The promise is rejected with the ServiceError of @grpc/grpc-js. */
export type UnaryCall<I extends DescMessage, O extends DescMessage> = (request: MessageInitShape<I>, options?: UnaryCallOptions) => Promise<MessageShape<O>>;
/** A client with one function for each unary method of the service; Enlist has no others. */
export type GrpcClient<S extends DescService> = Pick<Client, "close" | "getChannel" | "waitForReady"> & {
    [M in keyof S["method"] as S["method"][M] extends DescMethodUnary ? M : never]: S["method"][M] extends DescMethodUnary<infer I, infer O> ? UnaryCall<I, O> : never;
};
/**
 * Makes a client of @grpc/grpc-js for a generated service.
 *
 * It has Enlist's service config (deadlines, and retries of calls that may be repeated), and a keepalive that Enlist's server accepts;
 * `options` are added to these and win.
 */
export declare function createGrpcClient<S extends DescService>(service: S, address: string, credentials: ChannelCredentials, options?: ClientOptions): GrpcClient<S>;
