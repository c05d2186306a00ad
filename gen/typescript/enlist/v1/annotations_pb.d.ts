import type { GenEnum, GenExtension, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { EnumValueOptions, FieldOptions } from "@bufbuild/protobuf/wkt";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/annotations.proto.
 */
export declare const file_enlist_v1_annotations: GenFile;
/**
 * Consequences are what follows from an ErrorReason.
 *
 * @generated from message enlist.v1.Consequences
 */
export type Consequences = Message<"enlist.v1.Consequences"> & {
    /**
     * The HTTP statuses that differ from that of `code`.
     *
     * @generated from field: repeated enlist.v1.Consequences.HttpStatus also_http = 2;
     */
    alsoHttp: Consequences_HttpStatus[];
    /**
     * The caller's next action.
     *
     * @generated from field: enlist.v1.CallerAction action = 3;
     */
    action: CallerAction;
    /**
     * Whether google.rpc.RetryInfo comes with the error. The server attaches it to no other error. It
     * always comes, except with CALLER_ACTION_AWAIT_OUTCOME while a person must decide.
     *
     * @generated from field: bool retry_info = 4;
     */
    retryInfo: boolean;
    /**
     * Whether VendorError may come with the error.
     *
     * @generated from field: bool vendor_error = 5;
     */
    vendorError: boolean;
    /**
     * Whether google.rpc.BadRequest may come with the error.
     *
     * @generated from field: bool bad_request = 6;
     */
    badRequest: boolean;
};
/**
 * Describes the message enlist.v1.Consequences.
 * Use `create(ConsequencesSchema)` to create a new message.
 */
export declare const ConsequencesSchema: GenMessage<Consequences>;
/**
 * HttpStatus is an HTTP status for some errors of a reason.
 *
 * @generated from message enlist.v1.Consequences.HttpStatus
 */
export type Consequences_HttpStatus = Message<"enlist.v1.Consequences.HttpStatus"> & {
    /**
     * The HTTP status: 413.
     *
     * @generated from field: int32 status = 1;
     */
    status: number;
    /**
     * When the server sends it: "for a body that is too large".
     *
     * @generated from field: string when = 2;
     */
    when: string;
};
/**
 * Describes the message enlist.v1.Consequences.HttpStatus.
 * Use `create(Consequences_HttpStatusSchema)` to create a new message.
 */
export declare const Consequences_HttpStatusSchema: GenMessage<Consequences_HttpStatus>;
/**
 * FieldSource says which canonical field fills a field of a vendor's request, and how. In a
 * vendor's response, it says which canonical field the vendor's field fills. Without a path there
 * is no such field, and `setting` or `note` explains the vendor's field.
 *
 * @generated from message enlist.v1.FieldSource
 */
export type FieldSource = Message<"enlist.v1.FieldSource"> & {
    /**
     * Path of the canonical field, from CreateCustomerRequest: `customer.name.family_name`,
     * `opencell.billing_cycle`. An element of a list is `customer.billing_address.lines[0]`. The
     * values of a map are `customer.properties[*]`.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * Paths that Enlist uses in this order if `path` is not set.
     *
     * @generated from field: repeated string fallback_paths = 2;
     */
    fallbackPaths: string[];
    /**
     * How Enlist transforms the canonical value. Default: it sends the value unchanged.
     *
     * @generated from field: enlist.v1.Transformation as = 3;
     */
    as: Transformation;
    /**
     * Setting of the provider that Enlist uses if no path is set: `seller_code`.
     *
     * @generated from field: string setting = 4;
     */
    setting: string;
    /**
     * More for people: "the vendor refuses values that are not set up there".
     *
     * @generated from field: string note = 5;
     */
    note: string;
    /**
     * On a message that occurs in several places of a request: the canonical fields that fill its
     * fields in this place.
     *
     * @generated from field: enlist.v1.FieldSource.Move move = 6;
     */
    move?: FieldSource_Move;
};
/**
 * Describes the message enlist.v1.FieldSource.
 * Use `create(FieldSourceSchema)` to create a new message.
 */
export declare const FieldSourceSchema: GenMessage<FieldSource>;
/**
 * Move changes the paths in the annotations of a message's fields. A path that begins with `from`
 * begins with `to` instead. Other paths do not count in this place.
 *
 * @generated from message enlist.v1.FieldSource.Move
 */
export type FieldSource_Move = Message<"enlist.v1.FieldSource.Move"> & {
    /**
     * The beginning of the paths in the annotations: `opencell.custom_fields[*]`.
     *
     * @generated from field: string from = 1;
     */
    from: string;
    /**
     * The beginning in this place: `opencell.payment_methods[*].custom_fields[*]`.
     *
     * @generated from field: string to = 2;
     */
    to: string;
};
/**
 * Describes the message enlist.v1.FieldSource.Move.
 * Use `create(FieldSource_MoveSchema)` to create a new message.
 */
export declare const FieldSource_MoveSchema: GenMessage<FieldSource_Move>;
/**
 * CallerAction is what the caller of a failed call does next.
 *
 * @generated from enum enlist.v1.CallerAction
 */
export declare enum CallerAction {
    /**
     * Not set.
     *
     * @generated from enum value: CALLER_ACTION_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Fix the request, and call again.
     *
     * @generated from enum value: CALLER_ACTION_FIX_REQUEST = 1;
     */
    FIX_REQUEST = 1,
    /**
     * Fix the cause, and call again with a new request_id. The outcome of this one is final.
     *
     * @generated from enum value: CALLER_ACTION_NEW_REQUEST = 2;
     */
    NEW_REQUEST = 2,
    /**
     * Call again with the same request_id after the RetryInfo delay.
     *
     * @generated from enum value: CALLER_ACTION_RETRY = 3;
     */
    RETRY = 3,
    /**
     * Call again with the same request_id, or wait with WaitOperation. Without RetryInfo, a person
     * must decide first.
     *
     * @generated from enum value: CALLER_ACTION_AWAIT_OUTCOME = 4;
     */
    AWAIT_OUTCOME = 4,
    /**
     * Ask the operator. Then call again with the same request_id.
     *
     * @generated from enum value: CALLER_ACTION_ASK_OPERATOR = 5;
     */
    ASK_OPERATOR = 5,
    /**
     * Fix the credentials of the call, and call again.
     *
     * @generated from enum value: CALLER_ACTION_FIX_CREDENTIALS = 6;
     */
    FIX_CREDENTIALS = 6
}
/**
 * Describes the enum enlist.v1.CallerAction.
 */
export declare const CallerActionSchema: GenEnum<CallerAction>;
/**
 * Actor is who acts next on a creation.
 *
 * @generated from enum enlist.v1.Actor
 */
export declare enum Actor {
    /**
     * Not set.
     *
     * @generated from enum value: ACTOR_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Enlist acts next.
     *
     * @generated from enum value: ACTOR_ENLIST = 1;
     */
    ENLIST = 1,
    /**
     * The caller acts next.
     *
     * @generated from enum value: ACTOR_CALLER = 2;
     */
    CALLER = 2,
    /**
     * A person acts next.
     *
     * @generated from enum value: ACTOR_PERSON = 3;
     */
    PERSON = 3,
    /**
     * The outcome is final.
     *
     * @generated from enum value: ACTOR_NOBODY = 4;
     */
    NOBODY = 4
}
/**
 * Describes the enum enlist.v1.Actor.
 */
export declare const ActorSchema: GenEnum<Actor>;
/**
 * Transformation says how Enlist transforms a canonical value for a vendor.
 *
 * @generated from enum enlist.v1.Transformation
 */
export declare enum Transformation {
    /**
     * Sent unchanged.
     *
     * @generated from enum value: TRANSFORMATION_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * ISO 3166-1 alpha-2 country code to alpha-3: `FR` becomes `FRA`.
     *
     * @generated from enum value: TRANSFORMATION_ISO_3166_ALPHA_3 = 1;
     */
    ISO_3166_ALPHA_3 = 1,
    /**
     * BCP-47 tag to the ISO 639-2/T code of its base language, upper case: `fr-CA` becomes `FRA`.
     *
     * @generated from enum value: TRANSFORMATION_ISO_639_ALPHA_3 = 2;
     */
    ISO_639_ALPHA_3 = 2,
    /**
     * BCP-47 tag to the English name of its base language, in lower case: `fr-CA` becomes `french`.
     *
     * @generated from enum value: TRANSFORMATION_LANGUAGE_NAME = 3;
     */
    LANGUAGE_NAME = 3,
    /**
     * A form of address to the vendor's title code, in upper case without full stops: `Mr.` becomes
     * `MR`.
     *
     * @generated from enum value: TRANSFORMATION_TITLE_CODE = 4;
     */
    TITLE_CODE = 4,
    /**
     * A form of address in English or French to MONSIEUR or MADAME.
     *
     * @generated from enum value: TRANSFORMATION_CIVILITY = 5;
     */
    CIVILITY = 5,
    /**
     * A date to `yyyy-MM-dd`.
     *
     * @generated from enum value: TRANSFORMATION_ISO_8601_DATE = 6;
     */
    ISO_8601_DATE = 6,
    /**
     * A date to milliseconds since 1970-01-01T00:00:00Z, at midnight UTC.
     *
     * @generated from enum value: TRANSFORMATION_EPOCH_MILLISECONDS = 7;
     */
    EPOCH_MILLISECONDS = 7,
    /**
     * Several values joined to one: the lines of an address, or given and family name.
     *
     * @generated from enum value: TRANSFORMATION_JOINED = 8;
     */
    JOINED = 8,
    /**
     * Enlist derives the value from other fields. `note` says how.
     *
     * @generated from enum value: TRANSFORMATION_DERIVED = 9;
     */
    DERIVED = 9,
    /**
     * The vendor's own spelling of a choice: `PAYMENT_METHOD_CHECK` becomes `CHECK`.
     *
     * @generated from enum value: TRANSFORMATION_VENDOR_CODE = 10;
     */
    VENDOR_CODE = 10,
    /**
     * A telephone number without its separators: `+33 6 12.34-56-78` becomes `+33612345678`.
     *
     * @generated from enum value: TRANSFORMATION_PHONE_DIGITS = 11;
     */
    PHONE_DIGITS = 11
}
/**
 * Describes the enum enlist.v1.Transformation.
 */
export declare const TransformationSchema: GenEnum<Transformation>;
/**
 * On a field of a vendor's request: the canonical field that fills it. Enlist derives violations,
 * the field table of ListProviders and the fate of each field from it. On a field of a vendor's
 * response: the canonical field that it fills. Enlist derives the path of a Warning from it.
 * docs/vendors.md is generated from both.
 *
 * @generated from extension: enlist.v1.FieldSource source = 51423;
 */
export declare const source: GenExtension<FieldOptions, FieldSource>;
/**
 * Words that complete the sentence "must be …" and describe a valid value. Error messages use
 * them if a rule alone, such as a regular expression, does not say what to change.
 *
 * @generated from extension: string hint = 51424;
 */
export declare const hint: GenExtension<FieldOptions, string>;
/**
 * The value is a secret of the caller. Enlist sends it to the vendor and never stores it, not
 * even encrypted.
 *
 * @generated from extension: bool never_stored = 51425;
 */
export declare const never_stored: GenExtension<FieldOptions, boolean>;
/**
 * The value is personal data. In a message, a list or a map, all of its values are. It goes to
 * the vendor, to the caller and, encrypted, into the journal. It never goes into a log, a trace
 * or a metric. All free text of callers and vendors is personal. Codes from a list (country,
 * language, currency, category) are not.
 *
 * @generated from extension: bool personal = 51426;
 */
export declare const personal: GenExtension<FieldOptions, boolean>;
/**
 * The text may have several lines. Line breaks and tabs are allowed, other control characters are
 * not. All other text fields of requests and of the configuration refuse all control characters.
 *
 * @generated from extension: bool multiline = 51427;
 */
export declare const multiline: GenExtension<FieldOptions, boolean>;
/**
 * The text refuses invisible characters: Unicode category Cf (zero width space, soft hyphen, byte
 * order mark, …), U+2028 and U+2029. So two keys that look the same are the same.
 *
 * @generated from extension: bool visible = 51428;
 */
export declare const visible: GenExtension<FieldOptions, boolean>;
/**
 * The text, if it is set, needs a visible character. Text of white space and invisible characters
 * only is refused.
 *
 * @generated from extension: bool not_blank = 51429;
 */
export declare const not_blank: GenExtension<FieldOptions, boolean>;
/**
 * On each ErrorReason: what follows from it. The server, docs/errors.md and the OpenAPI document
 * read it here.
 *
 * @generated from extension: enlist.v1.Consequences reason = 51431;
 */
export declare const reason: GenExtension<EnumValueOptions, Consequences>;
/**
 * On each OperationState and OperationReason: who acts next.
 *
 * @generated from extension: enlist.v1.Actor next_actor = 51432;
 */
export declare const next_actor: GenExtension<EnumValueOptions, Actor>;
