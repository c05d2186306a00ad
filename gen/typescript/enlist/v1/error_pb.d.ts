import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/error.proto.
 */
export declare const file_enlist_v1_error: GenFile;
/**
 * VendorError is the vendor's own response to a failed call: its codes and messages, without
 * secrets, cut to size.
 *
 * @generated from message enlist.v1.VendorError
 */
export type VendorError = Message<"enlist.v1.VendorError"> & {
    /**
     * HTTP status code. 0 if no response arrived.
     *
     * @generated from field: int32 http_status = 1;
     */
    httpStatus: number;
    /**
     * The vendor's messages, at most 20.
     *
     * @generated from field: repeated enlist.v1.VendorMessage messages = 2;
     */
    messages: VendorMessage[];
};
/**
 * Describes the message enlist.v1.VendorError.
 * Use `create(VendorErrorSchema)` to create a new message.
 */
export declare const VendorErrorSchema: GenMessage<VendorError>;
/**
 * VendorMessage is one message of a vendor.
 *
 * @generated from message enlist.v1.VendorMessage
 */
export type VendorMessage = Message<"enlist.v1.VendorMessage"> & {
    /**
     * The vendor's code. Example: `ENTITY_ALREADY_EXISTS_EXCEPTION`.
     *
     * @generated from field: string code = 1;
     */
    code: string;
    /**
     * The vendor's text, cut to 500 characters.
     *
     * @generated from field: string message = 2;
     */
    message: string;
    /**
     * What the vendor adds to the message (Caliq's ExtraData), cut to 200 characters.
     *
     * @generated from field: string extra = 3;
     */
    extra: string;
    /**
     * The vendor's description of the code (Caliq's Message list), cut to 200 characters.
     *
     * @generated from field: string description = 4;
     */
    description: string;
};
/**
 * Describes the message enlist.v1.VendorMessage.
 * Use `create(VendorMessageSchema)` to create a new message.
 */
export declare const VendorMessageSchema: GenMessage<VendorMessage>;
/**
 * ErrorReason is the `reason` in the google.rpc.ErrorInfo (domain `enlist`) of every error.
 *
 * Each comment has two paragraphs: the cause and the remedy. docs/errors.md also has the status
 * code, the caller's next action, and the details, from the option `reason` of each.
 * buf:lint:ignore ENUM_VALUE_PREFIX
 *
 * @generated from enum enlist.v1.ErrorReason
 */
export declare enum ErrorReason {
    /**
     * Not set.
     *
     * @generated from enum value: ERROR_REASON_UNSPECIFIED = 0;
     */
    ERROR_REASON_UNSPECIFIED = 0,
    /**
     * One or more fields break a rule of the contract or of the provider, or the request is
     * malformed.
     *
     * Fix every field that BadRequest names, and call again.
     *
     * @generated from enum value: INVALID_FIELD = 1;
     */
    INVALID_FIELD = 1,
    /**
     * The provider does not support one or more of the fields, or a value of `on_existing`.
     *
     * Leave out what BadRequest names, or set `unsupported_fields` to UNSUPPORTED_FIELDS_DROP.
     * GetProvider lists what the provider supports.
     *
     * @generated from enum value: FIELD_NOT_SUPPORTED = 2;
     */
    FIELD_NOT_SUPPORTED = 2,
    /**
     * An earlier request with this request_id had other fields.
     *
     * Repeat the earlier request unchanged, or use a new request_id.
     *
     * @generated from enum value: REQUEST_ID_REUSED = 3;
     */
    REQUEST_ID_REUSED = 3,
    /**
     * No provider of that name is configured.
     *
     * Use one of the names in the message.
     *
     * @generated from enum value: PROVIDER_NOT_CONFIGURED = 4;
     */
    PROVIDER_NOT_CONFIGURED = 4,
    /**
     * The vendor has no customer with that id.
     *
     * Use the `customer.id` that CreateCustomer returned.
     *
     * @generated from enum value: CUSTOMER_NOT_FOUND = 5;
     */
    CUSTOMER_NOT_FOUND = 5,
    /**
     * There is no record of a creation with that request_id for this caller and provider. Enlist does
     * not record previews, and requests that it refused because of their fields.
     *
     * Use the request_id of a creation. ListOperations lists them.
     *
     * @generated from enum value: OPERATION_NOT_FOUND = 6;
     */
    OPERATION_NOT_FOUND = 6,
    /**
     * The provider already has a customer with that id, or with a nearly equal one that the vendor
     * may treat as the same. Enlist left it unchanged. A look-up showed that this request_id did not
     * create it.
     *
     * Use a different id. Or set `on_existing` to ON_EXISTING_ADOPT to return the customer unchanged,
     * or to ON_EXISTING_UPDATE to overwrite it.
     *
     * @generated from enum value: CUSTOMER_EXISTS = 7;
     */
    CUSTOMER_EXISTS = 7,
    /**
     * The provider's vendor, or this version of Enlist, does not support the call.
     *
     * Use what the message names. GetProvider says which RPCs a provider supports, and why it does
     * not support the others.
     *
     * @generated from enum value: RPC_NOT_SUPPORTED = 8;
     */
    RPC_NOT_SUPPORTED = 8,
    /**
     * The same creation, or another one of the same customer, is still in progress. Enlist sent
     * nothing for this call. For ResolveOperation: it is too early to decide that nothing was
     * created.
     *
     * Call again with the same request_id after the RetryInfo delay, or wait with WaitOperation.
     *
     * @generated from enum value: REQUEST_IN_PROGRESS = 9;
     */
    REQUEST_IN_PROGRESS = 9,
    /**
     * The request was sent, but no trustworthy response arrived. The customer may exist or not.
     * Enlist resolves the outcome in the background.
     *
     * Call again with the same request_id, or wait with WaitOperation. Never use a new request_id. If
     * Enlist cannot resolve the outcome, the message says so: check at the vendor, and record the
     * result with ResolveOperation.
     *
     * @generated from enum value: OUTCOME_UNKNOWN = 10;
     */
    OUTCOME_UNKNOWN = 10,
    /**
     * The vendor refused the request, and created nothing. BadRequest has the fields that the vendor
     * names, if any. Or a person decided that nothing was created.
     *
     * Fix what VendorError names, in the request or in the vendor's system. Then call again with a
     * new request_id.
     *
     * @generated from enum value: VENDOR_REJECTED = 11;
     */
    VENDOR_REJECTED = 11,
    /**
     * The vendor could not be reached, did not respond to a read, or reported that it is unavailable.
     * Or it failed repeatedly, and Enlist pauses requests to it. Before Enlist sends again, a look-up
     * must show that nothing was created.
     *
     * Call again with the same request_id after the RetryInfo delay, or with a longer deadline.
     *
     * @generated from enum value: VENDOR_UNAVAILABLE = 12;
     */
    VENDOR_UNAVAILABLE = 12,
    /**
     * The call timed out waiting for a free slot at the provider (`max_in_flight`, `rate_limit`). Or
     * Enlist has reached a limit of its own: calls in progress, memory, or large vendor responses
     * being read. Nothing was created.
     *
     * Call again with the same request_id after the RetryInfo delay, or with a longer deadline.
     *
     * @generated from enum value: OVERLOADED = 13;
     */
    OVERLOADED = 13,
    /**
     * The vendor asks for fewer requests. Enlist looks the customer up before it sends again.
     *
     * Call again with the same request_id after the RetryInfo delay. It is at least the delay that
     * the vendor asks for.
     *
     * @generated from enum value: VENDOR_RATE_LIMITED = 14;
     */
    VENDOR_RATE_LIMITED = 14,
    /**
     * The vendor rejected the credentials of this provider. Enlist pauses requests to it, longer
     * after each rejection. It looks the customer up before it sends again.
     *
     * An operator must fix the credentials in the configuration, which Enlist reads again. Then call
     * again with the same request_id.
     *
     * @generated from enum value: VENDOR_CREDENTIALS_REJECTED = 15;
     */
    VENDOR_CREDENTIALS_REJECTED = 15,
    /**
     * The vendor's response does not match its documentation: a wrong `base_url`, an error page of a
     * proxy, or an unknown format.
     *
     * An operator must check the provider's `base_url` and any proxy. GetOperation shows the response
     * to a creation.
     *
     * @generated from enum value: VENDOR_RESPONSE_INVALID = 16;
     */
    VENDOR_RESPONSE_INVALID = 16,
    /**
     * The call has no credentials.
     *
     * Send what the message names: `authorization: Bearer …` with an API key or a token, or a client
     * certificate.
     *
     * @generated from enum value: CREDENTIALS_MISSING = 17;
     */
    CREDENTIALS_MISSING = 17,
    /**
     * The credentials of the call are unknown, expired or malformed.
     *
     * Send valid credentials. For a token, the message names the wrong claim. If a call has both,
     * `authorization` counts and the client certificate does not.
     *
     * @generated from enum value: CREDENTIALS_INVALID = 18;
     */
    CREDENTIALS_INVALID = 18,
    /**
     * The caller may not use this provider or this RPC, or asks for the creations of another caller.
     *
     * Use what the message permits, or ask the operator for more permissions.
     *
     * @generated from enum value: NOT_PERMITTED = 19;
     */
    NOT_PERMITTED = 19,
    /**
     * A defect in Enlist.
     *
     * Give the operator the call id in the message. The log has the cause under that id.
     *
     * @generated from enum value: INTERNAL_ERROR = 20;
     */
    INTERNAL_ERROR = 20,
    /**
     * Enlist could not record the call, and so sent nothing for it. An earlier call with the same
     * request_id may have sent something. Or Enlist could not read the record of a creation.
     *
     * Call again with the same request_id after the RetryInfo delay. The operator finds the cause in
     * the log.
     *
     * @generated from enum value: JOURNAL_UNAVAILABLE = 21;
     */
    JOURNAL_UNAVAILABLE = 21,
    /**
     * Enlist could not check a token, because it could not read the keys of its issuer.
     *
     * Call again with the same request_id after the RetryInfo delay. The operator finds the cause in
     * the log.
     *
     * @generated from enum value: AUTHENTICATION_UNAVAILABLE = 22;
     */
    AUTHENTICATION_UNAVAILABLE = 22,
    /**
     * Enlist erased what it held of the creation with this request_id, and does not send it again.
     *
     * Use a new request_id to create the customer.
     *
     * @generated from enum value: OPERATION_ERASED = 23;
     */
    OPERATION_ERASED = 23
}
/**
 * Describes the enum enlist.v1.ErrorReason.
 */
export declare const ErrorReasonSchema: GenEnum<ErrorReason>;
