// The details of errors, of @grpc/grpc-js and of Connect. It needs neither of them.
import { fromBinary } from "@bufbuild/protobuf";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { StatusSchema } from "./google/rpc/status_pb.js";

/** What errors have: a ServiceError of @grpc/grpc-js its metadata, a ConnectError findDetails. */
interface WithDetails {
  metadata?: { get(name: string): unknown };
  findDetails?(schema: DescMessage): unknown[];
}

/**
 * Returns the detail of that type that an error of @grpc/grpc-js or of Connect carries, such as
 * findDetail(error, ErrorInfoSchema); undefined if it has none.
 * An error of Enlist has at most one of each type.
 */
export function findDetail<D extends DescMessage>(
  error: unknown,
  schema: D,
): MessageShape<D> | undefined {
  const carrier = error as WithDetails | null | undefined;
  if (typeof carrier?.findDetails === "function")
    return carrier.findDetails(schema)[0] as MessageShape<D> | undefined;
  const values = carrier?.metadata?.get?.("grpc-status-details-bin");
  const status: unknown = Array.isArray(values) ? values[0] : undefined;
  if (!(status instanceof Uint8Array)) return undefined;
  try {
    for (const detail of fromBinary(StatusSchema, status).details) {
      const message = anyUnpack(detail, schema);
      if (message) return message;
    }
  } catch {
    // A proxy changed the details.
  }
  return undefined;
}
