import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
/**
 * Returns the detail of that type that an error of @grpc/grpc-js or of Connect carries, such as
 * findDetail(error, ErrorInfoSchema); undefined if it has none.
 * An error of Enlist has at most one of each type.
 */
export declare function findDetail<D extends DescMessage>(error: unknown, schema: D): MessageShape<D> | undefined;
