// The contract enlist.v1, the messages of google.rpc and google.type that go with it, the creation
// with retries, and the details of errors.
export * from "./creation.js";
export * from "./enlist/v1/customer_pb.js";
export * from "./enlist/v1/customer_service_pb.js";
export * from "./enlist/v1/error_pb.js";
export * from "./enlist/v1/operation_service_pb.js";
export * from "./enlist/v1/privacy_service_pb.js";
export * from "./enlist/v1/provider_service_pb.js";
export * from "./enlist/v1/vendor_options_pb.js";
export { findDetail } from "./errors.js";
export { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./google/rpc/error_details_pb.js";
export { StatusSchema } from "./google/rpc/status_pb.js";
export { DateSchema } from "./google/type/date_pb.js";
