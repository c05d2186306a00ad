// Clients for @grpc/grpc-js from generated services, with promises, and the details of errors.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, DescMethodUnary, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Client, Metadata } from "@grpc/grpc-js";
import type { CallOptions, ChannelCredentials, ClientOptions, ServiceError } from "@grpc/grpc-js";
import { StatusSchema } from "./google/rpc/status_pb.js";
import { serviceConfig } from "./service_config.js";

export { serviceConfig };

/** Calls one method. The promise is rejected with the ServiceError of @grpc/grpc-js. */
export type UnaryCall<I extends DescMessage, O extends DescMessage> = (
  request: MessageInitShape<I>,
  options?: CallOptions & { metadata?: Metadata },
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
  return (request, { metadata = new Metadata(), ...options } = {}) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/${method.parent.typeName}/${method.name}`,
        (message: MessageShape<DescMessage>) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes),
        create(method.input, request),
        metadata,
        options,
        (error, response) => (error ? reject(error) : resolve(response!)),
      );
    });
}

/**
 * Returns the detail of that type that an error of @grpc/grpc-js carries, such as findDetail(error, ErrorInfoSchema); undefined if it has none.
 * An error of Enlist has at most one of each type.
 */
export function findDetail<D extends DescMessage>(error: unknown, schema: D): MessageShape<D> | undefined {
  const [status] = (error as Partial<ServiceError> | undefined)?.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(status instanceof Uint8Array)) return undefined;
  for (const detail of fromBinary(StatusSchema, status).details) {
    const message = anyUnpack(detail, schema);
    if (message) return message;
  }
  return undefined;
}
