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
 * CreateCustomerRequest creates one customer at one provider.
 *
 * All text in this and every other request is valid UTF-8 without control characters (U+0000 to
 * U+001F and U+007F to U+009F). This includes the elements of lists, and the keys and values of
 * maps. Line breaks (LF, CR) and tabs are allowed in `customer.comment`, `valomnia.on_hold_reason`
 * and the `reason` of ResolveOperation, which may have several lines.
 *
 * @generated from message enlist.v1.CreateCustomerRequest
 */
export type CreateCustomerRequest = Message<"enlist.v1.CreateCustomerRequest"> & {
    /**
     * Name of a configured provider, as ListProviders returns it: 1 to 63 lower-case letters, digits
     * and hyphens. The first is a letter. Two licences at one vendor are two providers. Example:
     * `opencell`.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The caller's UUID for this creation, other than the nil UUID. Send the same one with every
     * retry. Over REST, the header `Idempotency-Key` is an alternative. If neither is set, Enlist
     * generates one, and only the response shows it. Example: `0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11`.
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
     * Options that only one vendor takes. They must be the options of this provider's vendor.
     *
     * @generated from oneof enlist.v1.CreateCustomerRequest.vendor_options
     */
    vendorOptions: {
        /**
         * Options of an Opencell provider.
         *
         * @generated from field: enlist.v1.OpencellOptions opencell = 4;
         */
        value: OpencellOptions;
        case: "opencell";
    } | {
        /**
         * Options of a Sell&Sign provider.
         *
         * @generated from field: enlist.v1.SellAndSignOptions sell_and_sign = 5;
         */
        value: SellAndSignOptions;
        case: "sellAndSign";
    } | {
        /**
         * Options of a Valomnia provider.
         *
         * @generated from field: enlist.v1.ValomniaOptions valomnia = 6;
         */
        value: ValomniaOptions;
        case: "valomnia";
    } | {
        /**
         * Options of a Caliq provider.
         *
         * @generated from field: enlist.v1.CaliqOptions caliq = 7;
         */
        value: CaliqOptions;
        case: "caliq";
    } | {
        /**
         * Options of an Avvio/SHR provider.
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
     * What to do if the vendor already has a customer with this id. Default: the provider's setting,
     * which defaults to ON_EXISTING_FAIL.
     *
     * @generated from field: enlist.v1.OnExisting on_existing = 9;
     */
    onExisting: OnExisting;
    /**
     * What to do with fields that the provider does not support. Default: UNSUPPORTED_FIELDS_REJECT.
     *
     * @generated from field: enlist.v1.UnsupportedFields unsupported_fields = 10;
     */
    unsupportedFields: UnsupportedFields;
    /**
     * Preview the creation (AIP-163): do everything but send the request, and return it as
     * `vendor_request`. If this request sets `on_existing` and the caller chooses the id, Enlist asks
     * the vendor whether the customer exists. If it does, ON_EXISTING_FAIL ends with CUSTOMER_EXISTS.
     * ON_EXISTING_ADOPT returns the existing customer without a `vendor_request`, because nothing
     * would be sent.
     *
     * @generated from field: bool validate_only = 11;
     */
    validateOnly: boolean;
    /**
     * Return the vendor's own response as `vendor_record`.
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
 * CreateCustomerResponse is the result of a creation.
 *
 * @generated from message enlist.v1.CreateCustomerResponse
 */
export type CreateCustomerResponse = Message<"enlist.v1.CreateCustomerResponse"> & {
    /**
     * The customer, as far as Enlist knows it. `source` says where the values come from.
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
     * The request_id of the creation: the caller's, or the one that Enlist generated.
     *
     * @generated from field: string request_id = 3;
     */
    requestId: string;
    /**
     * Whether this is the recorded response to an earlier request with the same request_id.
     *
     * @generated from field: bool replayed = 4;
     */
    replayed: boolean;
    /**
     * The fate of each field that was not sent unchanged, and each value that a setting of the
     * provider added. With `validate_only`, the fate of every field.
     *
     * @generated from field: repeated enlist.v1.FieldFate fields = 5;
     */
    fields: FieldFate[];
    /**
     * The exact request that would be sent. Only with `validate_only`.
     *
     * @generated from field: enlist.v1.VendorRequest vendor_request = 6;
     */
    vendorRequest?: VendorRequest;
    /**
     * The vendor's response, without secrets. Only with `include_vendor_record`.
     *
     * @generated from field: google.protobuf.Struct vendor_record = 7;
     */
    vendorRecord?: JsonObject;
    /**
     * What the caller should know although the call succeeded: the vendor's own warnings, and values
     * of its record that `customer` cannot represent.
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
 * Warning is information about a call that succeeded.
 *
 * @generated from message enlist.v1.Warning
 */
export type Warning = Message<"enlist.v1.Warning"> & {
    /**
     * The kind of warning.
     *
     * @generated from field: enlist.v1.WarningCode code = 1;
     */
    code: WarningCode;
    /**
     * Path of the field in the response: `customer.billing_address.postal_code`. Empty if the warning
     * is not about a field.
     *
     * @generated from field: string path = 2;
     */
    path: string;
    /**
     * One or two sentences for people. They contain the vendor's own warning, if there is one, but no
     * values of the vendor's record.
     *
     * @generated from field: string message = 3;
     */
    message: string;
    /**
     * The vendor's code of its warning, or the vendor's name of the member that `customer` cannot
     * represent. Example: `postalCode`.
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
 * FieldFate says how a field of the request was sent, or names a value that a setting added.
 *
 * @generated from message enlist.v1.FieldFate
 */
export type FieldFate = Message<"enlist.v1.FieldFate"> & {
    /**
     * Proto path in the request. Example: `customer.language_code`. With FATE_DEFAULTED, the field
     * that overrides the setting, or empty if there is no such field.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * The vendor's name of the field. Example: `name.lastName`. Empty if the field was dropped.
     *
     * @generated from field: string wire_field = 2;
     */
    wireField: string;
    /**
     * How the field was sent.
     *
     * @generated from field: enlist.v1.Fate fate = 3;
     */
    fate: Fate;
    /**
     * The two forms of a transformed field, why a field was dropped, or the setting that added a
     * value.
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
 * VendorRequest is an HTTP request to a vendor, with a placeholder `$NAME` in place of each secret.
 *
 * A placeholder of a setting is `$PROVIDER_SETTING`: `$AVVIO_PASSWORD` stands for `password` of the
 * provider `avvio`. `TOKEN` and `SESSION` of Opencell and Valomnia come from a login. A placeholder
 * of a field is `$REQUEST_` and its path: `$REQUEST_AVVIO_PASSWORD` stands for `avvio.password`.
 * All are in upper case, with underscores in place of other characters. If a text of the customer
 * contains the same, Enlist adds underscores to the placeholder.
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
     * Headers in the order in which they are set. The tracing headers `traceparent` and `tracestate`
     * are not included.
     *
     * @generated from field: repeated enlist.v1.VendorRequest.Header headers = 3;
     */
    headers: VendorRequest_Header[];
    /**
     * Body as text. The type and size of a file replace its bytes.
     *
     * @generated from field: string body = 4;
     */
    body: string;
    /**
     * The `NAME` of each placeholder, sorted. In `url`, `headers` and `body`, `$NAME` is always the
     * placeholder and never a text of the customer. Other texts with a `$` are the customer's. Empty
     * in a record of an earlier release.
     *
     * @generated from field: repeated string placeholders = 5;
     */
    placeholders: string[];
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
 * GetCustomerRequest reads one customer of one provider.
 *
 * @generated from message enlist.v1.GetCustomerRequest
 */
export type GetCustomerRequest = Message<"enlist.v1.GetCustomerRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer's `id`: 1 to 255 characters, not only blanks, without control characters and
     * invisible characters. Percent-encode it in a URL. Example: `CLASSIC-C00`.
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
     * Compare the customer with what Enlist last wrote, and return the differences as `drift`.
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
     * The customer, as the provider has it. `source` says whether it was read there.
     *
     * @generated from field: enlist.v1.Customer customer = 1;
     */
    customer?: Customer;
    /**
     * The vendor's record, without secrets. Only with `include_vendor_record`.
     *
     * @generated from field: google.protobuf.Struct vendor_record = 2;
     */
    vendorRecord?: JsonObject;
    /**
     * How the customer differs from what Enlist last wrote. Only with `include_drift`, and only if
     * Enlist has a record of writing the customer.
     *
     * @generated from field: enlist.v1.Drift drift = 3;
     */
    drift?: Drift;
    /**
     * What the caller should know although the call succeeded: the vendor's own warnings, and values
     * of its record that `customer` cannot represent.
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
 * Drift is how the vendor's record differs from what the last creation or update through Enlist
 * wrote.
 *
 * @generated from message enlist.v1.Drift
 */
export type Drift = Message<"enlist.v1.Drift"> & {
    /**
     * The request_id of that creation. Empty if it is another caller's and this caller is not an
     * operator.
     *
     * @generated from field: string request_id = 1;
     */
    requestId: string;
    /**
     * When Enlist recorded its success.
     *
     * @generated from field: google.protobuf.Timestamp write_time = 2;
     */
    writeTime?: Timestamp;
    /**
     * The fields that differ, in field order. Empty if nothing has changed.
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
     * The value that was written. Empty if no value was written, and if the drift has no
     * `request_id`.
     *
     * @generated from field: string written = 3;
     */
    written: string;
    /**
     * The vendor's value. Empty if the vendor returns none.
     *
     * @generated from field: string held = 4;
     */
    held: string;
    /**
     * More about the difference.
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
 * ListContractorsRequest lists a page of a customer's contractors.
 *
 * @generated from message enlist.v1.ListContractorsRequest
 */
export type ListContractorsRequest = Message<"enlist.v1.ListContractorsRequest"> & {
    /**
     * Name of a configured provider. See CreateCustomerRequest.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
    /**
     * The customer's `id`: 1 to 255 characters, not only blanks, without control characters and
     * invisible characters. Example: `AM201603021055`.
     *
     * @generated from field: string customer_id = 2;
     */
    customerId: string;
    /**
     * The maximum number of contractors to return. Default: 100. Enlist reduces a value above 1000 to
     * 1000 (AIP-158). This is the one kind of value that it changes without naming it in the
     * response. A page has fewer contractors if the vendor's records of them are large.
     *
     * @generated from field: int32 page_size = 3;
     */
    pageSize: number;
    /**
     * `next_page_token` of the previous page, with the same other parameters. Up to 1,024 characters.
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
     * Token of the next page. Empty on the last page.
     *
     * @generated from field: string next_page_token = 2;
     */
    nextPageToken: string;
    /**
     * The vendor's records, one for each contractor, without secrets. Only with
     * `include_vendor_record`.
     *
     * @generated from field: repeated google.protobuf.Struct vendor_records = 3;
     */
    vendorRecords: JsonObject[];
    /**
     * Values of the vendor's list that `contractors` cannot represent.
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
 * OnExisting says what a creation does if the vendor already has a customer with the id.
 *
 * @generated from enum enlist.v1.OnExisting
 */
export declare enum OnExisting {
    /**
     * The provider's setting, which defaults to ON_EXISTING_FAIL.
     *
     * @generated from enum value: ON_EXISTING_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Fail with CUSTOMER_EXISTS and change nothing.
     *
     * @generated from enum value: ON_EXISTING_FAIL = 1;
     */
    FAIL = 1,
    /**
     * Overwrite the vendor's record with the fields of this request.
     *
     * @generated from enum value: ON_EXISTING_UPDATE = 2;
     */
    UPDATE = 2,
    /**
     * Return the existing customer unchanged.
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
 * UnsupportedFields says what happens to fields that a provider does not support.
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
     * Fail with FIELD_NOT_SUPPORTED and name each such field.
     *
     * @generated from enum value: UNSUPPORTED_FIELDS_REJECT = 1;
     */
    REJECT = 1,
    /**
     * Continue without them and name each in `fields` of the response.
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
 * WarningCode is the kind of a Warning.
 *
 * @generated from enum enlist.v1.WarningCode
 */
export declare enum WarningCode {
    /**
     * Not set.
     *
     * @generated from enum value: WARNING_CODE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor carried out the request, and returned a warning.
     *
     * @generated from enum value: WARNING_CODE_VENDOR_WARNING = 1;
     */
    VENDOR_WARNING = 1,
    /**
     * A member of the vendor's response has another JSON type than documented, or a form that Enlist
     * cannot read. `customer` has its value only if the value is certain.
     *
     * @generated from enum value: WARNING_CODE_UNREADABLE_VALUE = 2;
     */
    UNREADABLE_VALUE = 2,
    /**
     * `customer` has no field for a value of the vendor's record.
     *
     * @generated from enum value: WARNING_CODE_UNREPRESENTED_VALUE = 3;
     */
    UNREPRESENTED_VALUE = 3,
    /**
     * The vendor stored the customer's id in a different form. `customer.id` is the vendor's form.
     *
     * @generated from enum value: WARNING_CODE_ID_CHANGED = 4;
     */
    ID_CHANGED = 4,
    /**
     * Enlist has deleted its copy of the request and of the vendor's responses. The response has the
     * outcome and the customer's id.
     *
     * @generated from enum value: WARNING_CODE_NO_LONGER_HELD = 5;
     */
    NO_LONGER_HELD = 5
}
/**
 * Describes the enum enlist.v1.WarningCode.
 */
export declare const WarningCodeSchema: GenEnum<WarningCode>;
/**
 * Outcome is what a creation did at the vendor.
 *
 * @generated from enum enlist.v1.Outcome
 */
export declare enum Outcome {
    /**
     * Not set.
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
     * The customer existed before this creation, and was overwritten.
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
     * The customer existed, and was left unchanged.
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
 * Fate is how a field is sent to the vendor.
 *
 * @generated from enum enlist.v1.Fate
 */
export declare enum Fate {
    /**
     * Not set.
     *
     * @generated from enum value: FATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Sent unchanged.
     *
     * @generated from enum value: FATE_SENT = 1;
     */
    SENT = 1,
    /**
     * Sent in a different form.
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
     * Not in the request. A setting of the provider added it.
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
     * Not set.
     *
     * @generated from enum value: DRIFT_KIND_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor has a different value.
     *
     * @generated from enum value: DRIFT_KIND_CHANGED = 1;
     */
    CHANGED = 1,
    /**
     * The vendor returns no value. The field was emptied, or the vendor never returns it.
     *
     * @generated from enum value: DRIFT_KIND_NOT_RETURNED = 2;
     */
    NOT_RETURNED = 2,
    /**
     * The vendor has a value that the request did not have. It comes from a setting of the provider,
     * from the vendor, or from another user of its system.
     *
     * @generated from enum value: DRIFT_KIND_ADDED = 3;
     */
    ADDED = 3,
    /**
     * The vendor returns the field in a different form, so that the two values cannot be compared.
     * `note` says why.
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
 * CustomerService creates customers in vendors' systems and reads them there.
 *
 * Every error is a google.rpc.Status with an ErrorInfo, whose reason is a value of ErrorReason. Any
 * call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR. If the server authenticates
 * callers, any call can also end with CREDENTIALS_MISSING, CREDENTIALS_INVALID, NOT_PERMITTED or
 * AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.CustomerService
 */
export declare const CustomerService: GenService<{
    /**
     * CreateCustomer creates one customer at one provider.
     *
     * Choose a `request_id` for every creation and store it before the first request. To retry, send
     * the same request again with the same `request_id`. At most one customer is created, however
     * often you retry. Enlist returns the recorded response for as long as it keeps the record (the
     * setting `retention`).
     *
     * If a request was sent but no trustworthy response arrived, the reason is OUTCOME_UNKNOWN.
     * Enlist never guesses. It resolves the outcome in the background, and a retry returns it.
     *
     * A retry after VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED, VENDOR_CREDENTIALS_REJECTED,
     * VENDOR_RESPONSE_INVALID or JOURNAL_UNAVAILABLE starts again. If anything was sent before,
     * Enlist first looks the customer up. CUSTOMER_EXISTS and VENDOR_REJECTED are final.
     *
     * Errors, by reason: INVALID_FIELD, FIELD_NOT_SUPPORTED, REQUEST_ID_REUSED,
     * PROVIDER_NOT_CONFIGURED, CUSTOMER_EXISTS, RPC_NOT_SUPPORTED, REQUEST_IN_PROGRESS,
     * OUTCOME_UNKNOWN, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID, JOURNAL_UNAVAILABLE.
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
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, CUSTOMER_NOT_FOUND,
     * RPC_NOT_SUPPORTED, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID. With `include_drift` also
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
     * ListContractors lists the people who sign for a customer, page by page.
     *
     * Only Sell&Sign has contractors.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED, CUSTOMER_NOT_FOUND,
     * RPC_NOT_SUPPORTED, VENDOR_REJECTED, VENDOR_UNAVAILABLE, OVERLOADED, VENDOR_RATE_LIMITED,
     * VENDOR_CREDENTIALS_REJECTED, VENDOR_RESPONSE_INVALID.
     *
     * @generated from rpc enlist.v1.CustomerService.ListContractors
     */
    listContractors: {
        methodKind: "unary";
        input: typeof ListContractorsRequestSchema;
        output: typeof ListContractorsResponseSchema;
    };
}>;
