// Clients for @grpc/grpc-js from generated services, with promises.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, DescMethodUnary, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Client, Metadata } from "@grpc/grpc-js";
import type { CallOptions, ChannelCredentials, ClientOptions, ClientUnaryCall } from "@grpc/grpc-js";
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
export type UnaryCall<I extends DescMessage, O extends DescMessage> = (
  request: MessageInitShape<I>,
  options?: UnaryCallOptions,
) => Promise<MessageShape<O>>;

/** A client with one function for each unary method of the service; Enlist has no others. */
export type GrpcClient<S extends DescService> = Pick<Client, "close" | "getChannel" | "waitForReady"> & {
  [M in keyof S["method"] as S["method"][M] extends DescMethodUnary ? M : never]: S["method"][M] extends DescMethodUnary<infer I, infer O>
    ? UnaryCall<I, O>
    : never;
};

/**
 * Makes a client of @grpc/grpc-js for a generated service.
 *
 * It has Enlist's service config (deadlines, and retries of calls that may be repeated), and a keepalive that Enlist's server accepts;
 * `options` are added to these and win.
 */
export function createGrpcClient<S extends DescService>(
  service: S,
  address: string,
  credentials: ChannelCredentials,
  options?: ClientOptions,
): GrpcClient<S> {
  const client = new Client(address, credentials, {
    "grpc.service_config": serviceConfig,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    ...options,
  });
  const unary = service.methods.filter((method): method is DescMethod & DescMethodUnary => method.methodKind === "unary");
  const methods = unary.map((method) => [method.localName, unaryCall(client, method)]);
  return Object.assign(client, Object.fromEntries(methods));
}

function unaryCall(client: Client, method: DescMethod & DescMethodUnary): UnaryCall<DescMessage, DescMessage> {
  return (request, { metadata = new Metadata(), timeoutMs, signal, ...options } = {}) =>
    new Promise((resolve, reject) => {
      if (timeoutMs !== undefined) options.deadline = Date.now() + timeoutMs;
      const cancel = () => call.cancel();
      const call: ClientUnaryCall = client.makeUnaryRequest(
        `/${method.parent.typeName}/${method.name}`,
        (message: MessageShape<DescMessage>) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes),
        create(method.input, request),
        metadata,
        options,
        (error, response) => {
          signal?.removeEventListener("abort", cancel);
          if (error) reject(error);
          else resolve(response!);
        },
      );
      signal?.addEventListener("abort", cancel);
      if (signal?.aborted) cancel();
    });
}
