import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { Contractor, Customer } from "./customer_pb.js";
import type { AvvioOptions, CaliqOptions, OpencellOptions, SellAndSignOptions, ValomniaOptions } from "./vendor_options_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { JsonObject, Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/customer_service.proto.
 */
export declare const file_enlist_v1_customer_service: GenFile;
/**
 * CreateCustomerRequest asks for one customer at one provider.
 *
 * Text in this request, and in every other, is valid UTF-8 without control characters (U+0000 to
 * U+001F and U+007F to U+009F). This includes the elements of lists, and the keys and values of
 * maps. Line breaks (LF, CR) and tabs are allowed in `customer.comment`, `valomnia.on_hold_reason`
 * and the `reason` of ResolveOperation, which may have several lines.
 *
 * @generated from message enlist.v1.CreateCustomerRequest
 */
export type CreateCustomerRequest = Message<"enlist.v1.CreateCustomerRequest"> & {
    /**
     * Name of a configured connection, as ListProviders lists them: 1 to 63 lower-case letters, digits and hyphens,
     * beginning with a letter. Two licences at one vendor are two providers. Example: `opencell`.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The caller's UUID for this creation, other than the nil UUID; repeat it when you repeat the
     * call. Over REST the header `Idempotency-Key` does the same. When neither is given Enlist makes
     * one, which only the answer shows. Example: `0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11`.
     *
     * @generated from field: string request_id = 2;
     */
    requestId: string;
    /**
     * The customer to create.
     *
     * @generated from field: enlist.v1.Customer customer = 3;
     */
    customer?: Customer;
    /**
     * What only this provider's vendor takes; it must be the options of that vendor.
     *
     * @generated from oneof enlist.v1.CreateCustomerRequest.vendor_options
     */
    vendorOptions: {
        /**
         * For a provider whose vendor is Opencell.
         *
         * @generated from field: enlist.v1.OpencellOptions opencell = 4;
         */
        value: OpencellOptions;
        case: "opencell";
    } | {
        /**
         * For a provider whose vendor is Sell&Sign.
         *
         * @generated from field: enlist.v1.SellAndSignOptions sell_and_sign = 5;
         */
        value: SellAndSignOptions;
        case: "sellAndSign";
    } | {
        /**
         * For a provider whose vendor is Valomnia.
         *
         * @generated from field: enlist.v1.ValomniaOptions valomnia = 6;
         */
        value: ValomniaOptions;
        case: "valomnia";
    } | {
        /**
         * For a provider whose vendor is Caliq.
         *
         * @generated from field: enlist.v1.CaliqOptions caliq = 7;
         */
        value: CaliqOptions;
        case: "caliq";
    } | {
        /**
         * For a provider whose vendor is Avvio/SHR.
         *
         * @generated from field: enlist.v1.AvvioOptions avvio = 8;
         */
        value: AvvioOptions;
        case: "avvio";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * What to do when the vendor already has a customer with this id. Unspecified: the provider's setting, else ON_EXISTING_FAIL.
     *
     * @generated from field: enlist.v1.OnExisting on_existing = 9;
     */
    onExisting: OnExisting;
    /**
     * What to do with fields that the provider cannot take. Unspecified: UNSUPPORTED_FIELDS_REJECT.
     *
     * @generated from field: enlist.v1.UnsupportedFields unsupported_fields = 10;
     */
    unsupportedFields: UnsupportedFields;
    /**
     * Do everything but the send, and answer with what would be sent (AIP-163). With `on_existing` set in the request, and an id that the
     * caller chooses, the vendor is asked whether the customer exists: ON_EXISTING_FAIL then ends with CUSTOMER_EXISTS if it does, and
     * ON_EXISTING_ADOPT answers with the customer that is there and no `vendor_request`, since nothing would be sent.
     *
     * @generated from field: bool validate_only = 11;
     */
    validateOnly: boolean;
    /**
     * Return the vendor's own answer as `vendor_record`.
     *
     * @generated from field: bool include_vendor_record = 12;
     */
    includeVendorRecord: boolean;
};
/**
 * Describes the message enlist.v1.CreateCustomerRequest.
 * Use `create(CreateCustomerRequestSchema)` to create a new message.
 */
export declare const CreateCustomerRequestSchema: GenMessage<CreateCustomerRequest>;
/**
 * CreateCustomerResponse is the end of a create.
 *
 * @generated from message enlist.v1.CreateCustomerResponse
 */
export type CreateCustomerResponse = Message<"enlist.v1.CreateCustomerResponse"> & {
    /**
     * The customer as it now stands, as far as is known; `source` says whether the vendor or Enlist tells.
     *
     * @generated from field: enlist.v1.Customer customer = 1;
     */
    customer?: Customer;
    /**
     * What happened at the vendor.
     *
     * @generated from field: enlist.v1.Outcome outcome = 2;
     */
    outcome: Outcome;
    /**
     * The create's request_id: the caller's, or the one Enlist made.
     *
     * @generated from field: string request_id = 3;
     */
    requestId: string;
    /**
     * Whether this is the recorded answer of an earlier call with the same request_id.
     *
     * @generated from field: bool replayed = 4;
     */
    replayed: boolean;
    /**
     * The fate of each field that was not sent unchanged, and each value that a setting of the
     * connection added. With `validate_only`: the fate of every field.
     *
     * @generated from field: repeated enlist.v1.FieldFate fields = 5;
     */
    fields: FieldFate[];
    /**
     * The exact request that would be sent; only with `validate_only`.
     *
     * @generated from field: enlist.v1.VendorRequest vendor_request = 6;
     */
    vendorRequest?: VendorRequest;
    /**
     * The vendor's answer as it came, without secrets; only with `include_vendor_record`.
     *
     * @generated from field: google.protobuf.Struct vendor_record = 7;
     */
    vendorRecord?: JsonObject;
    /**
     * What the caller should know although the call succeeded: the vendor's own warnings, and what its record holds that `customer` cannot
     * represent.
     *
     * @generated from field: repeated enlist.v1.Warning warnings = 8;
     */
    warnings: Warning[];
};
/**
 * Describes the message enlist.v1.CreateCustomerResponse.
 * Use `create(CreateCustomerResponseSchema)` to create a new message.
 */
export declare const CreateCustomerResponseSchema: GenMessage<CreateCustomerResponse>;
/**
 * Warning is something that the caller should know about a call that succeeded.
 *
 * @generated from message enlist.v1.Warning
 */
export type Warning = Message<"enlist.v1.Warning"> & {
    /**
     * What kind of thing it is.
     *
     * @generated from field: enlist.v1.WarningCode code = 1;
     */
    code: WarningCode;
    /**
     * Path of the field that it is about, from the response: `customer.billing_address.postal_code`. Empty when it is about none.
     *
     * @generated from field: string path = 2;
     */
    path: string;
    /**
     * One or two sentences for people. Values of the vendor's record never stand in it; the vendor's own warnings do.
     *
     * @generated from field: string message = 3;
     */
    message: string;
    /**
     * The vendor's code of its own warning, or the vendor's name of the member that is not represented. Example: `postalCode`.
     *
     * @generated from field: string vendor_code = 4;
     */
    vendorCode: string;
};
/**
 * Describes the message enlist.v1.Warning.
 * Use `create(WarningSchema)` to create a new message.
 */
export declare const WarningSchema: GenMessage<Warning>;
/**
 * FieldFate says how one field of a request was sent, or names a value that a setting added.
 *
 * @generated from message enlist.v1.FieldFate
 */
export type FieldFate = Message<"enlist.v1.FieldFate"> & {
    /**
     * Proto path from the request. Example: `customer.language_code`. With FATE_DEFAULTED: the field
     * that overrides the setting, or empty if none does.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * The vendor's name of the field it was sent in. Example: `name.lastName`. Empty when it was dropped.
     *
     * @generated from field: string wire_field = 2;
     */
    wireField: string;
    /**
     * What became of it.
     *
     * @generated from field: enlist.v1.Fate fate = 3;
     */
    fate: Fate;
    /**
     * Both forms of a transformed field, why a field was dropped, or the setting of a value.
     *
     * @generated from field: string note = 4;
     */
    note: string;
};
/**
 * Describes the message enlist.v1.FieldFate.
 * Use `create(FieldFateSchema)` to create a new message.
 */
export declare const FieldFateSchema: GenMessage<FieldFate>;
/**
 * VendorRequest is an HTTP request to a vendor, its secrets replaced by `$NAMES`.
 *
 * @generated from message enlist.v1.VendorRequest
 */
export type VendorRequest = Message<"enlist.v1.VendorRequest"> & {
    /**
     * HTTP method. Example: `POST`.
     *
     * @generated from field: string method = 1;
     */
    method: string;
    /**
     * URL with its query.
     *
     * @generated from field: string url = 2;
     */
    url: string;
    /**
     * Headers in the order they are set, without `traceparent` and `tracestate`, which a call that belongs to a trace carries besides.
     *
     * @generated from field: repeated enlist.v1.VendorRequest.Header headers = 3;
     */
    headers: VendorRequest_Header[];
    /**
     * Body as text; the bytes of a file are replaced by their type and size.
     *
     * @generated from field: string body = 4;
     */
    body: string;
};
/**
 * Describes the message enlist.v1.VendorRequest.
 * Use `create(VendorRequestSchema)` to create a new message.
 */
export declare const VendorRequestSchema: GenMessage<VendorRequest>;
/**
 * Header is one HTTP header.
 *
 * @generated from message enlist.v1.VendorRequest.Header
 */
export type VendorRequest_Header = Message<"enlist.v1.VendorRequest.Header"> & {
    /**
     * Name in canonical form. Example: `Content-Type`.
     *
     * @generated from field: string name = 1;
     */
    name: string;
    /**
     * Value.
     *
     * @generated from field: string value = 2;
     */
    value: string;
};
/**
 * Describes the message enlist.v1.VendorRequest.Header.
 * Use `create(VendorRequest_HeaderSchema)` to create a new message.
 */
export declare const VendorRequest_HeaderSchema: GenMessage<VendorRequest_Header>;
/**
 * GetCustomerRequest asks for one customer of one provider.
 *
 * @generated from message enlist.v1.GetCustomerRequest
 */
export type GetCustomerRequest = Message<"enlist.v1.GetCustomerRequest"> & {
    /**
     * Name of a configured connection; see CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer's `id`, 1 to 255 characters, not only blanks, no control characters, no invisible
     * ones. In a URL, percent-encode it. Example: `CLASSIC-C00`.
     *
     * @generated from field: string customer_id = 2;
     */
    customerId: string;
    /**
     * Return the vendor's own record as `vendor_record`.
     *
     * @generated from field: bool include_vendor_record = 3;
     */
    includeVendorRecord: boolean;
    /**
     * Compare the customer with what was last written through Enlist, and return what differs as `drift`.
     *
     * @generated from field: bool include_drift = 4;
     */
    includeDrift: boolean;
};
/**
 * Describes the message enlist.v1.GetCustomerRequest.
 * Use `create(GetCustomerRequestSchema)` to create a new message.
 */
export declare const GetCustomerRequestSchema: GenMessage<GetCustomerRequest>;
/**
 * GetCustomerResponse is one customer.
 *
 * @generated from message enlist.v1.GetCustomerResponse
 */
export type GetCustomerResponse = Message<"enlist.v1.GetCustomerResponse"> & {
    /**
     * The customer as the provider holds it; `source` says whether it was read there.
     *
     * @generated from field: enlist.v1.Customer customer = 1;
     */
    customer?: Customer;
    /**
     * The vendor's record as it came, without secrets; only with `include_vendor_record`.
     *
     * @generated from field: google.protobuf.Struct vendor_record = 2;
     */
    vendorRecord?: JsonObject;
    /**
     * What differs from what was last written; only with `include_drift`, and only where Enlist remembers that it wrote the customer.
     *
     * @generated from field: enlist.v1.Drift drift = 3;
     */
    drift?: Drift;
    /**
     * What the caller should know although the call succeeded: the vendor's own warnings, and what its record holds that `customer` cannot
     * represent.
     *
     * @generated from field: repeated enlist.v1.Warning warnings = 4;
     */
    warnings: Warning[];
};
/**
 * Describes the message enlist.v1.GetCustomerResponse.
 * Use `create(GetCustomerResponseSchema)` to create a new message.
 */
export declare const GetCustomerResponseSchema: GenMessage<GetCustomerResponse>;
/**
 * Drift is how a customer differs at the vendor from what the last create or update through Enlist wrote.
 *
 * @generated from message enlist.v1.Drift
 */
export type Drift = Message<"enlist.v1.Drift"> & {
    /**
     * The request_id of that create or update; empty when it was another caller's, and this one is no operator.
     *
     * @generated from field: string request_id = 1;
     */
    requestId: string;
    /**
     * When it was recorded as done.
     *
     * @generated from field: google.protobuf.Timestamp write_time = 2;
     */
    writeTime?: Timestamp;
    /**
     * The fields that differ, in field order; none when all is as it was written.
     *
     * @generated from field: repeated enlist.v1.FieldDrift fields = 3;
     */
    fields: FieldDrift[];
};
/**
 * Describes the message enlist.v1.Drift.
 * Use `create(DriftSchema)` to create a new message.
 */
export declare const DriftSchema: GenMessage<Drift>;
/**
 * FieldDrift is one field that differs.
 *
 * @generated from message enlist.v1.FieldDrift
 */
export type FieldDrift = Message<"enlist.v1.FieldDrift"> & {
    /**
     * Proto path from CreateCustomerRequest. Example: `customer.email`.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * How it differs.
     *
     * @generated from field: enlist.v1.DriftKind kind = 2;
     */
    kind: DriftKind;
    /**
     * The value that was written; empty when none was, and where the drift has no `request_id`.
     *
     * @generated from field: string written = 3;
     */
    written: string;
    /**
     * The value that the vendor holds; empty when it returns none.
     *
     * @generated from field: string held = 4;
     */
    held: string;
    /**
     * What to know of it.
     *
     * @generated from field: string note = 5;
     */
    note: string;
};
/**
 * Describes the message enlist.v1.FieldDrift.
 * Use `create(FieldDriftSchema)` to create a new message.
 */
export declare const FieldDriftSchema: GenMessage<FieldDrift>;
/**
 * ListContractorsRequest asks for a page of a customer's contractors.
 *
 * @generated from message enlist.v1.ListContractorsRequest
 */
export type ListContractorsRequest = Message<"enlist.v1.ListContractorsRequest"> & {
    /**
     * Name of a configured connection; see CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer's `id`, 1 to 255 characters, not only blanks, no control characters, no invisible
     * ones. Example: `AM201603021055`.
     *
     * @generated from field: string customer_id = 2;
     */
    customerId: string;
    /**
     * The most elements to return, from 1. 0 means 100. More than 1000 means 1000 (AIP-158): the one
     * value that Enlist changes without naming it in the response.
     *
     * @generated from field: int32 page_size = 3;
     */
    pageSize: number;
    /**
     * `next_page_token` of the page before, used with the same other parameters; up to 1,024 characters.
     *
     * @generated from field: string page_token = 4;
     */
    pageToken: string;
    /**
     * Return the vendor's own records as `vendor_records`.
     *
     * @generated from field: bool include_vendor_record = 5;
     */
    includeVendorRecord: boolean;
};
/**
 * Describes the message enlist.v1.ListContractorsRequest.
 * Use `create(ListContractorsRequestSchema)` to create a new message.
 */
export declare const ListContractorsRequestSchema: GenMessage<ListContractorsRequest>;
/**
 * ListContractorsResponse is a page of contractors.
 *
 * @generated from message enlist.v1.ListContractorsResponse
 */
export type ListContractorsResponse = Message<"enlist.v1.ListContractorsResponse"> & {
    /**
     * The contractors, in the vendor's order.
     *
     * @generated from field: repeated enlist.v1.Contractor contractors = 1;
     */
    contractors: Contractor[];
    /**
     * Token of the next page; empty when this is the last.
     *
     * @generated from field: string next_page_token = 2;
     */
    nextPageToken: string;
    /**
     * The vendor's records as they came, one for each contractor; only with `include_vendor_record`.
     *
     * @generated from field: repeated google.protobuf.Struct vendor_records = 3;
     */
    vendorRecords: JsonObject[];
    /**
     * What the vendor's list holds that `contractors` cannot represent.
     *
     * @generated from field: repeated enlist.v1.Warning warnings = 4;
     */
    warnings: Warning[];
};
/**
 * Describes the message enlist.v1.ListContractorsResponse.
 * Use `create(ListContractorsResponseSchema)` to create a new message.
 */
export declare const ListContractorsResponseSchema: GenMessage<ListContractorsResponse>;
/**
 * OnExisting says what a create does when the vendor already has a customer with the id.
 *
 * @generated from enum enlist.v1.OnExisting
 */
export declare enum OnExisting {
    /**
     * The provider's setting, else ON_EXISTING_FAIL.
     *
     * @generated from enum value: ON_EXISTING_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Refuse with reason CUSTOMER_EXISTS and change nothing.
     *
     * @generated from enum value: ON_EXISTING_FAIL = 1;
     */
    FAIL = 1,
    /**
     * Overwrite what the vendor holds with the fields of this request.
     *
     * @generated from enum value: ON_EXISTING_UPDATE = 2;
     */
    UPDATE = 2,
    /**
     * Return the customer that is there, unchanged.
     *
     * @generated from enum value: ON_EXISTING_ADOPT = 3;
     */
    ADOPT = 3
}
/**
 * Describes the enum enlist.v1.OnExisting.
 */
export declare const OnExistingSchema: GenEnum<OnExisting>;
/**
 * UnsupportedFields says what happens to fields that a provider cannot take.
 *
 * @generated from enum enlist.v1.UnsupportedFields
 */
export declare enum UnsupportedFields {
    /**
     * UNSUPPORTED_FIELDS_REJECT.
     *
     * @generated from enum value: UNSUPPORTED_FIELDS_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Refuse the call with reason FIELD_NOT_SUPPORTED and name each such field.
     *
     * @generated from enum value: UNSUPPORTED_FIELDS_REJECT = 1;
     */
    REJECT = 1,
    /**
     * Go on without them and name each in the answer's `fields`.
     *
     * @generated from enum value: UNSUPPORTED_FIELDS_DROP = 2;
     */
    DROP = 2
}
/**
 * Describes the enum enlist.v1.UnsupportedFields.
 */
export declare const UnsupportedFieldsSchema: GenEnum<UnsupportedFields>;
/**
 * WarningCode says what kind of thing a Warning is.
 *
 * @generated from enum enlist.v1.WarningCode
 */
export declare enum WarningCode {
    /**
     * Not stated.
     *
     * @generated from enum value: WARNING_CODE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor did what it was asked for, and warned.
     *
     * @generated from enum value: WARNING_CODE_VENDOR_WARNING = 1;
     */
    VENDOR_WARNING = 1,
    /**
     * A member of the vendor's response has another JSON type than documented. `customer` has its value only where that is certain.
     *
     * @generated from enum value: WARNING_CODE_UNREADABLE_VALUE = 2;
     */
    UNREADABLE_VALUE = 2,
    /**
     * A value in the vendor's record has no place in `customer`.
     *
     * @generated from enum value: WARNING_CODE_UNREPRESENTED_VALUE = 3;
     */
    UNREPRESENTED_VALUE = 3,
    /**
     * The vendor stores the customer's id in another form than it was sent: `customer.id` is the vendor's form.
     *
     * @generated from enum value: WARNING_CODE_ID_CHANGED = 4;
     */
    ID_CHANGED = 4
}
/**
 * Describes the enum enlist.v1.WarningCode.
 */
export declare const WarningCodeSchema: GenEnum<WarningCode>;
/**
 * Outcome is what a create did at the vendor.
 *
 * @generated from enum enlist.v1.Outcome
 */
export declare enum Outcome {
    /**
     * Not stated.
     *
     * @generated from enum value: OUTCOME_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The customer is new.
     *
     * @generated from enum value: OUTCOME_CREATED = 1;
     */
    CREATED = 1,
    /**
     * The customer was there before this creation, and was overwritten.
     *
     * @generated from enum value: OUTCOME_UPDATED = 2;
     */
    UPDATED = 2,
    /**
     * One of the two. Neither the vendor nor a look-up before the request says which.
     *
     * @generated from enum value: OUTCOME_CREATED_OR_UPDATED = 3;
     */
    CREATED_OR_UPDATED = 3,
    /**
     * The customer was there and was left unchanged.
     *
     * @generated from enum value: OUTCOME_ADOPTED = 4;
     */
    ADOPTED = 4,
    /**
     * Nothing was sent: the request had `validate_only`.
     *
     * @generated from enum value: OUTCOME_PREVIEWED = 5;
     */
    PREVIEWED = 5
}
/**
 * Describes the enum enlist.v1.Outcome.
 */
export declare const OutcomeSchema: GenEnum<Outcome>;
/**
 * Fate is what becomes of a field on its way to the vendor.
 *
 * @generated from enum enlist.v1.Fate
 */
export declare enum Fate {
    /**
     * Not stated.
     *
     * @generated from enum value: FATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Sent as it came.
     *
     * @generated from enum value: FATE_SENT = 1;
     */
    SENT = 1,
    /**
     * Sent in another form.
     *
     * @generated from enum value: FATE_TRANSFORMED = 2;
     */
    TRANSFORMED = 2,
    /**
     * Not sent.
     *
     * @generated from enum value: FATE_DROPPED = 3;
     */
    DROPPED = 3,
    /**
     * Not in the request: a setting of the connection added it.
     *
     * @generated from enum value: FATE_DEFAULTED = 4;
     */
    DEFAULTED = 4
}
/**
 * Describes the enum enlist.v1.Fate.
 */
export declare const FateSchema: GenEnum<Fate>;
/**
 * DriftKind is how a field differs.
 *
 * @generated from enum enlist.v1.DriftKind
 */
export declare enum DriftKind {
    /**
     * Not stated.
     *
     * @generated from enum value: DRIFT_KIND_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor holds another value.
     *
     * @generated from enum value: DRIFT_KIND_CHANGED = 1;
     */
    CHANGED = 1,
    /**
     * The vendor returns no value: it was emptied there, or the vendor never returns this field.
     *
     * @generated from enum value: DRIFT_KIND_NOT_RETURNED = 2;
     */
    NOT_RETURNED = 2,
    /**
     * The vendor holds a value that the request did not have: from a setting of the connection, from the vendor itself, or from somebody.
     *
     * @generated from enum value: DRIFT_KIND_ADDED = 3;
     */
    ADDED = 3,
    /**
     * The vendor returns the field in another form than it was written, so that the two cannot be compared; `note` says why.
     *
     * @generated from enum value: DRIFT_KIND_OTHER_FORM = 4;
     */
    OTHER_FORM = 4
}
/**
 * Describes the enum enlist.v1.DriftKind.
 */
export declare const DriftKindSchema: GenEnum<DriftKind>;
/**
 * CustomerService signs customers up in vendors' systems, and reads them there.
 *
 * Every error is a google.rpc.Status with an ErrorInfo whose reason is one of ErrorReason.
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR and, where callers must say who they are, with CREDENTIALS_MISSING,
 * CREDENTIALS_INVALID, NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.CustomerService
 */
export declare const CustomerService: GenService<{
    /**
     * CreateCustomer signs one customer up with one provider.
     *
     * Give every create a `request_id` of your own and repeat it when you repeat the call: the same request_id gives the same answer for as
     * long as it is remembered (the configuration's `retention`), and the vendor is called once. A create that was cut off after the vendor may
     * have acted ends with reason OUTCOME_UNKNOWN, never with a guess; Enlist then finds out, and the same request_id brings the end.
     * After VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID and JOURNAL_UNAVAILABLE
     * the same request_id starts again, once a look-up allows it if anything was sent; CUSTOMER_EXISTS and VENDOR_REJECTED stand.
     *
     * Errors, by reason: INVALID_FIELD, FIELD_NOT_SUPPORTED, REQUEST_ID_REUSED, PROVIDER_NOT_CONFIGURED, CUSTOMER_EXISTS,
     * RPC_NOT_SUPPORTED, REQUEST_IN_PROGRESS, OUTCOME_UNKNOWN, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED,
     * VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID, JOURNAL_UNAVAILABLE.
     *
     * @generated from rpc enlist.v1.CustomerService.CreateCustomer
     */
    createCustomer: {
        methodKind: "unary";
        input: typeof CreateCustomerRequestSchema;
        output: typeof CreateCustomerResponseSchema;
    };
    /**
     * GetCustomer reads one customer from the provider.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, CUSTOMER_NOT_FOUND, RPC_NOT_SUPPORTED, VENDOR_REJECTED,
     * VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID; with `include_drift` also
     * JOURNAL_UNAVAILABLE.
     *
     * @generated from rpc enlist.v1.CustomerService.GetCustomer
     */
    getCustomer: {
        methodKind: "unary";
        input: typeof GetCustomerRequestSchema;
        output: typeof GetCustomerResponseSchema;
    };
    /**
     * ListContractors lists the people who sign for a customer, a page at a time.
     *
     * Only Sell&Sign knows contractors.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, CUSTOMER_NOT_FOUND, RPC_NOT_SUPPORTED, VENDOR_REJECTED,
     * VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID.
     *
     * @generated from rpc enlist.v1.CustomerService.ListContractors
     */
    listContractors: {
        methodKind: "unary";
        input: typeof ListContractorsRequestSchema;
        output: typeof ListContractorsResponseSchema;
    };
}>;
