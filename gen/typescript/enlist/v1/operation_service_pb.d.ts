import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { CreateCustomerResponse, VendorRequest } from "./customer_service_pb.js";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Status } from "../../google/rpc/status_pb.js";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/operation_service.proto.
 */
export declare const file_enlist_v1_operation_service: GenFile;
/**
 * Operation is one create and what became of it.
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
     * The create's request_id, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The customer's id, where it is known.
     *
     * @generated from field: string customer_id = 3;
     */
    customerId: string;
    /**
     * Where the create stands.
     *
     * @generated from field: enlist.v1.OperationState state = 4;
     */
    state: OperationState;
    /**
     * Every time the vendor was called for it, first to last.
     *
     * @generated from field: repeated enlist.v1.OperationTry tries = 5;
     */
    tries: OperationTry[];
    /**
     * When the create was accepted.
     *
     * @generated from field: google.protobuf.Timestamp create_time = 6;
     */
    createTime?: Timestamp;
    /**
     * When it was last looked into or changed.
     *
     * @generated from field: google.protobuf.Timestamp update_time = 7;
     */
    updateTime?: Timestamp;
    /**
     * When the record will be forgotten.
     *
     * @generated from field: google.protobuf.Timestamp expire_time = 8;
     */
    expireTime?: Timestamp;
    /**
     * When Enlist next looks into it by itself; absent when it does not.
     *
     * @generated from field: google.protobuf.Timestamp next_check_time = 9;
     */
    nextCheckTime?: Timestamp;
    /**
     * The end, as the caller was or would be answered.
     *
     * @generated from oneof enlist.v1.Operation.result
     */
    result: {
        /**
         * The answer, in state OPERATION_STATE_SUCCEEDED.
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
     * The person's decision, where there was one.
     *
     * @generated from field: enlist.v1.OperationDecision decision = 12;
     */
    decision?: OperationDecision;
    /**
     * The authenticated caller whose create it is; empty when there was no authentication.
     *
     * @generated from field: string principal = 13;
     */
    principal: string;
    /**
     * The decisions that `decision` corrects, first to last.
     *
     * @generated from field: repeated enlist.v1.OperationDecision earlier_decisions = 14;
     */
    earlierDecisions: OperationDecision[];
};
/**
 * Describes the message enlist.v1.Operation.
 * Use `create(OperationSchema)` to create a new message.
 */
export declare const OperationSchema: GenMessage<Operation>;
/**
 * OperationTry is one call to the vendor.
 *
 * @generated from message enlist.v1.OperationTry
 */
export type OperationTry = Message<"enlist.v1.OperationTry"> & {
    /**
     * 1 for the first.
     *
     * @generated from field: int32 number = 1;
     */
    number: number;
    /**
     * What the call was for.
     *
     * @generated from field: enlist.v1.TryKind kind = 2;
     */
    kind: TryKind;
    /**
     * When it began.
     *
     * @generated from field: google.protobuf.Timestamp start_time = 3;
     */
    startTime?: Timestamp;
    /**
     * When it ended; absent while it is under way.
     *
     * @generated from field: google.protobuf.Timestamp end_time = 4;
     */
    endTime?: Timestamp;
    /**
     * How far it got.
     *
     * @generated from field: enlist.v1.SendStage stage = 5;
     */
    stage: SendStage;
    /**
     * HTTP status of the answer; 0 when there was none.
     *
     * @generated from field: int32 http_status = 6;
     */
    httpStatus: number;
    /**
     * The request as it went out, secrets replaced by `$NAMES`; a body is cut to 64 KiB.
     *
     * @generated from field: enlist.v1.VendorRequest request = 7;
     */
    request?: VendorRequest;
    /**
     * The answer's body, without secrets, cut to 4,096 characters.
     *
     * @generated from field: string response_body = 8;
     */
    responseBody: string;
    /**
     * A curl command that repeats the request, as far as its body is here, secrets as `$NAMES`.
     *
     * @generated from field: string curl = 9;
     */
    curl: string;
};
/**
 * Describes the message enlist.v1.OperationTry.
 * Use `create(OperationTrySchema)` to create a new message.
 */
export declare const OperationTrySchema: GenMessage<OperationTry>;
/**
 * OperationDecision is a person's decision on a create.
 *
 * @generated from message enlist.v1.OperationDecision
 */
export type OperationDecision = Message<"enlist.v1.OperationDecision"> & {
    /**
     * What was decided.
     *
     * @generated from field: enlist.v1.Decision decision = 1;
     */
    decision: Decision;
    /**
     * Who decided: the person's name as given, 1 to 255 characters.
     *
     * @generated from field: string decided_by = 2;
     */
    decidedBy: string;
    /**
     * The authenticated caller that recorded it.
     *
     * @generated from field: string principal = 3;
     */
    principal: string;
    /**
     * Why, 1 to 2,000 characters.
     *
     * @generated from field: string reason = 4;
     */
    reason: string;
    /**
     * When.
     *
     * @generated from field: google.protobuf.Timestamp decide_time = 5;
     */
    decideTime?: Timestamp;
    /**
     * Whether it was recorded without a check at the vendor, because the request said so.
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
 * GetOperationRequest asks for one create.
 *
 * @generated from message enlist.v1.GetOperationRequest
 */
export type GetOperationRequest = Message<"enlist.v1.GetOperationRequest"> & {
    /**
     * Name of a configured connection; see CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The create's request_id, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * Whose create, by the `principal` of its operation; absent: the caller's own. Others' are for operators.
     *
     * @generated from field: optional string principal = 3;
     */
    principal?: string;
};
/**
 * Describes the message enlist.v1.GetOperationRequest.
 * Use `create(GetOperationRequestSchema)` to create a new message.
 */
export declare const GetOperationRequestSchema: GenMessage<GetOperationRequest>;
/**
 * GetOperationResponse is one create.
 *
 * @generated from message enlist.v1.GetOperationResponse
 */
export type GetOperationResponse = Message<"enlist.v1.GetOperationResponse"> & {
    /**
     * The create.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
};
/**
 * Describes the message enlist.v1.GetOperationResponse.
 * Use `create(GetOperationResponseSchema)` to create a new message.
 */
export declare const GetOperationResponseSchema: GenMessage<GetOperationResponse>;
/**
 * ListOperationsRequest asks for a page of creates.
 *
 * @generated from message enlist.v1.ListOperationsRequest
 */
export type ListOperationsRequest = Message<"enlist.v1.ListOperationsRequest"> & {
    /**
     * Name of a configured connection, or `-` for all.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * Only creates in this state; unspecified: all.
     *
     * @generated from field: enlist.v1.OperationState state = 2;
     */
    state: OperationState;
    /**
     * Only creates accepted at this instant or later.
     *
     * @generated from field: google.protobuf.Timestamp start_time = 3;
     */
    startTime?: Timestamp;
    /**
     * Only creates accepted before this instant.
     *
     * @generated from field: google.protobuf.Timestamp end_time = 4;
     */
    endTime?: Timestamp;
    /**
     * The most elements to return, from 1. 0 means 100. More than 1000 means 1000 (AIP-158): the one
     * value that Enlist changes without naming it in the response.
     *
     * @generated from field: int32 page_size = 5;
     */
    pageSize: number;
    /**
     * `next_page_token` of the page before, used with the same other parameters; up to 1,024 characters.
     *
     * @generated from field: string page_token = 6;
     */
    pageToken: string;
    /**
     * Whose creates, by the `principal` of their operations, or `*` for everybody's; absent: the caller's own. Others' are for operators.
     *
     * @generated from field: optional string principal = 7;
     */
    principal?: string;
};
/**
 * Describes the message enlist.v1.ListOperationsRequest.
 * Use `create(ListOperationsRequestSchema)` to create a new message.
 */
export declare const ListOperationsRequestSchema: GenMessage<ListOperationsRequest>;
/**
 * ListOperationsResponse is a page of creates.
 *
 * @generated from message enlist.v1.ListOperationsResponse
 */
export type ListOperationsResponse = Message<"enlist.v1.ListOperationsResponse"> & {
    /**
     * The creates, newest first.
     *
     * @generated from field: repeated enlist.v1.Operation operations = 1;
     */
    operations: Operation[];
    /**
     * Token of the next page; empty when this is the last.
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
 * WaitOperationRequest asks to be told when a create has ended.
 *
 * @generated from message enlist.v1.WaitOperationRequest
 */
export type WaitOperationRequest = Message<"enlist.v1.WaitOperationRequest"> & {
    /**
     * Name of a configured connection; see CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The create's request_id, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * How long to wait at most, up to 5 minutes; absent: as long as the call's deadline allows.
     *
     * @generated from field: google.protobuf.Duration timeout = 3;
     */
    timeout?: Duration;
    /**
     * Whose create, by the `principal` of its operation; absent: the caller's own. Others' are for operators.
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
 * WaitOperationResponse is the create as it stands after the wait.
 *
 * @generated from message enlist.v1.WaitOperationResponse
 */
export type WaitOperationResponse = Message<"enlist.v1.WaitOperationResponse"> & {
    /**
     * The create.
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
 * ResolveOperationRequest is a person's decision on a create.
 *
 * @generated from message enlist.v1.ResolveOperationRequest
 */
export type ResolveOperationRequest = Message<"enlist.v1.ResolveOperationRequest"> & {
    /**
     * Name of a configured connection; see CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The create's request_id, a UUID.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * What was decided; required.
     *
     * @generated from field: enlist.v1.Decision decision = 3;
     */
    decision: Decision;
    /**
     * The customer's id at the vendor, with DECISION_SUCCEEDED where the vendor gives it; up to 255
     * characters. Enlist records the id in the vendor's form.
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
     * Why, 1 to 2,000 characters on one or more lines.
     *
     * @generated from field: string reason = 6;
     */
    reason: string;
    /**
     * Whose create, by the `principal` of its operation; absent: the caller's own. Others' are for operators.
     *
     * @generated from field: optional string principal = 7;
     */
    principal?: string;
    /**
     * Record the decision although the vendor contradicts it or cannot be asked. `reason` must then
     * say why, in more than blanks.
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
 * ResolveOperationResponse is the create after the decision.
 *
 * @generated from message enlist.v1.ResolveOperationResponse
 */
export type ResolveOperationResponse = Message<"enlist.v1.ResolveOperationResponse"> & {
    /**
     * The create.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
};
/**
 * Describes the message enlist.v1.ResolveOperationResponse.
 * Use `create(ResolveOperationResponseSchema)` to create a new message.
 */
export declare const ResolveOperationResponseSchema: GenMessage<ResolveOperationResponse>;
/**
 * OperationState is where a create stands.
 *
 * @generated from enum enlist.v1.OperationState
 */
export declare enum OperationState {
    /**
     * Not stated.
     *
     * @generated from enum value: OPERATION_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Recorded; the vendor is being called.
     *
     * @generated from enum value: OPERATION_STATE_INTENT = 1;
     */
    INTENT = 1,
    /**
     * Done at the vendor.
     *
     * @generated from enum value: OPERATION_STATE_SUCCEEDED = 2;
     */
    SUCCEEDED = 2,
    /**
     * Refused for good; nothing was created.
     *
     * @generated from enum value: OPERATION_STATE_FAILED = 3;
     */
    FAILED = 3,
    /**
     * Nothing was done at the vendor; the same request_id starts again.
     *
     * @generated from enum value: OPERATION_STATE_NOT_SENT = 4;
     */
    NOT_SENT = 4,
    /**
     * Sent, and no response proves the outcome. Enlist looks it up in the background.
     *
     * @generated from enum value: OPERATION_STATE_UNKNOWN = 5;
     */
    UNKNOWN = 5,
    /**
     * Only a person can tell; see ResolveOperation.
     *
     * @generated from enum value: OPERATION_STATE_NEEDS_PERSON = 6;
     */
    NEEDS_PERSON = 6
}
/**
 * Describes the enum enlist.v1.OperationState.
 */
export declare const OperationStateSchema: GenEnum<OperationState>;
/**
 * SendStage is how far a request to a vendor got.
 *
 * @generated from enum enlist.v1.SendStage
 */
export declare enum SendStage {
    /**
     * Not stated.
     *
     * @generated from enum value: SEND_STAGE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * No byte of the request left.
     *
     * @generated from enum value: SEND_STAGE_NOT_SENT = 1;
     */
    NOT_SENT = 1,
    /**
     * Bytes may have left, and no trustworthy response came.
     *
     * @generated from enum value: SEND_STAGE_SENT = 2;
     */
    SENT = 2,
    /**
     * The vendor answered in its own words.
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
 * TryKind is what a call to a vendor was for.
 *
 * @generated from enum enlist.v1.TryKind
 */
export declare enum TryKind {
    /**
     * Not stated.
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
     * To find out whether the customer exists.
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
 * Decision is what a person decides about a create.
 *
 * @generated from enum enlist.v1.Decision
 */
export declare enum Decision {
    /**
     * Not stated.
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
 * OperationService tells what became of creates, and lets a person decide an outcome that no machine can settle.
 * A caller sees its own operations only, unless it is an operator by the configuration, and those of providers that it may use.
 *
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR and, where callers must say who they are, with CREDENTIALS_MISSING,
 * CREDENTIALS_INVALID, NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.OperationService
 */
export declare const OperationService: GenService<{
    /**
     * GetOperation returns one create by its request_id.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND, JOURNAL_UNAVAILABLE.
     *
     * @generated from rpc enlist.v1.OperationService.GetOperation
     */
    getOperation: {
        methodKind: "unary";
        input: typeof GetOperationRequestSchema;
        output: typeof GetOperationResponseSchema;
    };
    /**
     * ListOperations lists creates, newest first. Provider `-` lists those of all providers (AIP-159). The exchanges of their tries
     * (request, response_body, curl) are in GetOperation only.
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
     * WaitOperation returns when a create has reached an end, or when the timeout is over, whichever is first.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND, JOURNAL_UNAVAILABLE.
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
     * Enlist checks the decision first. DECISION_SUCCEEDED needs a customer that the vendor shows
     * and that no other operation created. DECISION_FAILED needs a look-up that finds no customer
     * that this operation may have created, after the time in which the vendor may still carry out
     * the request. Where the vendor offers no look-up, only that time must be over. `unverified`
     * skips the checks.
     *
     * An operator can correct a decision with a new one, which Enlist checks the same way. A
     * correction never sends anything. Enlist keeps the earlier decisions. The same decision again
     * changes nothing. An outcome that Enlist found cannot be changed.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * REQUEST_IN_PROGRESS, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID, JOURNAL_UNAVAILABLE; INVALID_FIELD also
     * when the check contradicts the decision, and when there is nothing to decide.
     *
     * @generated from rpc enlist.v1.OperationService.ResolveOperation
     */
    resolveOperation: {
        methodKind: "unary";
        input: typeof ResolveOperationRequestSchema;
        output: typeof ResolveOperationResponseSchema;
    };
}>;
