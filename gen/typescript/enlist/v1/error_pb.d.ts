import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/error.proto.
 */
export declare const file_enlist_v1_error: GenFile;
/**
 * VendorError is what a vendor said when a call failed: its own codes and messages, without secrets, cut to size.
 *
 * @generated from message enlist.v1.VendorError
 */
export type VendorError = Message<"enlist.v1.VendorError"> & {
    /**
     * HTTP status code; 0 when there was no answer.
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
     * What the vendor adds (Caliq's ExtraData), cut to 200 characters.
     *
     * @generated from field: string extra = 3;
     */
    extra: string;
    /**
     * What the vendor's catalogue says of the code (Caliq's Message list), cut to 200 characters.
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
 * ErrorReason is the `reason` of the google.rpc.ErrorInfo (domain `enlist`) that every error carries.
 *
 * Each comment says: the status code and what it is over REST; the cause; the remedy; whether google.rpc.RetryInfo comes along, which says
 * that the same call is worth repeating and when; and which details may come besides ErrorInfo. docs/errors.md is made of them.
 * buf:lint:ignore ENUM_VALUE_PREFIX
 *
 * @generated from enum enlist.v1.ErrorReason
 */
export declare enum ErrorReason {
    /**
     * Not stated.
     *
     * @generated from enum value: ERROR_REASON_UNSPECIFIED = 0;
     */
    ERROR_REASON_UNSPECIFIED = 0,
    /**
     * Code: INVALID_ARGUMENT, HTTP 400 (413 for a body that is too large, 415 for one that is not JSON).
     * Cause: One or more fields break a rule of the contract or of the provider, or the request is not well formed.
     * Remedy: Fix every field that BadRequest names, and call again.
     * RetryInfo: never.
     * Details: BadRequest.
     *
     * @generated from enum value: INVALID_FIELD = 1;
     */
    INVALID_FIELD = 1,
    /**
     * Code: INVALID_ARGUMENT, HTTP 400.
     * Cause: The provider cannot take one or more of the fields, or their values, however they are written.
     * Remedy: Leave out what BadRequest names, or set unsupported_fields to UNSUPPORTED_FIELDS_DROP; GetProvider lists what it
     * takes.
     * RetryInfo: never.
     * Details: BadRequest.
     *
     * @generated from enum value: FIELD_NOT_SUPPORTED = 2;
     */
    FIELD_NOT_SUPPORTED = 2,
    /**
     * Code: INVALID_ARGUMENT, HTTP 400.
     * Cause: The request_id was used before, with another payload.
     * Remedy: Repeat that payload, or use a new request_id.
     * RetryInfo: never.
     * Details: BadRequest.
     *
     * @generated from enum value: REQUEST_ID_REUSED = 3;
     */
    REQUEST_ID_REUSED = 3,
    /**
     * Code: NOT_FOUND, HTTP 404.
     * Cause: No connection of that name is configured.
     * Remedy: Use one of the names that the message lists.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: PROVIDER_NOT_CONFIGURED = 4;
     */
    PROVIDER_NOT_CONFIGURED = 4,
    /**
     * Code: NOT_FOUND, HTTP 404.
     * Cause: The vendor says that it has no customer with that id.
     * Remedy: Use the id that the answer to the create told as customer.id.
     * RetryInfo: never.
     * Details: VendorError.
     *
     * @generated from enum value: CUSTOMER_NOT_FOUND = 5;
     */
    CUSTOMER_NOT_FOUND = 5,
    /**
     * Code: NOT_FOUND, HTTP 404.
     * Cause: No create with that request_id is recorded for this caller and provider: previews are not, nor creates that were
     * refused for their fields.
     * Remedy: Use the request_id of a create; ListOperations lists them.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: OPERATION_NOT_FOUND = 6;
     */
    OPERATION_NOT_FOUND = 6,
    /**
     * Code: ALREADY_EXISTS, HTTP 409.
     * Cause: The provider already has a customer with that id, or with a nearly equal one that it may take for the same, and it was left
     * unchanged. A look-up has shown that this request_id did not create it.
     * Remedy: Use another id, or set on_existing to ON_EXISTING_ADOPT to take the customer as it is, or to ON_EXISTING_UPDATE to
     * overwrite it.
     * RetryInfo: never.
     * Details: VendorError.
     *
     * @generated from enum value: CUSTOMER_EXISTS = 7;
     */
    CUSTOMER_EXISTS = 7,
    /**
     * Code: UNIMPLEMENTED, HTTP 501 (404 for a path and 405 for a method that does not exist).
     * Cause: The provider's vendor, or this version of Enlist, does not offer the call.
     * Remedy: Use what the message names; GetProvider tells which RPCs a provider supports, and why not the others.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: RPC_NOT_SUPPORTED = 8;
     */
    RPC_NOT_SUPPORTED = 8,
    /**
     * Code: ABORTED, HTTP 409.
     * Cause: The same create, or another for the same customer, is still under way. Nothing was sent for this call. Of ResolveOperation:
     * it is too early to decide that nothing was created.
     * Remedy: Call again with the same request_id after the RetryInfo delay, or wait with WaitOperation.
     * RetryInfo: always.
     * Details: none.
     *
     * @generated from enum value: REQUEST_IN_PROGRESS = 9;
     */
    REQUEST_IN_PROGRESS = 9,
    /**
     * Code: ABORTED, HTTP 409.
     * Cause: The request was sent, and no response proves what became of it: the customer may exist or not. Enlist is finding out.
     * Remedy: Call again with the same request_id, which never sends blindly, or wait with WaitOperation; never with a new one.
     * Where no machine can tell, the message says so: look at the vendor, and record what was found with ResolveOperation.
     * RetryInfo: always, unless a person must decide.
     * Details: VendorError.
     *
     * @generated from enum value: OUTCOME_UNKNOWN = 10;
     */
    OUTCOME_UNKNOWN = 10,
    /**
     * Code: FAILED_PRECONDITION, HTTP 400.
     * Cause: The vendor refused the request, in its own words. Nothing was created. BadRequest names the fields if the words do.
     * Remedy: Fix what VendorError names, in the request or in the vendor's settings, and call again with a new request_id.
     * RetryInfo: never.
     * Details: VendorError, BadRequest.
     *
     * @generated from enum value: VENDOR_REJECTED = 11;
     */
    VENDOR_REJECTED = 11,
    /**
     * Code: UNAVAILABLE, HTTP 503.
     * Cause: The vendor could not be reached, did not answer a read, or said that it is not available; or it has kept failing, and Enlist
     * holds requests to it back for a time. A look-up has shown that nothing was created, or will show it before Enlist sends again.
     * Remedy: Call again with the same request_id after the RetryInfo delay, or with a longer deadline.
     * RetryInfo: always.
     * Details: VendorError.
     *
     * @generated from enum value: VENDOR_UNAVAILABLE = 12;
     */
    VENDOR_UNAVAILABLE = 12,
    /**
     * Code: UNAVAILABLE, HTTP 503.
     * Cause: The call's turn did not come in its time, because of the limits that are set for this provider; or Enlist has as many calls
     * under way, as little memory left, or as many of the vendor's large answers to read, that it takes no more. Nothing was created.
     * Remedy: Call again with the same request_id after the RetryInfo delay, or with a longer deadline.
     * RetryInfo: always.
     * Details: none.
     *
     * @generated from enum value: OVERLOADED = 13;
     */
    OVERLOADED = 13,
    /**
     * Code: RESOURCE_EXHAUSTED, HTTP 429.
     * Cause: The vendor asks for fewer requests. Enlist looks up the customer before it sends again.
     * Remedy: Call again with the same request_id after the RetryInfo delay, which is at least the one that the vendor asks for.
     * RetryInfo: always.
     * Details: VendorError.
     *
     * @generated from enum value: VENDOR_RATE_LIMITED = 14;
     */
    VENDOR_RATE_LIMITED = 14,
    /**
     * Code: INTERNAL, HTTP 500.
     * Cause: The vendor rejected the credentials of the configured connection. Enlist then sends nothing for a time that grows with each
     * rejection, and looks up the customer before it sends again.
     * Remedy: An operator must fix them in the configuration and restart Enlist. Then call again with the same request_id.
     * RetryInfo: never.
     * Details: VendorError.
     *
     * @generated from enum value: VENDOR_CREDENTIALS_REJECTED = 15;
     */
    VENDOR_CREDENTIALS_REJECTED = 15,
    /**
     * Code: INTERNAL, HTTP 500.
     * Cause: The vendor's answer does not fit its documentation: a wrong base_url, a proxy's page, an unknown format.
     * Remedy: An operator must check the base_url of the connection and what stands between; GetOperation shows the answer to a
     * create.
     * RetryInfo: never.
     * Details: VendorError.
     *
     * @generated from enum value: VENDOR_RESPONSE_INVALID = 16;
     */
    VENDOR_RESPONSE_INVALID = 16,
    /**
     * Code: UNAUTHENTICATED, HTTP 401.
     * Cause: The call carries no credentials.
     * Remedy: Send `authorization: Bearer …` with an API key or a token, or connect with a client certificate: what the message names.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: CREDENTIALS_MISSING = 17;
     */
    CREDENTIALS_MISSING = 17,
    /**
     * Code: UNAUTHENTICATED, HTTP 401.
     * Cause: The credentials of the call are unknown, expired or malformed.
     * Remedy: Send valid ones; of a token the message says which claim is wrong. An `authorization` counts before a client certificate.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: CREDENTIALS_INVALID = 18;
     */
    CREDENTIALS_INVALID = 18,
    /**
     * Code: PERMISSION_DENIED, HTTP 403.
     * Cause: The caller may not use this provider or this RPC, or asks for the creates of another caller.
     * Remedy: Use what the message says that the caller may, or ask the operator to permit more.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: NOT_PERMITTED = 19;
     */
    NOT_PERMITTED = 19,
    /**
     * Code: INTERNAL, HTTP 500.
     * Cause: A defect in Enlist.
     * Remedy: Give its operator the call id that the message names: the log has the cause under it.
     * RetryInfo: never.
     * Details: none.
     *
     * @generated from enum value: INTERNAL_ERROR = 20;
     */
    INTERNAL_ERROR = 20,
    /**
     * Code: UNAVAILABLE, HTTP 503.
     * Cause: The call could not be recorded, and so it sent nothing (an earlier one with the same request_id may have); or the record of a
     * create could not be read.
     * Remedy: Call again with the same request_id after the RetryInfo delay; the operator finds the cause in the log.
     * RetryInfo: always.
     * Details: none.
     *
     * @generated from enum value: JOURNAL_UNAVAILABLE = 21;
     */
    JOURNAL_UNAVAILABLE = 21,
    /**
     * Code: UNAVAILABLE, HTTP 503.
     * Cause: A token could not be checked, since the keys of its issuer could not be read.
     * Remedy: Call again with the same request_id after the RetryInfo delay; the operator finds the cause in the log.
     * RetryInfo: always.
     * Details: none.
     *
     * @generated from enum value: AUTHENTICATION_UNAVAILABLE = 22;
     */
    AUTHENTICATION_UNAVAILABLE = 22
}
/**
 * Describes the enum enlist.v1.ErrorReason.
 */
export declare const ErrorReasonSchema: GenEnum<ErrorReason>;
