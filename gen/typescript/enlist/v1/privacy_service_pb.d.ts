import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { CreateCustomerRequest } from "./customer_service_pb.js";
import type { Operation } from "./operation_service_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/privacy_service.proto.
 */
export declare const file_enlist_v1_privacy_service: GenFile;
/**
 * ExportCustomerDataRequest asks for a page of what Enlist holds of one customer.
 *
 * @generated from message enlist.v1.ExportCustomerDataRequest
 */
export type ExportCustomerDataRequest = Message<"enlist.v1.ExportCustomerDataRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer.
     *
     * @generated from oneof enlist.v1.ExportCustomerDataRequest.subject
     */
    subject: {
        /**
         * The customer's id at the provider, exactly or in the vendor's normalised form: 1 to 255
         * characters.
         *
         * @generated from field: string customer_id = 2;
         */
        value: string;
        case: "customerId";
    } | {
        /**
         * The request_id of a creation, a UUID. Use it for a creation that has no customer id. If it
         * has one, the subject is that customer.
         *
         * @generated from field: string request_id = 3;
         */
        value: string;
        case: "requestId";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * With `request_id`: the caller of the creation, as in `principal` of its operation. Default:
     * this caller.
     *
     * @generated from field: optional string principal = 4;
     */
    principal?: string;
    /**
     * Whether to read the vendor's own export of the customer, too. It comes with the first page.
     *
     * @generated from field: bool include_vendor_export = 5;
     */
    includeVendorExport: boolean;
    /**
     * The maximum number of operations to return. Default: 100. Enlist reduces a value above 1000 to
     * 1000 (AIP-158). This is the one kind of value that it changes without naming it in the
     * response. A page has fewer operations if they are large.
     *
     * @generated from field: int32 page_size = 6;
     */
    pageSize: number;
    /**
     * `next_page_token` of the previous page, with the same other parameters. Up to 1,024 characters.
     *
     * @generated from field: string page_token = 7;
     */
    pageToken: string;
};
/**
 * Describes the message enlist.v1.ExportCustomerDataRequest.
 * Use `create(ExportCustomerDataRequestSchema)` to create a new message.
 */
export declare const ExportCustomerDataRequestSchema: GenMessage<ExportCustomerDataRequest>;
/**
 * ExportCustomerDataResponse is a page of what Enlist holds of one customer.
 *
 * @generated from message enlist.v1.ExportCustomerDataResponse
 */
export type ExportCustomerDataResponse = Message<"enlist.v1.ExportCustomerDataResponse"> & {
    /**
     * The operations, newest first. An erased one has no personal data any more.
     *
     * @generated from field: repeated enlist.v1.HeldOperation operations = 1;
     */
    operations: HeldOperation[];
    /**
     * Token of the next page. Empty on the last page.
     *
     * @generated from field: string next_page_token = 2;
     */
    nextPageToken: string;
    /**
     * The result of `include_vendor_export`. Only on the first page.
     *
     * @generated from field: enlist.v1.VendorDataResult vendor_result = 3;
     */
    vendorResult: VendorDataResult;
    /**
     * `vendor_result` in a sentence, and what to do at the vendor. Only on the first page.
     *
     * @generated from field: string vendor_note = 4;
     */
    vendorNote: string;
    /**
     * The vendor's own export, unchanged, up to 3 MiB. Opencell's is a ZIP file with a JSON file and
     * the invoices as PDF files.
     *
     * @generated from field: bytes vendor_export = 5;
     */
    vendorExport: Uint8Array;
};
/**
 * Describes the message enlist.v1.ExportCustomerDataResponse.
 * Use `create(ExportCustomerDataResponseSchema)` to create a new message.
 */
export declare const ExportCustomerDataResponseSchema: GenMessage<ExportCustomerDataResponse>;
/**
 * HeldOperation is all that Enlist holds of one creation.
 *
 * @generated from message enlist.v1.HeldOperation
 */
export type HeldOperation = Message<"enlist.v1.HeldOperation"> & {
    /**
     * The operation.
     *
     * @generated from field: enlist.v1.Operation operation = 1;
     */
    operation?: Operation;
    /**
     * The request, as Enlist holds it. A secret is a `$NAME` in it, which Enlist never stores. Absent
     * after `payload_expire_time` of the operation.
     *
     * @generated from field: enlist.v1.CreateCustomerRequest request = 2;
     */
    request?: CreateCustomerRequest;
};
/**
 * Describes the message enlist.v1.HeldOperation.
 * Use `create(HeldOperationSchema)` to create a new message.
 */
export declare const HeldOperationSchema: GenMessage<HeldOperation>;
/**
 * EraseCustomerDataRequest asks Enlist to erase what it holds of one customer.
 *
 * @generated from message enlist.v1.EraseCustomerDataRequest
 */
export type EraseCustomerDataRequest = Message<"enlist.v1.EraseCustomerDataRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer.
     *
     * @generated from oneof enlist.v1.EraseCustomerDataRequest.subject
     */
    subject: {
        /**
         * The customer's id at the provider, exactly or in the vendor's normalised form: 1 to 255
         * characters.
         *
         * @generated from field: string customer_id = 2;
         */
        value: string;
        case: "customerId";
    } | {
        /**
         * The request_id of a creation, a UUID. Use it for a creation that has no customer id. If it
         * has one, the subject is that customer.
         *
         * @generated from field: string request_id = 3;
         */
        value: string;
        case: "requestId";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * With `request_id`: the caller of the creation, as in `principal` of its operation. Default:
     * this caller.
     *
     * @generated from field: optional string principal = 4;
     */
    principal?: string;
    /**
     * Whether the vendor must erase the customer, too.
     *
     * @generated from field: bool erase_at_vendor = 5;
     */
    eraseAtVendor: boolean;
    /**
     * Name of the person who decided, 1 to 255 characters.
     *
     * @generated from field: string decided_by = 6;
     */
    decidedBy: string;
    /**
     * Why the person decided so, 1 to 2,000 characters. The tombstone keeps it: name a case, not the
     * customer.
     *
     * @generated from field: string reason = 7;
     */
    reason: string;
};
/**
 * Describes the message enlist.v1.EraseCustomerDataRequest.
 * Use `create(EraseCustomerDataRequestSchema)` to create a new message.
 */
export declare const EraseCustomerDataRequestSchema: GenMessage<EraseCustomerDataRequest>;
/**
 * EraseCustomerDataResponse says what Enlist erased, and what is left.
 *
 * @generated from message enlist.v1.EraseCustomerDataResponse
 */
export type EraseCustomerDataResponse = Message<"enlist.v1.EraseCustomerDataResponse"> & {
    /**
     * The erased operations, by this call or an earlier one, newest first. At most 1,000.
     *
     * @generated from field: repeated enlist.v1.ErasedOperation operations = 1;
     */
    operations: ErasedOperation[];
    /**
     * How many operations this call erased.
     *
     * @generated from field: int32 erased_count = 2;
     */
    erasedCount: number;
    /**
     * The result of `erase_at_vendor`.
     *
     * @generated from field: enlist.v1.VendorDataResult vendor_result = 3;
     */
    vendorResult: VendorDataResult;
    /**
     * `vendor_result` in a sentence, and what to do at the vendor.
     *
     * @generated from field: string vendor_note = 4;
     */
    vendorNote: string;
    /**
     * Where copies of the data are left, and until when, one sentence for each place.
     *
     * @generated from field: repeated string left = 5;
     */
    left: string[];
};
/**
 * Describes the message enlist.v1.EraseCustomerDataResponse.
 * Use `create(EraseCustomerDataResponseSchema)` to create a new message.
 */
export declare const EraseCustomerDataResponseSchema: GenMessage<EraseCustomerDataResponse>;
/**
 * ErasedOperation is the tombstone of an operation.
 *
 * @generated from message enlist.v1.ErasedOperation
 */
export type ErasedOperation = Message<"enlist.v1.ErasedOperation"> & {
    /**
     * The request_id of the creation, a UUID.
     *
     * @generated from field: string request_id = 1;
     */
    requestId: string;
    /**
     * The caller of the creation. Empty without authentication.
     *
     * @generated from field: string principal = 2;
     */
    principal: string;
    /**
     * When Enlist erased it.
     *
     * @generated from field: google.protobuf.Timestamp erase_time = 3;
     */
    eraseTime?: Timestamp;
    /**
     * When Enlist deletes the tombstone.
     *
     * @generated from field: google.protobuf.Timestamp expire_time = 4;
     */
    expireTime?: Timestamp;
};
/**
 * Describes the message enlist.v1.ErasedOperation.
 * Use `create(ErasedOperationSchema)` to create a new message.
 */
export declare const ErasedOperationSchema: GenMessage<ErasedOperation>;
/**
 * VendorDataResult is what Enlist did at the vendor.
 *
 * @generated from enum enlist.v1.VendorDataResult
 */
export declare enum VendorDataResult {
    /**
     * Not set.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The caller did not ask for it. Enlist sent nothing.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_NOT_REQUESTED = 1;
     */
    NOT_REQUESTED = 1,
    /**
     * The vendor confirmed it.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_DONE = 2;
     */
    DONE = 2,
    /**
     * The vendor documents no such request. Enlist sent nothing.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_NOT_OFFERED = 3;
     */
    NOT_OFFERED = 3,
    /**
     * The vendor has no customer with this id, or the creation has no customer.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_NO_CUSTOMER = 4;
     */
    NO_CUSTOMER = 4,
    /**
     * The vendor's export is too large for a response. `vendor_note` says how to get it.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_TOO_LARGE = 5;
     */
    TOO_LARGE = 5,
    /**
     * The request names an erased creation, so Enlist no longer has the customer's id. It sent
     * nothing. If no earlier call asked the vendor, repeat the call with `customer_id`.
     *
     * @generated from enum value: VENDOR_DATA_RESULT_ID_ERASED = 6;
     */
    ID_ERASED = 6
}
/**
 * Describes the enum enlist.v1.VendorDataResult.
 */
export declare const VendorDataResultSchema: GenEnum<VendorDataResult>;
/**
 * PrivacyService shows and erases what Enlist holds of one customer, over the creations of all
 * callers. It is for callers that the configuration gives the permission `privacy`.
 *
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR. If the server
 * authenticates callers, any call can also end with CREDENTIALS_MISSING, CREDENTIALS_INVALID,
 * NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.PrivacyService
 */
export declare const PrivacyService: GenService<{
    /**
     * ExportCustomerData returns what Enlist holds of one customer: the requests, responses,
     * exchanges with the vendor and decisions of all operations, newest first.
     *
     * With `include_vendor_export`, Enlist also reads the vendor's own export. Only Opencell
     * documents one.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * JOURNAL_UNAVAILABLE. With `include_vendor_export` also VENDOR_REJECTED, VENDOR_UNAVAILABLE,
     * OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED and VENDOR_RESPONSE_INVALID.
     *
     * @generated from rpc enlist.v1.PrivacyService.ExportCustomerData
     */
    exportCustomerData: {
        methodKind: "unary";
        input: typeof ExportCustomerDataRequestSchema;
        output: typeof ExportCustomerDataResponseSchema;
    };
    /**
     * EraseCustomerData erases what Enlist holds of one customer.
     *
     * Of each operation, Enlist keeps a tombstone until the operation expires: the request_id, the
     * caller, the state OPERATION_STATE_ERASED, the times, and keyed hashes of the customer's id. A
     * repeat of the request_id ends with OPERATION_ERASED and sends nothing. The same person can sign
     * up again under a new request_id.
     *
     * Every operation of the customer needs an outcome first. The error names the request_id of one
     * that has none. If a call fails, repeat it: Enlist continues where the call stopped.
     *
     * With `erase_at_vendor`, Enlist first asks the vendor to erase the customer. Only Opencell
     * documents such a request. A failure there erases nothing in Enlist.
     *
     * Backups still have the data. See docs/privacy.md.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, OPERATION_NOT_FOUND,
     * REQUEST_IN_PROGRESS, OUTCOME_UNKNOWN, JOURNAL_UNAVAILABLE. With `erase_at_vendor` also
     * VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED and VENDOR_RESPONSE_INVALID.
     *
     * @generated from rpc enlist.v1.PrivacyService.EraseCustomerData
     */
    eraseCustomerData: {
        methodKind: "unary";
        input: typeof EraseCustomerDataRequestSchema;
        output: typeof EraseCustomerDataResponseSchema;
    };
}>;
