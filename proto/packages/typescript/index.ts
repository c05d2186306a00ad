// The contract enlist.v1, the messages of google.rpc and google.type that go with it, the creation
// with retries, and the details of errors.
export * from "./creation.js";
// @CONTRACT@
export { findDetail } from "./errors.js";
export { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./google/rpc/error_details_pb.js";
export type { BadRequest, ErrorInfo, RetryInfo } from "./google/rpc/error_details_pb.js";
export { StatusSchema } from "./google/rpc/status_pb.js";
export type { Status } from "./google/rpc/status_pb.js";
export { DateSchema } from "./google/type/date_pb.js";
