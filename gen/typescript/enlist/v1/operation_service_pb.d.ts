import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { Customer } from "./customer_pb.js";
import type { CreateCustomerResponse, VendorRequest } from "./customer_service_pb.js";
import type { ErrorReason } from "./error_pb.js";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Status } from "../../google/rpc/status_pb.js";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/operation_service.proto.
 */
export declare const file_enlist_v1_operation_service: GenFile;
/**
 * Operation is the record of one creation.
 *
 * @generated from message enlist.v1.Operation
 */
export type Operation = Message<"enlist.v1.Operation"> & {
    /**
     * Name of the provider. Example: `opencell`.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The request_id of the creation, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The customer's id, if it is known.
     *
     * @generated from field: string customer_id = 3;
     */
    customerId: string;
    /**
     * The state of the creation.
     *
     * @generated from field: enlist.v1.OperationState state = 4;
     */
    state: OperationState;
    /**
     * All requests to the vendor for this creation, in order.
     *
     * @generated from field: repeated enlist.v1.OperationTry tries = 5;
     */
    tries: OperationTry[];
    /**
     * When Enlist accepted the creation.
     *
     * @generated from field: google.protobuf.Timestamp create_time = 6;
     */
    createTime?: Timestamp;
    /**
     * When Enlist last checked or changed it.
     *
     * @generated from field: google.protobuf.Timestamp update_time = 7;
     */
    updateTime?: Timestamp;
    /**
     * When Enlist deletes the record.
     *
     * @generated from field: google.protobuf.Timestamp expire_time = 8;
     */
    expireTime?: Timestamp;
    /**
     * When Enlist checks the creation next in the background. Absent if it does not.
     *
     * @generated from field: google.protobuf.Timestamp next_check_time = 9;
     */
    nextCheckTime?: Timestamp;
    /**
     * The result, as Enlist returned it to the caller or would return it.
     *
     * @generated from oneof enlist.v1.Operation.result
     */
    result: {
        /**
         * The response, in state OPERATION_STATE_SUCCEEDED.
         *
         * @generated from field: enlist.v1.CreateCustomerResponse response = 10;
         */
        value: CreateCustomerResponse;
        case: "response";
    } | {
        /**
         * The error, in states OPERATION_STATE_FAILED and OPERATION_STATE_NOT_SENT.
         *
         * @generated from field: google.rpc.Status error = 11;
         */
        value: Status;
        case: "error";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * The person's decision, if there is one.
     *
     * @generated from field: enlist.v1.OperationDecision decision = 12;
     */
    decision?: OperationDecision;
    /**
     * The authenticated caller of the creation. Empty without authentication.
     *
     * @generated from field: string principal = 13;
     */
    principal: string;
    /**
     * The decisions that `decision` corrects, oldest first.
     *
     * @generated from field: repeated enlist.v1.OperationDecision earlier_decisions = 14;
     */
    earlierDecisions: OperationDecision[];
    /**
     * When Enlist deletes the request, the tries, the vendor's responses and the details of an error,
     * or when it did. The state, the customer's id and the outcome stay until `expire_time`. Absent
     * while the creation has no outcome.
     *
     * @generated from field: google.protobuf.Timestamp payload_expire_time = 15;
     */
    payloadExpireTime?: Timestamp;
    /**
     * Why the state is OPERATION_STATE_UNKNOWN or OPERATION_STATE_NEEDS_PERSON, in one sentence. It
     * names the customers at the vendor that the latest look-up found, and the fields that differ.
     * Empty in other states.
     *
     * @generated from field: string reason = 16;
     */
    reason: string;
    /**
     * The same as a code.
     *
     * @generated from field: enlist.v1.OperationReason reason_code = 17;
     */
    reasonCode: OperationReason;
    /**
     * Who erased the operation, in state OPERATION_STATE_ERASED.
     *
     * @generated from field: enlist.v1.OperationErasure erasure = 18;
     */
    erasure?: OperationErasure;
};
/**
 * Describes the message enlist.v1.Operation.
 * Use `create(OperationSchema)` to create a new message.
 */
export declare const OperationSchema: GenMessage<Operation>;
/**
 * OperationErasure is a person's decision to erase what Enlist held of a creation.
 *
 * @generated from message enlist.v1.OperationErasure
 */
export type OperationErasure = Message<"enlist.v1.OperationErasure"> & {
    /**
     * When Enlist erased it.
     *
     * @generated from field: google.protobuf.Timestamp erase_time = 1;
     */
    eraseTime?: Timestamp;
    /**
     * The authenticated caller who erased it.
     *
     * @generated from field: string principal = 2;
     */
    principal: string;
    /**
     * Name of the person who decided.
     *
     * @generated from field: string decided_by = 3;
     */
    decidedBy: string;
    /**
     * Why the person decided so.
     *
     * @generated from field: string reason = 4;
     */
    reason: string;
};
/**
 * Describes the message enlist.v1.OperationErasure.
 * Use `create(OperationErasureSchema)` to create a new message.
 */
export declare const OperationErasureSchema: GenMessage<OperationErasure>;
/**
 * OperationTry is one request to the vendor.
 *
 * @generated from message enlist.v1.OperationTry
 */
export type OperationTry = Message<"enlist.v1.OperationTry"> & {
    /**
     * 1 for the first request.
     *
     * @generated from field: int32 number = 1;
     */
    number: number;
    /**
     * The purpose of the request.
     *
     * @generated from field: enlist.v1.TryKind kind = 2;
     */
    kind: TryKind;
    /**
     * When it started.
     *
     * @generated from field: google.protobuf.Timestamp start_time = 3;
     */
    startTime?: Timestamp;
    /**
     * When it ended. Absent while it is in progress.
     *
     * @generated from field: google.protobuf.Timestamp end_time = 4;
     */
    endTime?: Timestamp;
    /**
     * How much was sent and answered.
     *
     * @generated from field: enlist.v1.SendStage stage = 5;
     */
    stage: SendStage;
    /**
     * HTTP status of the response. 0 if no response arrived.
     *
     * @generated from field: int32 http_status = 6;
     */
    httpStatus: number;
    /**
     * The request as it was sent, with placeholders for secrets. The body is cut to 64 KiB.
     *
     * @generated from field: enlist.v1.VendorRequest request = 7;
     */
    request?: VendorRequest;
    /**
     * The body of the response, without secrets, cut to 4,096 characters.
     *
     * @generated from field: string response_body = 8;
     */
    responseBody: string;
    /**
     * A command for sh, bash, dash or zsh that repeats the request with curl. The shell expands only
     * `placeholders` of the request. Set these variables first, each as the request needs it: in a
     * URL percent-encoded, in JSON without what needs an escape. All else is quoted. The command has
     * the part of the body that Enlist kept. A record of an earlier release has no placeholders, so
     * its secrets stay `$NAMES`.
     *
     * @generated from field: string curl = 9;
     */
    curl: string;
    /**
     * What was wrong with the response, or why none arrived, in one or two sentences. Empty if
     * nothing was wrong.
     *
     * @generated from field: string error = 10;
     */
    error: string;
    /**
     * The reason of `error`. Unspecified if nothing was wrong.
     *
     * @generated from field: enlist.v1.ErrorReason error_reason = 11;
     */
    errorReason: ErrorReason;
};
/**
 * Describes the message enlist.v1.OperationTry.
 * Use `create(OperationTrySchema)` to create a new message.
 */
export declare const OperationTrySchema: GenMessage<OperationTry>;
/**
 * OperationDecision is a person's decision on a creation.
 *
 * @generated from message enlist.v1.OperationDecision
 */
export type OperationDecision = Message<"enlist.v1.OperationDecision"> & {
    /**
     * The decision.
     *
     * @generated from field: enlist.v1.Decision decision = 1;
     */
    decision: Decision;
    /**
     * Name of the person who decided, 1 to 255 characters.
     *
     * @generated from field: string decided_by = 2;
     */
    decidedBy: string;
    /**
     * The authenticated caller who recorded the decision.
     *
     * @generated from field: string principal = 3;
     */
    principal: string;
    /**
     * Why the person decided so, 1 to 2,000 characters.
     *
     * @generated from field: string reason = 4;
     */
    reason: string;
    /**
     * When Enlist recorded the decision.
     *
     * @generated from field: google.protobuf.Timestamp decide_time = 5;
     */
    decideTime?: Timestamp;
    /**
     * Whether Enlist recorded the decision without a check at the vendor, as requested.
     *
     * @generated from field: bool unverified = 6;
     */
    unverified: boolean;
};
/**
 * Describes the message enlist.v1.OperationDecision.
 * Use `create(OperationDecisionSchema)` to create a new message.
 */
export declare const OperationDecisionSchema: GenMessage<OperationDecision>;
/**
 * GetOperationRequest reads the record of one creation.
 *
 * @generated from message enlist.v1.GetOperationRequest
 */
export type GetOperationRequest = Message<"enlist.v1.GetOperationRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The request_id of the creation, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The caller of the creation, as in `principal` of its operation. Default: this caller. Only
     * operators see the creations of others.
     *
     * @generated from field: optional string principal = 3;
     */
    principal?: string;
    /**
     * Whether to ask the vendor now which customers this creation may have created. Only operators
     * may set it.
     *
     * @generated from field: bool include_candidates = 4;
     */
    includeCandidates: boolean;
};
/**
 * Describes the message enlist.v1.GetOperationRequest.
 * Use `create(GetOperationRequestSchema)` to create a new message.
 */
export declare const GetOperationRequestSchema: GenMessage<GetOperationRequest>;
/**
 * GetOperationResponse is the record of one creation.
 *
 * @generated from message enlist.v1.GetOperationResponse
 */
export type GetOperationResponse = Message<"enlist.v1.GetOperationResponse"> & {
    /**
     * The operation.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
    /**
     * With `include_candidates`: the customers at the vendor that this creation may have created, as
     * the vendor returns them now. Enlist stores only their ids.
     *
     * @generated from field: repeated enlist.v1.OperationCandidate candidates = 2;
     */
    candidates: OperationCandidate[];
};
/**
 * Describes the message enlist.v1.GetOperationResponse.
 * Use `create(GetOperationResponseSchema)` to create a new message.
 */
export declare const GetOperationResponseSchema: GenMessage<GetOperationResponse>;
/**
 * OperationCandidate is a customer at the vendor that a creation may have created.
 *
 * @generated from message enlist.v1.OperationCandidate
 */
export type OperationCandidate = Message<"enlist.v1.OperationCandidate"> & {
    /**
     * The customer, as the vendor returns it now.
     *
     * @generated from field: enlist.v1.Customer customer = 1;
     */
    customer?: Customer;
    /**
     * Whether this creation created it.
     *
     * @generated from field: enlist.v1.CandidateMatch match = 2;
     */
    match: CandidateMatch;
    /**
     * The fields in which the customer differs from the request.
     *
     * @generated from field: repeated enlist.v1.FieldDifference differences = 3;
     */
    differences: FieldDifference[];
    /**
     * The request_id of another operation that created or updated this customer. Empty if the journal
     * has none.
     *
     * @generated from field: string claimed_by = 4;
     */
    claimedBy: string;
};
/**
 * Describes the message enlist.v1.OperationCandidate.
 * Use `create(OperationCandidateSchema)` to create a new message.
 */
export declare const OperationCandidateSchema: GenMessage<OperationCandidate>;
/**
 * FieldDifference is a field in which a customer differs from the request.
 *
 * @generated from message enlist.v1.FieldDifference
 */
export type FieldDifference = Message<"enlist.v1.FieldDifference"> & {
    /**
     * Path of the field, from CreateCustomerRequest. Example: `customer.phone`.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * The value in the request. Empty if the request has none.
     *
     * @generated from field: string requested = 2;
     */
    requested: string;
    /**
     * The value at the vendor. Empty if the vendor has none.
     *
     * @generated from field: string found = 3;
     */
    found: string;
};
/**
 * Describes the message enlist.v1.FieldDifference.
 * Use `create(FieldDifferenceSchema)` to create a new message.
 */
export declare const FieldDifferenceSchema: GenMessage<FieldDifference>;
/**
 * ListOperationsRequest lists a page of creations.
 *
 * @generated from message enlist.v1.ListOperationsRequest
 */
export type ListOperationsRequest = Message<"enlist.v1.ListOperationsRequest"> & {
    /**
     * Name of a configured provider, or `-` for all.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * Only creations in this state. Default: all.
     *
     * @generated from field: enlist.v1.OperationState state = 2;
     */
    state: OperationState;
    /**
     * Only creations that Enlist accepted at this time or later.
     *
     * @generated from field: google.protobuf.Timestamp start_time = 3;
     */
    startTime?: Timestamp;
    /**
     * Only creations that Enlist accepted before this time.
     *
     * @generated from field: google.protobuf.Timestamp end_time = 4;
     */
    endTime?: Timestamp;
    /**
     * The maximum number of operations to return. Default: 100. Enlist reduces a value above 1000 to
     * 1000 (AIP-158). This is the one kind of value that it changes without naming it in the
     * response.
     *
     * @generated from field: int32 page_size = 5;
     */
    pageSize: number;
    /**
     * `next_page_token` of the previous page, with the same other parameters. Up to 1,024 characters.
     *
     * @generated from field: string page_token = 6;
     */
    pageToken: string;
    /**
     * The caller of the creations, as in `principal` of their operations, or `*` for all callers.
     * Default: this caller. Only operators see the creations of others.
     *
     * @generated from field: optional string principal = 7;
     */
    principal?: string;
    /**
     * Only creations of the customer with this id, exactly or in the vendor's normalised form. Up to
     * 255 characters. It also finds creations that were refused or have no outcome yet, if the caller
     * chose the id.
     *
     * @generated from field: string customer_id = 8;
     */
    customerId: string;
    /**
     * Only creations in the state of this reason, for this reason. `state` must be unset or agree.
     *
     * @generated from field: enlist.v1.OperationReason reason_code = 9;
     */
    reasonCode: OperationReason;
};
/**
 * Describes the message enlist.v1.ListOperationsRequest.
 * Use `create(ListOperationsRequestSchema)` to create a new message.
 */
export declare const ListOperationsRequestSchema: GenMessage<ListOperationsRequest>;
/**
 * ListOperationsResponse is a page of creations.
 *
 * @generated from message enlist.v1.ListOperationsResponse
 */
export type ListOperationsResponse = Message<"enlist.v1.ListOperationsResponse"> & {
    /**
     * The operations, newest first. With `reason_code`, a page may have few or none, although more
     * follow.
     *
     * @generated from field: repeated enlist.v1.Operation operations = 1;
     */
    operations: Operation[];
    /**
     * Token of the next page. Empty on the last page.
     *
     * @generated from field: string next_page_token = 2;
     */
    nextPageToken: string;
};
/**
 * Describes the message enlist.v1.ListOperationsResponse.
 * Use `create(ListOperationsResponseSchema)` to create a new message.
 */
export declare const ListOperationsResponseSchema: GenMessage<ListOperationsResponse>;
/**
 * WaitOperationRequest waits for the final outcome of a creation.
 *
 * @generated from message enlist.v1.WaitOperationRequest
 */
export type WaitOperationRequest = Message<"enlist.v1.WaitOperationRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The request_id of the creation, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The longest time to wait, up to 5 minutes. Default: the caller's deadline.
     *
     * @generated from field: google.protobuf.Duration timeout = 3;
     */
    timeout?: Duration;
    /**
     * The caller of the creation, as in `principal` of its operation. Default: this caller. Only
     * operators see the creations of others.
     *
     * @generated from field: optional string principal = 4;
     */
    principal?: string;
};
/**
 * Describes the message enlist.v1.WaitOperationRequest.
 * Use `create(WaitOperationRequestSchema)` to create a new message.
 */
export declare const WaitOperationRequestSchema: GenMessage<WaitOperationRequest>;
/**
 * WaitOperationResponse is the record of the creation after the wait.
 *
 * @generated from message enlist.v1.WaitOperationResponse
 */
export type WaitOperationResponse = Message<"enlist.v1.WaitOperationResponse"> & {
    /**
     * The operation.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
};
/**
 * Describes the message enlist.v1.WaitOperationResponse.
 * Use `create(WaitOperationResponseSchema)` to create a new message.
 */
export declare const WaitOperationResponseSchema: GenMessage<WaitOperationResponse>;
/**
 * ResolveOperationRequest is a person's decision on a creation.
 *
 * @generated from message enlist.v1.ResolveOperationRequest
 */
export type ResolveOperationRequest = Message<"enlist.v1.ResolveOperationRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The request_id of the creation, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The decision.
     *
     * @generated from field: enlist.v1.Decision decision = 3;
     */
    decision: Decision;
    /**
     * The customer's id at the vendor, up to 255 characters. Set it with DECISION_SUCCEEDED if the
     * vendor chooses ids. Enlist records the id in the vendor's form. DECISION_FAILED takes none.
     *
     * @generated from field: string customer_id = 4;
     */
    customerId: string;
    /**
     * Name of the person who decided, 1 to 255 characters.
     *
     * @generated from field: string decided_by = 5;
     */
    decidedBy: string;
    /**
     * Why the person decided so, 1 to 2,000 characters on one or more lines.
     *
     * @generated from field: string reason = 6;
     */
    reason: string;
    /**
     * The caller of the creation, as in `principal` of its operation. Default: this caller. Only
     * operators see the creations of others.
     *
     * @generated from field: optional string principal = 7;
     */
    principal?: string;
    /**
     * Record the decision even if the vendor contradicts it or cannot be reached. `reason` must then
     * say why, and not only in blanks.
     *
     * @generated from field: bool unverified = 8;
     */
    unverified: boolean;
};
/**
 * Describes the message enlist.v1.ResolveOperationRequest.
 * Use `create(ResolveOperationRequestSchema)` to create a new message.
 */
export declare const ResolveOperationRequestSchema: GenMessage<ResolveOperationRequest>;
/**
 * ResolveOperationResponse is the record of the creation after the decision.
 *
 * @generated from message enlist.v1.ResolveOperationResponse
 */
export type ResolveOperationResponse = Message<"enlist.v1.ResolveOperationResponse"> & {
    /**
     * The operation.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
    /**
     * With DECISION_SUCCEEDED: the fields in which the customer differs from the request. Enlist does
     * not store them, and a repeated decision returns none.
     *
     * @generated from field: repeated enlist.v1.FieldDifference differences = 2;
     */
    differences: FieldDifference[];
};
/**
 * Describes the message enlist.v1.ResolveOperationResponse.
 * Use `create(ResolveOperationResponseSchema)` to create a new message.
 */
export declare const ResolveOperationResponseSchema: GenMessage<ResolveOperationResponse>;
/**
 * OperationReason is why an operation is in state OPERATION_STATE_UNKNOWN or
 * OPERATION_STATE_NEEDS_PERSON. Each value belongs to one of the two states.
 *
 * @generated from enum enlist.v1.OperationReason
 */
export declare enum OperationReason {
    /**
     * Not set, or not recorded.
     *
     * @generated from enum value: OPERATION_REASON_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * UNKNOWN: Enlist sent the request and received no response that it can trust.
     *
     * @generated from enum value: OPERATION_REASON_NO_RESPONSE = 1;
     */
    NO_RESPONSE = 1,
    /**
     * UNKNOWN: The response says that nothing was created. A look-up must confirm it.
     *
     * @generated from enum value: OPERATION_REASON_REFUSAL_UNCONFIRMED = 2;
     */
    REFUSAL_UNCONFIRMED = 2,
    /**
     * UNKNOWN: The response says that the vendor created a customer. It does not prove which.
     *
     * @generated from enum value: OPERATION_REASON_SUCCESS_UNPROVEN = 3;
     */
    SUCCESS_UNPROVEN = 3,
    /**
     * UNKNOWN: The replica that worked on the creation stopped and recorded no outcome.
     *
     * @generated from enum value: OPERATION_REASON_INTERRUPTED = 4;
     */
    INTERRUPTED = 4,
    /**
     * UNKNOWN: The journal lost records, perhaps also of an earlier call with this request_id.
     *
     * @generated from enum value: OPERATION_REASON_RECORDS_LOST = 5;
     */
    RECORDS_LOST = 5,
    /**
     * UNKNOWN: The latest look-up failed. Enlist tries again.
     *
     * @generated from enum value: OPERATION_REASON_LOOKUP_FAILED = 6;
     */
    LOOKUP_FAILED = 6,
    /**
     * NEEDS_PERSON: Several customers may be the one that this creation created.
     *
     * @generated from enum value: OPERATION_REASON_SEVERAL_CUSTOMERS = 7;
     */
    SEVERAL_CUSTOMERS = 7,
    /**
     * NEEDS_PERSON: One customer may be the one. It differs from the request, or the vendor returns
     * too little of it to compare.
     *
     * @generated from enum value: OPERATION_REASON_CUSTOMER_DIFFERS = 8;
     */
    CUSTOMER_DIFFERS = 8,
    /**
     * NEEDS_PERSON: One customer equals the request. Another operation may have created it.
     *
     * @generated from enum value: OPERATION_REASON_CUSTOMER_CLAIMED = 9;
     */
    CUSTOMER_CLAIMED = 9,
    /**
     * NEEDS_PERSON: The vendor says that the customer exists, and no look-up finds it.
     *
     * @generated from enum value: OPERATION_REASON_CUSTOMER_NOT_SHOWN = 10;
     */
    CUSTOMER_NOT_SHOWN = 10,
    /**
     * NEEDS_PERSON: The vendor offers no look-up for this customer.
     *
     * @generated from enum value: OPERATION_REASON_NO_LOOKUP = 11;
     */
    NO_LOOKUP = 11,
    /**
     * NEEDS_PERSON: The provider was removed from the configuration, or its settings no longer accept
     * the request.
     *
     * @generated from enum value: OPERATION_REASON_PROVIDER_CHANGED = 12;
     */
    PROVIDER_CHANGED = 12,
    /**
     * NEEDS_PERSON: The vendor refused the look-ups, or Enlist could not read its responses.
     *
     * @generated from enum value: OPERATION_REASON_LOOKUPS_FAILED = 13;
     */
    LOOKUPS_FAILED = 13
}
/**
 * Describes the enum enlist.v1.OperationReason.
 */
export declare const OperationReasonSchema: GenEnum<OperationReason>;
/**
 * OperationState is the state of a creation.
 *
 * @generated from enum enlist.v1.OperationState
 */
export declare enum OperationState {
    /**
     * Not set.
     *
     * @generated from enum value: OPERATION_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Recorded. Enlist is sending the request to the vendor.
     *
     * @generated from enum value: OPERATION_STATE_INTENT = 1;
     */
    INTENT = 1,
    /**
     * The customer exists at the vendor.
     *
     * @generated from enum value: OPERATION_STATE_SUCCEEDED = 2;
     */
    SUCCEEDED = 2,
    /**
     * Refused. Nothing was created.
     *
     * @generated from enum value: OPERATION_STATE_FAILED = 3;
     */
    FAILED = 3,
    /**
     * Nothing was created. The same request_id starts again.
     *
     * @generated from enum value: OPERATION_STATE_NOT_SENT = 4;
     */
    NOT_SENT = 4,
    /**
     * Sent, but no trustworthy response arrived. Enlist looks the customer up in the background.
     *
     * @generated from enum value: OPERATION_STATE_UNKNOWN = 5;
     */
    UNKNOWN = 5,
    /**
     * Enlist cannot resolve the outcome. See ResolveOperation.
     *
     * @generated from enum value: OPERATION_STATE_NEEDS_PERSON = 6;
     */
    NEEDS_PERSON = 6,
    /**
     * Enlist erased what it held of the customer. The request_id stays taken, and Enlist never sends
     * it again.
     *
     * @generated from enum value: OPERATION_STATE_ERASED = 7;
     */
    ERASED = 7
}
/**
 * Describes the enum enlist.v1.OperationState.
 */
export declare const OperationStateSchema: GenEnum<OperationState>;
/**
 * SendStage is how much of a request to a vendor was sent and answered.
 *
 * @generated from enum enlist.v1.SendStage
 */
export declare enum SendStage {
    /**
     * Not set.
     *
     * @generated from enum value: SEND_STAGE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * No byte of the request was sent.
     *
     * @generated from enum value: SEND_STAGE_NOT_SENT = 1;
     */
    NOT_SENT = 1,
    /**
     * Bytes may have been sent, and no trustworthy response arrived.
     *
     * @generated from enum value: SEND_STAGE_SENT = 2;
     */
    SENT = 2,
    /**
     * The vendor itself responded.
     *
     * @generated from enum value: SEND_STAGE_ANSWERED = 3;
     */
    ANSWERED = 3
}
/**
 * Describes the enum enlist.v1.SendStage.
 */
export declare const SendStageSchema: GenEnum<SendStage>;
/**
 * TryKind is the purpose of a request to a vendor.
 *
 * @generated from enum enlist.v1.TryKind
 */
export declare enum TryKind {
    /**
     * Not set.
     *
     * @generated from enum value: TRY_KIND_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * To create the customer.
     *
     * @generated from enum value: TRY_KIND_SEND = 1;
     */
    SEND = 1,
    /**
     * To look the customer up.
     *
     * @generated from enum value: TRY_KIND_LOOKUP = 2;
     */
    LOOKUP = 2
}
/**
 * Describes the enum enlist.v1.TryKind.
 */
export declare const TryKindSchema: GenEnum<TryKind>;
/**
 * Decision is what a person decides about a creation.
 *
 * @generated from enum enlist.v1.Decision
 */
export declare enum Decision {
    /**
     * Not set.
     *
     * @generated from enum value: DECISION_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The customer exists at the vendor.
     *
     * @generated from enum value: DECISION_SUCCEEDED = 1;
     */
    SUCCEEDED = 1,
    /**
     * The customer does not exist at the vendor.
     *
     * @generated from enum value: DECISION_FAILED = 2;
     */
    FAILED = 2
}
/**
 * Describes the enum enlist.v1.Decision.
 */
export declare const DecisionSchema: GenEnum<Decision>;
/**
 * CandidateMatch says whether a creation created a customer.
 *
 * @generated from enum enlist.v1.CandidateMatch
 */
export declare enum CandidateMatch {
    /**
     * Not set.
     *
     * @generated from enum value: CANDIDATE_MATCH_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Nothing proves or excludes it.
     *
     * @generated from enum value: CANDIDATE_MATCH_UNCLEAR = 1;
     */
    UNCLEAR = 1,
    /**
     * The evidence says that it did.
     *
     * @generated from enum value: CANDIDATE_MATCH_OURS = 2;
     */
    OURS = 2,
    /**
     * The customer existed before, or another creation created it.
     *
     * @generated from enum value: CANDIDATE_MATCH_OTHER = 3;
     */
    OTHER = 3
}
/**
 * Describes the enum enlist.v1.CandidateMatch.
 */
export declare const CandidateMatchSchema: GenEnum<CandidateMatch>;
/**
 * OperationService shows the creations that Enlist has recorded, and their outcomes. It lets a
 * person decide an outcome that Enlist cannot resolve. Callers see their own operations, at the
 * providers that they may use. Operators, by the configuration, also see those of others.
 *
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR. If the server
 * authenticates callers, any call can also end with CREDENTIALS_MISSING, CREDENTIALS_INVALID,
 * NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.OperationService
 */
export declare const OperationService: GenService<{
    /**
     * GetOperation returns one creation by its request_id.
     *
     * With `include_candidates`, Enlist also asks the vendor which customers this creation may have
     * created. It creates nothing.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * JOURNAL_UNAVAILABLE. With `include_candidates` also RPC_NOT_SUPPORTED, VENDOR_REJECTED,
     * VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED and
     * VENDOR_RESPONSE_INVALID.
     *
     * @generated from rpc enlist.v1.OperationService.GetOperation
     */
    getOperation: {
        methodKind: "unary";
        input: typeof GetOperationRequestSchema;
        output: typeof GetOperationResponseSchema;
    };
    /**
     * ListOperations lists creations, newest first. Provider `-` lists those of all providers
     * (AIP-159). Only GetOperation returns what was exchanged with the vendor (`request`,
     * `response_body` and `curl` of a try).
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, JOURNAL_UNAVAILABLE.
     *
     * @generated from rpc enlist.v1.OperationService.ListOperations
     */
    listOperations: {
        methodKind: "unary";
        input: typeof ListOperationsRequestSchema;
        output: typeof ListOperationsResponseSchema;
    };
    /**
     * WaitOperation returns when a creation has its final outcome, or when the timeout expires.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * JOURNAL_UNAVAILABLE.
     *
     * @generated from rpc enlist.v1.OperationService.WaitOperation
     */
    waitOperation: {
        methodKind: "unary";
        input: typeof WaitOperationRequestSchema;
        output: typeof WaitOperationResponseSchema;
    };
    /**
     * ResolveOperation records a person's decision on an operation in state
     * OPERATION_STATE_NEEDS_PERSON.
     *
     * Enlist checks the decision first. DECISION_SUCCEEDED needs a customer that the vendor shows and
     * that no other operation created. It is one of the candidates that a look-up finds now, as
     * GetOperation with `include_candidates` shows them. Or it has the values that identify the
     * customer of the request, as far as the vendor returns them. The error names the fields that
     * differ. DECISION_FAILED needs a look-up that finds no customer that
     * this operation may have created, after the time in which the vendor may still carry out the
     * request. If the vendor offers no look-up, only that time must be over. `unverified` skips the
     * checks.
     *
     * An operator can correct a decision with a new one, which Enlist checks the same way. A
     * correction never sends anything. Enlist keeps the earlier decisions. The same decision again
     * changes nothing. An outcome that Enlist found cannot be changed.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * REQUEST_IN_PROGRESS, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID, JOURNAL_UNAVAILABLE. INVALID_FIELD is
     * also the reason if the check contradicts the decision, or if there is nothing to decide.
     *
     * @generated from rpc enlist.v1.OperationService.ResolveOperation
     */
    resolveOperation: {
        methodKind: "unary";
        input: typeof ResolveOperationRequestSchema;
        output: typeof ResolveOperationResponseSchema;
    };
}>;
