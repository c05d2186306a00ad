import type { DescMessage, DescMethodUnary, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Client, Metadata } from "@grpc/grpc-js";
import type { CallOptions, ChannelCredentials, ClientOptions } from "@grpc/grpc-js";
import { serviceConfig } from "./service_config.js";
export { serviceConfig };
/** Calls one method. The promise is rejected with the ServiceError of @grpc/grpc-js. */
export type UnaryCall<I extends DescMessage, O extends DescMessage> = (request: MessageInitShape<I>, options?: CallOptions & {
    metadata?: Metadata;
}) => Promise<MessageShape<O>>;
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
/**
 * Returns the detail of that type that an error of @grpc/grpc-js carries, such as findDetail(error, ErrorInfoSchema); undefined if it has none.
 * An error of Enlist has at most one of each type.
 */
export declare function findDetail<D extends DescMessage>(error: unknown, schema: D): MessageShape<D> | undefined;
