import type { GenEnum, GenExtension, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { FieldOptions } from "@bufbuild/protobuf/wkt";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/annotations.proto.
 */
export declare const file_enlist_v1_annotations: GenFile;
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
