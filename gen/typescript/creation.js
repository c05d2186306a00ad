// Creation of a customer with the retries that docs/clients.md describes, for clients of
// @grpc/grpc-js and of Connect.
import { create, toBinary } from "@bufbuild/protobuf";
import { CreateCustomerRequestSchema } from "./enlist/v1/customer_service_pb.js";
import { findDetail } from "./errors.js";
import { ErrorInfoSchema, RetryInfoSchema } from "./google/rpc/error_details_pb.js";
/**
 * The outcome is not known. The caller's time ended, its signal was aborted, or an error that says
 * nothing about earlier attempts stopped them. `cause` is the last error.
 *
 * The customer may exist or not. Repeat the request with the same requestId.
 */
export class NotSettledError extends Error {
    requestId;
    name = "NotSettledError";
    constructor(requestId, cause) {
        super(requestId
            ? `The outcome of requestId ${requestId} is not known. ` +
                "Repeat the request with the same requestId."
            : "No response arrived in time. Repeat the request.", { cause });
        this.requestId = requestId;
    }
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
export async function createCustomer(client, request, options) {
    const { timeoutMs, attemptTimeoutMs, signal, onRetry, ...callOptions } = options ?? {};
    const message = create(CreateCustomerRequestSchema, request);
    toBinary(CreateCustomerRequestSchema, message); // throws what every attempt would end with
    const attempts = new Attempts(message, { timeoutMs, attemptTimeoutMs, signal, onRetry });
    for (;;) {
        const attempt = { ...callOptions, timeoutMs: attempts.timeoutMs(), signal };
        try {
            return await client.createCustomer(message, attempt);
        }
        catch (error) {
            await sleep(attempts.delayMs(error), signal);
        }
    }
}
// The codes of gRPC, which are those of Connect too.
const cancelled = 1;
const unknown = 2;
const deadlineExceeded = 4;
const aborted = 10;
const internal = 13;
const unavailable = 14;
// Codes of errors that a proxy, a balancer, gRPC or Connect makes when a response is lost on its
// way. RESOURCE_EXHAUSTED is not one: gRPC also uses it for a message that is too large.
const repeated = [cancelled, unknown, deadlineExceeded, aborted, internal, unavailable];
// Codes of errors that are not Enlist's and say that nothing was created: INVALID_ARGUMENT, NOT_FOUND,
// PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. Others may have replaced a response, such as one
// that is too large.
const nothingCreated = [3, 5, 7, 12, 16];
// Reasons of final errors that also settle earlier attempts.
const settling = ["VENDOR_REJECTED", "CUSTOMER_EXISTS", "OUTCOME_UNKNOWN"];
const shortestDelayMs = 100;
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;
const longestTimerMs = 2 ** 31 - 1; // setTimeout makes 1 ms of more
/** Decides how long each attempt may take, and what follows its error. */
class Attempts {
    request;
    options;
    end;
    attemptTimeoutMs;
    backoffMs = firstBackoffMs;
    last;
    constructor(request, options) {
        this.request = request;
        this.options = options;
        if (!request.requestId && !request.validateOnly) {
            throw new TypeError("requestId is empty. " +
                "Set requestId to a UUID, made once and stored before the first attempt.");
        }
        this.attemptTimeoutMs = options.attemptTimeoutMs ?? 60_000;
        if (!(this.attemptTimeoutMs > 0))
            throw new RangeError("attemptTimeoutMs must be greater than 0.");
        this.end = performance.now() + (options.timeoutMs ?? Infinity);
    }
    /** Returns the timeout of the next attempt, or throws NotSettledError if the time is over. */
    timeoutMs() {
        const left = this.left();
        if (left <= 0)
            throw new NotSettledError(this.request.requestId, this.last ?? this.options.signal?.reason);
        // Connect takes whole milliseconds.
        return Math.ceil(Math.min(this.attemptTimeoutMs, left, longestTimerMs));
    }
    /**
     * Returns the wait after an attempt that failed. Throws the error itself if it is final. Throws
     * NotSettledError if it says nothing about an earlier attempt, or if the caller's time would end
     * in the wait.
     */
    delayMs(error) {
        const info = findDetail(error, ErrorInfoSchema);
        const code = error?.code;
        let reason = "";
        let delay;
        if (info?.domain === "enlist") {
            const retry = findDetail(error, RetryInfoSchema);
            if (!retry)
                throw this.final(error, info.reason);
            reason = info.reason;
            const { seconds = 0n, nanos = 0 } = retry.retryDelay ?? {};
            delay = Math.min(Math.max(Number(seconds) * 1e3 + nanos / 1e6, shortestDelayMs), longestTimerMs);
            this.backoffMs = firstBackoffMs;
        }
        else if (repeated.includes(code)) {
            delay = this.backoffMs;
            this.backoffMs = Math.min(2 * this.backoffMs, longestBackoffMs);
        }
        else {
            throw this.final(error, "");
        }
        if (delay >= this.left()) {
            // That the time is over is no news: an error from before it says more.
            const over = !reason && (code === deadlineExceeded || code === cancelled);
            throw new NotSettledError(this.request.requestId, over ? (this.last ?? error) : error);
        }
        this.last = error;
        this.options.onRetry?.(error, reason, delay);
        return delay;
    }
    /**
     * Returns what to throw for an error after which nothing is repeated. An error such as a revoked
     * API key says nothing about earlier attempts.
     */
    final(error, reason) {
        const code = error?.code;
        const saysEnough = reason !== "" || nothingCreated.includes(code);
        if (settling.includes(reason) || this.request.validateOnly)
            return error;
        if (this.last === undefined && saysEnough)
            return error;
        return new NotSettledError(this.request.requestId, error);
    }
    left() {
        return this.options.signal?.aborted ? 0 : this.end - performance.now();
    }
}
/** Waits, until the signal is aborted at the latest. */
function sleep(ms, signal) {
    return new Promise((resolve) => {
        const end = () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
            resolve();
        };
        const timer = setTimeout(end, ms);
        signal?.addEventListener("abort", end);
        if (signal?.aborted)
            end(); // onRetry aborted it
    });
}
