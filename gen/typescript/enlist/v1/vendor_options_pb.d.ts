import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Date } from "../../google/type/date_pb.js";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/vendor_options.proto.
 */
export declare const file_enlist_v1_vendor_options: GenFile;
/**
 * OpencellOptions are the parameters that only Opencell takes when it creates a CRM account hierarchy
 * (customer, customer account, billing account and user account in one call). Codes must be set up in that Opencell.
 *
 * @generated from message enlist.v1.OpencellOptions
 */
export type OpencellOptions = Message<"enlist.v1.OpencellOptions"> & {
    /**
     * Which levels are created: C_UA (the default: all four), S, S_C, C, S_CA, C_CA, CA, S_BA, C_BA, CA_BA, BA, S_UA, C_UA,
     * CA_UA, BA_UA, UA, or the code of a custom account model that the connection's `custom_account_types` lists. Up to 255 characters.
     *
     * @generated from field: string crm_account_type = 1;
     */
    crmAccountType: string;
    /**
     * Code of the parent account: for C_UA the seller. Default: the connection's `seller_code`. Example: `MAIN_SELLER`.
     *
     * @generated from field: string crm_parent_code = 2;
     */
    crmParentCode: string;
    /**
     * Title code sent as it is, in place of the one made from `customer.name.title`. Example: `MR`.
     *
     * @generated from field: string title_code = 3;
     */
    titleCode: string;
    /**
     * Whether the customer is a company. Default: true exactly when `customer.organization` is set.
     * Older servers do not know it; the connection's `send_is_company: false` leaves it out.
     *
     * @generated from field: optional bool is_company = 4;
     */
    isCompany?: boolean;
    /**
     * Date of subscription, on the calendar.
     *
     * @generated from field: google.type.Date subscription_date = 5;
     */
    subscriptionDate?: Date;
    /**
     * How the customer pays, as one method without further details.
     *
     * @generated from field: enlist.v1.OpencellPaymentMethod payment_method = 6;
     */
    paymentMethod: OpencellPaymentMethod;
    /**
     * How the customer pays, with the details a direct debit, card or other method needs. At most 10.
     *
     * @generated from field: repeated enlist.v1.OpencellPaymentMethodDetails payment_methods = 7;
     */
    paymentMethods: OpencellPaymentMethodDetails[];
    /**
     * Code of the billing cycle. Required by Opencell for C_UA, here or in the connection's defaults. Example: `BC_MONTHLY_1ST`.
     *
     * @generated from field: string billing_cycle = 8;
     */
    billingCycle: string;
    /**
     * Whether invoices go by email; `customer.email` is then required.
     *
     * @generated from field: optional bool electronic_billing = 9;
     */
    electronicBilling?: boolean;
    /**
     * First external reference. Left empty, it takes the request_id (see the connection's `reference_request_id`).
     *
     * @generated from field: string external_ref1 = 10;
     */
    externalRef1: string;
    /**
     * Second external reference.
     *
     * @generated from field: string external_ref2 = 11;
     */
    externalRef2: string;
    /**
     * Code of the customer brand.
     *
     * @generated from field: string customer_brand = 12;
     */
    customerBrand: string;
    /**
     * Identification of the SEPA mandate.
     *
     * @generated from field: string mandate_identification = 13;
     */
    mandateIdentification: string;
    /**
     * Date on which the SEPA mandate was signed.
     *
     * @generated from field: google.type.Date mandate_date = 14;
     */
    mandateDate?: Date;
    /**
     * Status of the customer account (`caStatus`). Example: `ACTIVE`.
     *
     * @generated from field: string customer_account_status = 15;
     */
    customerAccountStatus: string;
    /**
     * Code of the credit category.
     *
     * @generated from field: string credit_category = 16;
     */
    creditCategory: string;
    /**
     * Dunning level, R0 to R6.
     *
     * @generated from field: string dunning_level = 17;
     */
    dunningLevel: string;
    /**
     * Date of the next invoice.
     *
     * @generated from field: google.type.Date next_invoice_date = 18;
     */
    nextInvoiceDate?: Date;
    /**
     * Status of the billing account (`baStatus`). Example: `ACTIVE`.
     *
     * @generated from field: string billing_account_status = 19;
     */
    billingAccountStatus: string;
    /**
     * Status of the user account (`uaStatus`). Example: `ACTIVE`.
     *
     * @generated from field: string user_account_status = 20;
     */
    userAccountStatus: string;
    /**
     * Code of the reason for termination.
     *
     * @generated from field: string termination_reason = 21;
     */
    terminationReason: string;
    /**
     * Date of termination.
     *
     * @generated from field: google.type.Date termination_date = 22;
     */
    terminationDate?: Date;
    /**
     * How invoices are mailed (`mailingType`). Example: `AUTO`.
     *
     * @generated from field: string mailing_type = 23;
     */
    mailingType: string;
    /**
     * Code of the email template for invoices.
     *
     * @generated from field: string email_template = 24;
     */
    emailTemplate: string;
    /**
     * Addresses that receive a copy of emailed invoices (`ccedEmails`), separated by commas, up to 2,000 characters.
     *
     * @generated from field: string cced_emails = 25;
     */
    ccedEmails: string;
    /**
     * Custom fields whose value is not text; text ones go in `customer.properties`. At most 100.
     *
     * @generated from field: repeated enlist.v1.OpencellCustomField custom_fields = 26;
     */
    customFields: OpencellCustomField[];
};
/**
 * Describes the message enlist.v1.OpencellOptions.
 * Use `create(OpencellOptionsSchema)` to create a new message.
 */
export declare const OpencellOptionsSchema: GenMessage<OpencellOptions>;
/**
 * OpencellPaymentMethodDetails is one entry of Opencell's `paymentMethods`.
 *
 * @generated from message enlist.v1.OpencellPaymentMethodDetails
 */
export type OpencellPaymentMethodDetails = Message<"enlist.v1.OpencellPaymentMethodDetails"> & {
    /**
     * Kind of payment; required.
     *
     * @generated from field: enlist.v1.OpencellPaymentMethod payment_method_type = 1;
     */
    paymentMethodType: OpencellPaymentMethod;
    /**
     * Name of the method, up to 255 characters.
     *
     * @generated from field: string alias = 2;
     */
    alias: string;
    /**
     * Whether this is the method to use first.
     *
     * @generated from field: optional bool preferred = 3;
     */
    preferred?: boolean;
    /**
     * Bank account of a direct debit.
     *
     * @generated from field: enlist.v1.OpencellBankCoordinates bank_coordinates = 4;
     */
    bankCoordinates?: OpencellBankCoordinates;
    /**
     * Identification of the SEPA mandate of a direct debit.
     *
     * @generated from field: string mandate_identification = 5;
     */
    mandateIdentification: string;
    /**
     * Date on which the SEPA mandate was signed.
     *
     * @generated from field: google.type.Date mandate_date = 6;
     */
    mandateDate?: Date;
    /**
     * The gateway's token of a card (never the card number itself).
     *
     * @generated from field: string token_id = 7;
     */
    tokenId: string;
};
/**
 * Describes the message enlist.v1.OpencellPaymentMethodDetails.
 * Use `create(OpencellPaymentMethodDetailsSchema)` to create a new message.
 */
export declare const OpencellPaymentMethodDetailsSchema: GenMessage<OpencellPaymentMethodDetails>;
/**
 * OpencellBankCoordinates is the bank account of a direct debit.
 *
 * @generated from message enlist.v1.OpencellBankCoordinates
 */
export type OpencellBankCoordinates = Message<"enlist.v1.OpencellBankCoordinates"> & {
    /**
     * International bank account number, up to 34 letters and digits without spaces.
     *
     * @generated from field: string iban = 1;
     */
    iban: string;
    /**
     * Bank identifier code, 8 or 11 characters.
     *
     * @generated from field: string bic = 2;
     */
    bic: string;
    /**
     * Name of the account's owner, up to 50 characters.
     *
     * @generated from field: string account_owner = 3;
     */
    accountOwner: string;
    /**
     * Name of the bank, up to 50 characters.
     *
     * @generated from field: string bank_name = 4;
     */
    bankName: string;
};
/**
 * Describes the message enlist.v1.OpencellBankCoordinates.
 * Use `create(OpencellBankCoordinatesSchema)` to create a new message.
 */
export declare const OpencellBankCoordinatesSchema: GenMessage<OpencellBankCoordinates>;
/**
 * OpencellCustomField is one custom field of an Opencell account, with a value that is not text.
 *
 * @generated from message enlist.v1.OpencellCustomField
 */
export type OpencellCustomField = Message<"enlist.v1.OpencellCustomField"> & {
    /**
     * The field's code, 1 to 255 characters.
     *
     * @generated from field: string code = 1;
     */
    code: string;
    /**
     * The value; its kind must be the one declared in Opencell.
     *
     * @generated from oneof enlist.v1.OpencellCustomField.value
     */
    value: {
        /**
         * A text value.
         *
         * @generated from field: string string_value = 2;
         */
        value: string;
        case: "stringValue";
    } | {
        /**
         * A whole number.
         *
         * @generated from field: int64 long_value = 3;
         */
        value: bigint;
        case: "longValue";
    } | {
        /**
         * A decimal number.
         *
         * @generated from field: double double_value = 4;
         */
        value: number;
        case: "doubleValue";
    } | {
        /**
         * True or false.
         *
         * @generated from field: bool boolean_value = 5;
         */
        value: boolean;
        case: "booleanValue";
    } | {
        /**
         * A date.
         *
         * @generated from field: google.type.Date date_value = 6;
         */
        value: Date;
        case: "dateValue";
    } | {
        case: undefined;
        value?: undefined;
    };
};
/**
 * Describes the message enlist.v1.OpencellCustomField.
 * Use `create(OpencellCustomFieldSchema)` to create a new message.
 */
export declare const OpencellCustomFieldSchema: GenMessage<OpencellCustomField>;
/**
 * SellAndSignOptions are the parameters that only Sell&Sign takes when it creates a customer.
 *
 * @generated from message enlist.v1.SellAndSignOptions
 */
export type SellAndSignOptions = Message<"enlist.v1.SellAndSignOptions"> & {
    /**
     * The caller's mnemonic code for the customer (`customer_code`), up to 255 characters. Default: the customer's number.
     *
     * @generated from field: string customer_code = 1;
     */
    customerCode: string;
    /**
     * Form of address, in place of the one made from `customer.name.title`.
     *
     * @generated from field: enlist.v1.SellAndSignCivility civility = 2;
     */
    civility: SellAndSignCivility;
    /**
     * Form of address in Sell&Sign's own text, for one that `civility` does not have: up to 50 letters. It is sent as it is, in place of
     * `civility` and of `customer.name.title`. Example: `MAITRE`.
     *
     * @generated from field: string civility_code = 3;
     */
    civilityCode: string;
};
/**
 * Describes the message enlist.v1.SellAndSignOptions.
 * Use `create(SellAndSignOptionsSchema)` to create a new message.
 */
export declare const SellAndSignOptionsSchema: GenMessage<SellAndSignOptions>;
/**
 * ValomniaOptions are the parameters that only Valomnia takes when it creates a customer.
 *
 * @generated from message enlist.v1.ValomniaOptions
 */
export type ValomniaOptions = Message<"enlist.v1.ValomniaOptions"> & {
    /**
     * Second reference, up to 255 characters.
     *
     * @generated from field: string reference2 = 1;
     */
    reference2: string;
    /**
     * Barcode, up to 255 characters.
     *
     * @generated from field: string barcode = 2;
     */
    barcode: string;
    /**
     * Whether the customer is active. Valomnia's default: true.
     *
     * @generated from field: optional bool is_active = 3;
     */
    isActive?: boolean;
    /**
     * Whether this is a sub-customer of `parent_customer`. Valomnia's default: false.
     *
     * @generated from field: optional bool is_sub_customer = 4;
     */
    isSubCustomer?: boolean;
    /**
     * Identifier of the parent customer; required when `is_sub_customer` is true. A number, or a reference with `use_external_id`.
     *
     * @generated from field: string parent_customer = 5;
     */
    parentCustomer: string;
    /**
     * Whether the parent is billed. Valomnia's default: false.
     *
     * @generated from field: optional bool bill_with_parent = 6;
     */
    billWithParent?: boolean;
    /**
     * Identifier of the customer segmentation. A number, or a reference with `use_external_id`.
     *
     * @generated from field: string customer_segmentation_id = 7;
     */
    customerSegmentationId: string;
    /**
     * User who is recorded as having created the customer. A number, or a reference with `use_external_id`.
     *
     * @generated from field: string user_id = 8;
     */
    userId: string;
    /**
     * Whether shipping and billing address are the same. Default: true exactly when no shipping address is set.
     *
     * @generated from field: optional bool is_same_address = 9;
     */
    isSameAddress?: boolean;
    /**
     * Credit limit, in the customer's currency.
     *
     * @generated from field: optional double credit_limit = 10;
     */
    creditLimit?: number;
    /**
     * Number of days until an invoice is due; required when `due_date_config_type` is set.
     *
     * @generated from field: optional int32 due_date_config_number = 11;
     */
    dueDateConfigNumber?: number;
    /**
     * From when the days are counted.
     *
     * @generated from field: enlist.v1.ValomniaDueDateConfigType due_date_config_type = 12;
     */
    dueDateConfigType: ValomniaDueDateConfigType;
    /**
     * Logo or photograph of the customer.
     *
     * @generated from field: enlist.v1.ValomniaImage image = 13;
     */
    image?: ValomniaImage;
    /**
     * Identifiers of the payment types the customer may use, at most 100. Numbers, or references with `use_external_id`.
     *
     * @generated from field: repeated string payment_type_ids = 14;
     */
    paymentTypeIds: string[];
    /**
     * Numeric identifier of the region; only where geographical locations are activated.
     *
     * @generated from field: optional int64 region_id = 15;
     */
    regionId?: bigint;
    /**
     * Risk rating, up to 255 characters.
     *
     * @generated from field: string customer_risk = 16;
     */
    customerRisk: string;
    /**
     * Colour of the risk rating, `#` and six hexadecimal digits. Example: `#1BE9D8`.
     *
     * @generated from field: string customer_risk_color = 17;
     */
    customerRiskColor: string;
    /**
     * Whether the customer is on hold. Valomnia's default: false.
     *
     * @generated from field: optional bool on_hold = 18;
     */
    onHold?: boolean;
    /**
     * Why the customer is on hold, up to 255 characters on one or more lines.
     *
     * @generated from field: string on_hold_reason = 19;
     */
    onHoldReason: string;
    /**
     * Whether the identifiers above are external ids (references). Valomnia's default: false.
     *
     * @generated from field: optional bool use_external_id = 20;
     */
    useExternalId?: boolean;
};
/**
 * Describes the message enlist.v1.ValomniaOptions.
 * Use `create(ValomniaOptionsSchema)` to create a new message.
 */
export declare const ValomniaOptionsSchema: GenMessage<ValomniaOptions>;
/**
 * ValomniaImage is a picture that goes along with a new Valomnia customer.
 *
 * @generated from message enlist.v1.ValomniaImage
 */
export type ValomniaImage = Message<"enlist.v1.ValomniaImage"> & {
    /**
     * The file's name, 1 to 255 characters. Example: `logo.png`.
     *
     * @generated from field: string filename = 1;
     */
    filename: string;
    /**
     * The file: jpg, gif, png or bmp, at most 2 MiB (2,097,152 bytes).
     *
     * @generated from field: bytes content = 2;
     */
    content: Uint8Array;
};
/**
 * Describes the message enlist.v1.ValomniaImage.
 * Use `create(ValomniaImageSchema)` to create a new message.
 */
export declare const ValomniaImageSchema: GenMessage<ValomniaImage>;
/**
 * CaliqOptions are the parameters that only Caliq takes when it creates a customer.
 *
 * @generated from message enlist.v1.CaliqOptions
 */
export type CaliqOptions = Message<"enlist.v1.CaliqOptions"> & {
    /**
     * Sales channel (`ChannelID`). Default: the connection's `channel_id`.
     *
     * @generated from field: optional int32 channel_id = 1;
     */
    channelId?: number;
    /**
     * Whether orders can be delivered to the address. Default: the connection's, else true.
     *
     * @generated from field: optional bool allow_deliveries = 2;
     */
    allowDeliveries?: boolean;
    /**
     * Whether invoices can be sent to the address. Default: the connection's, else true.
     *
     * @generated from field: optional bool allow_invoices = 3;
     */
    allowInvoices?: boolean;
    /**
     * Customer service level; absent or 0 means Caliq's default.
     *
     * @generated from field: optional int32 customer_service_level = 4;
     */
    customerServiceLevel?: number;
};
/**
 * Describes the message enlist.v1.CaliqOptions.
 * Use `create(CaliqOptionsSchema)` to create a new message.
 */
export declare const CaliqOptionsSchema: GenMessage<CaliqOptions>;
/**
 * AvvioOptions are the parameters that only Avvio/SHR takes when it creates an account.
 *
 * @generated from message enlist.v1.AvvioOptions
 */
export type AvvioOptions = Message<"enlist.v1.AvvioOptions"> & {
    /**
     * Internal id of the property in the booking engine. Default: the connection's `site_id`.
     *
     * @generated from field: optional int64 site_id = 1;
     */
    siteId?: bigint;
    /**
     * Password of the new account, 1 to 255 characters; required by Avvio. Never stored, never shown.
     *
     * @generated from field: string password = 2;
     */
    password: string;
};
/**
 * Describes the message enlist.v1.AvvioOptions.
 * Use `create(AvvioOptionsSchema)` to create a new message.
 */
export declare const AvvioOptionsSchema: GenMessage<AvvioOptions>;
/**
 * OpencellPaymentMethod is how an Opencell customer pays.
 *
 * @generated from enum enlist.v1.OpencellPaymentMethod
 */
export declare enum OpencellPaymentMethod {
    /**
     * Opencell's own default.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Cheque.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_CHECK = 1;
     */
    CHECK = 1,
    /**
     * Direct debit. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_DIRECTDEBIT = 2;
     */
    DIRECTDEBIT = 2,
    /**
     * Wire transfer.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_WIRETRANSFER = 3;
     */
    WIRETRANSFER = 3,
    /**
     * Payment card. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_CARD = 4;
     */
    CARD = 4,
    /**
     * PayPal.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_PAYPAL = 5;
     */
    PAYPAL = 5,
    /**
     * Stripe. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_STRIPE = 6;
     */
    STRIPE = 6,
    /**
     * Cash. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_CASH = 7;
     */
    CASH = 7
}
/**
 * Describes the enum enlist.v1.OpencellPaymentMethod.
 */
export declare const OpencellPaymentMethodSchema: GenEnum<OpencellPaymentMethod>;
/**
 * SellAndSignCivility is Sell&Sign's form of address.
 *
 * @generated from enum enlist.v1.SellAndSignCivility
 */
export declare enum SellAndSignCivility {
    /**
     * Made from `customer.name.title`.
     *
     * @generated from enum value: SELL_AND_SIGN_CIVILITY_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * MONSIEUR (Mr).
     *
     * @generated from enum value: SELL_AND_SIGN_CIVILITY_MONSIEUR = 1;
     */
    MONSIEUR = 1,
    /**
     * MADAME (Mrs, Ms).
     *
     * @generated from enum value: SELL_AND_SIGN_CIVILITY_MADAME = 2;
     */
    MADAME = 2
}
/**
 * Describes the enum enlist.v1.SellAndSignCivility.
 */
export declare const SellAndSignCivilitySchema: GenEnum<SellAndSignCivility>;
/**
 * ValomniaDueDateConfigType says from when the days until an invoice is due are counted.
 *
 * @generated from enum enlist.v1.ValomniaDueDateConfigType
 */
export declare enum ValomniaDueDateConfigType {
    /**
     * Not set.
     *
     * @generated from enum value: VALOMNIA_DUE_DATE_CONFIG_TYPE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * After the invoice date (sent as `1`).
     *
     * @generated from enum value: VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_INVOICE_DATE = 1;
     */
    AFTER_INVOICE_DATE = 1,
    /**
     * After the end of the invoice month (sent as `2`).
     *
     * @generated from enum value: VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_END_OF_INVOICE_MONTH = 2;
     */
    AFTER_END_OF_INVOICE_MONTH = 2
}
/**
 * Describes the enum enlist.v1.ValomniaDueDateConfigType.
 */
export declare const ValomniaDueDateConfigTypeSchema: GenEnum<ValomniaDueDateConfigType>;
