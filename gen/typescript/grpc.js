// Clients for @grpc/grpc-js from generated services, with promises.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, Metadata } from "@grpc/grpc-js";
import { findDetail } from "./errors.js";
import { serviceConfig } from "./service_config.js";
export { findDetail, serviceConfig };
/**
 * Makes a client of @grpc/grpc-js for a generated service.
 *
 * It has Enlist's service config (deadlines, and retries of calls that may be repeated), and a keepalive that Enlist's server accepts;
 * `options` are added to these and win.
 */
export function createGrpcClient(service, address, credentials, options) {
    const client = new Client(address, credentials, {
        "grpc.service_config": serviceConfig,
        "grpc.keepalive_time_ms": 30_000,
        "grpc.keepalive_timeout_ms": 10_000,
        ...options,
    });
    const unary = service.methods.filter((method) => method.methodKind === "unary");
    const methods = unary.map((method) => [method.localName, unaryCall(client, method)]);
    return Object.assign(client, Object.fromEntries(methods));
}
function unaryCall(client, method) {
    return (request, { metadata = new Metadata(), timeoutMs, signal, ...options } = {}) => new Promise((resolve, reject) => {
        if (timeoutMs !== undefined)
            options.deadline = Date.now() + timeoutMs;
        const cancel = () => call.cancel();
        const call = client.makeUnaryRequest(`/${method.parent.typeName}/${method.name}`, (message) => Buffer.from(toBinary(method.input, message)), (bytes) => fromBinary(method.output, bytes), create(method.input, request), metadata, options, (error, response) => {
            signal?.removeEventListener("abort", cancel);
            if (error)
                reject(error);
            else
                resolve(response);
        });
        signal?.addEventListener("abort", cancel);
        if (signal?.aborted)
            cancel();
    });
}
