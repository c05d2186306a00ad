import type { MessageInitShape } from "@bufbuild/protobuf";
import { CreateCustomerRequestSchema } from "./enlist/v1/customer_service_pb.js";
import type { CreateCustomerRequest, CreateCustomerResponse } from "./enlist/v1/customer_service_pb.js";
/** What createCustomer sets for each attempt. */
export interface AttemptOptions {
    timeoutMs?: number;
    signal?: AbortSignal;
}
/** A client of @enlist/client/grpc or of Connect. O are the options of its calls. */
export interface CreateCustomerClient<O> {
    createCustomer(request: CreateCustomerRequest, options?: O & AttemptOptions): Promise<CreateCustomerResponse>;
}
export interface CreateCustomerOptions {
    /** The total time in milliseconds; without it createCustomer ends when the outcome is known. */
    timeoutMs?: number;
    /** The time of one attempt in milliseconds, 60,000 by default. */
    attemptTimeoutMs?: number;
    /** Ends the attempts, as the end of the total time does. */
    signal?: AbortSignal;
    /** Called before each wait with the error, its reason ("" if not Enlist's), and the wait. */
    onRetry?: (error: unknown, reason: string, delayMs: number) => void;
}
/**
 * The outcome is not known. The caller's time ended, its signal was aborted, or an error that says
 * nothing about earlier attempts stopped them. `cause` is the last error.
 *
 * The customer may exist or not. Repeat the request with the same requestId.
 */
export declare class NotSettledError extends Error {
    readonly requestId: string;
    readonly name = "NotSettledError";
    readonly cause?: unknown;
    constructor(requestId: string, cause?: unknown);
}
/**
 * Creates a customer. Repeats the request until the outcome is known, and returns the response.
 *
 * `request.requestId` must be a UUID, made once and stored before the first attempt. After a crash,
 * call createCustomer again with the same one. It cannot create a second customer.
 *
 * `client` is what createGrpcClient or Connect's createClient returns for CustomerService. Options
 * that are not listed in CreateCustomerOptions go to the client with each attempt, such as
 * `metadata` to @grpc/grpc-js and `headers` to Connect.
 *
 * Rejects with the client's error if Enlist refuses the request, or if a person must decide on the
 * outcome. Rejects with a NotSettledError if the total time ends, or the signal is aborted, before
 * the outcome is known, or if an error stops later attempts that says nothing about earlier ones.
 * Rejects with a TypeError if `requestId` is empty and the request is not `validateOnly`.
 */
export declare function createCustomer<O extends object>(client: CreateCustomerClient<O>, request: MessageInitShape<typeof CreateCustomerRequestSchema>, options?: CreateCustomerOptions & Omit<O, keyof AttemptOptions | "deadline">): Promise<CreateCustomerResponse>;
