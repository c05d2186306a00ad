import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Date } from "../../google/type/date_pb.js";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/vendor_options.proto.
 */
export declare const file_enlist_v1_vendor_options: GenFile;
/**
 * OpencellOptions are the parameters that only Opencell takes. A creation makes a CRM account
 * hierarchy: customer, customer account, billing account and user account in one request. The codes
 * must exist in that Opencell.
 *
 * @generated from message enlist.v1.OpencellOptions
 */
export type OpencellOptions = Message<"enlist.v1.OpencellOptions"> & {
    /**
     * Which levels to create: C_UA (the default: all four), S, S_C, C, S_CA, C_CA, CA, S_BA, C_BA,
     * CA_BA, BA, S_UA, C_UA, CA_UA, BA_UA or UA. Or the code of a custom account model in the
     * provider's setting `custom_account_types`. Up to 255 characters.
     *
     * @generated from field: string crm_account_type = 1;
     */
    crmAccountType: string;
    /**
     * Code of the parent account. For C_UA this is the seller. Default: the provider's setting
     * `seller_code`. Example: `MAIN_SELLER`.
     *
     * @generated from field: string crm_parent_code = 2;
     */
    crmParentCode: string;
    /**
     * Title code, sent unchanged. It replaces the code that Enlist derives from
     * `customer.name.title`. Example: `MR`.
     *
     * @generated from field: string title_code = 3;
     */
    titleCode: string;
    /**
     * Whether the customer is a company. Default: true if `customer.organization` is set, otherwise
     * false. Older servers do not know this field. The provider's setting `send_is_company: false`
     * omits it.
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
     * How the customer pays, as one method without details.
     *
     * @generated from field: enlist.v1.OpencellPaymentMethod payment_method = 6;
     */
    paymentMethod: OpencellPaymentMethod;
    /**
     * How the customer pays, with the details of a direct debit, a card or another method. At most
     * 10.
     *
     * @generated from field: repeated enlist.v1.OpencellPaymentMethodDetails payment_methods = 7;
     */
    paymentMethods: OpencellPaymentMethodDetails[];
    /**
     * Code of the billing cycle. Opencell requires it for C_UA, here or in the provider's defaults.
     * Example: `BC_MONTHLY_1ST`.
     *
     * @generated from field: string billing_cycle = 8;
     */
    billingCycle: string;
    /**
     * Whether invoices go by email. If true, `customer.email` is required.
     *
     * @generated from field: optional bool electronic_billing = 9;
     */
    electronicBilling?: boolean;
    /**
     * First external reference. Default: the request_id (see the provider's setting
     * `reference_request_id`).
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
     * Addresses that receive a copy of emailed invoices (`ccedEmails`), separated by commas. Up to
     * 2,000 characters.
     *
     * @generated from field: string cced_emails = 25;
     */
    ccedEmails: string;
    /**
     * Custom fields with a value that is not text. Text values go in `customer.properties`. At most
     * 100.
     *
     * @generated from field: repeated enlist.v1.OpencellCustomField custom_fields = 26;
     */
    customFields: OpencellCustomField[];
    /**
     * Address for electronic billing (`email`). It may differ from the person's address. Default:
     * `customer.email`. Example: `invoices@example.com`.
     *
     * @generated from field: string billing_email = 27;
     */
    billingEmail: string;
    /**
     * Trading country of the billing account (`country`), an ISO 3166-1 alpha-2 code.
     * Default: `customer.billing_address.country_code`. Example: `FR`.
     *
     * @generated from field: string trading_country_code = 28;
     */
    tradingCountryCode: string;
    /**
     * Code of the legal form (`legalEntityType`), a title set up in Opencell. Example: `SARL`.
     *
     * @generated from field: string legal_entity_type = 29;
     */
    legalEntityType: string;
    /**
     * Date of the customer account's status (`dateStatus`).
     *
     * @generated from field: google.type.Date customer_account_status_date = 30;
     */
    customerAccountStatusDate?: Date;
    /**
     * Date of the dunning level (`dateDunningLevel`).
     *
     * @generated from field: google.type.Date dunning_level_date = 31;
     */
    dunningLevelDate?: Date;
    /**
     * Code of the parent customer (`parentCustomerCode`). It must exist.
     *
     * @generated from field: string parent_customer_code = 32;
     */
    parentCustomerCode: string;
    /**
     * Discount plans to apply to the billing account. At most 100.
     *
     * @generated from field: repeated enlist.v1.OpencellDiscountPlan discount_plans_for_instantiation = 33;
     */
    discountPlansForInstantiation: OpencellDiscountPlan[];
    /**
     * Codes of discount plans to end, 1 to 255 characters each. At most 100.
     *
     * @generated from field: repeated string discount_plans_for_termination = 34;
     */
    discountPlansForTermination: string[];
    /**
     * Payment terms of the billing account (`paymentTerms`), up to 255 characters.
     *
     * @generated from field: string payment_terms = 35;
     */
    paymentTerms: string;
    /**
     * Code of the tax category. Up to 255 characters.
     *
     * @generated from field: string tax_category_code = 36;
     */
    taxCategoryCode: string;
    /**
     * Code of the seller (`seller`), if `crm_parent_code` does not name it. Up to 255 characters.
     *
     * @generated from field: string seller_code = 37;
     */
    sellerCode: string;
    /**
     * Invoicing threshold of the customer.
     *
     * @generated from field: enlist.v1.OpencellThreshold customer_threshold = 38;
     */
    customerThreshold?: OpencellThreshold;
    /**
     * Invoicing threshold of the customer account.
     *
     * @generated from field: enlist.v1.OpencellThreshold customer_account_threshold = 39;
     */
    customerAccountThreshold?: OpencellThreshold;
    /**
     * Invoicing threshold of the billing account.
     *
     * @generated from field: enlist.v1.OpencellThreshold billing_account_threshold = 40;
     */
    billingAccountThreshold?: OpencellThreshold;
    /**
     * Minimum amounts to invoice, for each level.
     *
     * @generated from field: enlist.v1.OpencellMinimumAmounts minimum_amounts = 41;
     */
    minimumAmounts?: OpencellMinimumAmounts;
    /**
     * Bank account of the billing account. A direct debit in `payment_methods` does not need it.
     *
     * @generated from field: enlist.v1.OpencellBankCoordinates bank_coordinates = 42;
     */
    bankCoordinates?: OpencellBankCoordinates;
};
/**
 * Describes the message enlist.v1.OpencellOptions.
 * Use `create(OpencellOptionsSchema)` to create a new message.
 */
export declare const OpencellOptionsSchema: GenMessage<OpencellOptions>;
/**
 * OpencellThreshold is the amount below which Opencell creates no invoice.
 *
 * @generated from message enlist.v1.OpencellThreshold
 */
export type OpencellThreshold = Message<"enlist.v1.OpencellThreshold"> & {
    /**
     * The amount, in the customer's currency.
     *
     * @generated from field: optional double amount = 1;
     */
    amount?: number;
    /**
     * The amount that is compared with the threshold.
     *
     * @generated from field: enlist.v1.OpencellThresholdCheck check = 2;
     */
    check: OpencellThresholdCheck;
    /**
     * Whether each entity has its own threshold.
     *
     * @generated from field: optional bool per_entity = 3;
     */
    perEntity?: boolean;
};
/**
 * Describes the message enlist.v1.OpencellThreshold.
 * Use `create(OpencellThresholdSchema)` to create a new message.
 */
export declare const OpencellThresholdSchema: GenMessage<OpencellThreshold>;
/**
 * OpencellMinimumAmounts are the minimum amounts to invoice (`minimumAmountEl`).
 *
 * @generated from message enlist.v1.OpencellMinimumAmounts
 */
export type OpencellMinimumAmounts = Message<"enlist.v1.OpencellMinimumAmounts"> & {
    /**
     * For the customer.
     *
     * @generated from field: enlist.v1.OpencellMinimumAmount customer = 1;
     */
    customer?: OpencellMinimumAmount;
    /**
     * For the customer account.
     *
     * @generated from field: enlist.v1.OpencellMinimumAmount customer_account = 2;
     */
    customerAccount?: OpencellMinimumAmount;
    /**
     * For the billing account. It has no `target_account`.
     *
     * @generated from field: enlist.v1.OpencellMinimumAmount billing_account = 3;
     */
    billingAccount?: OpencellMinimumAmount;
    /**
     * For the user account. It has no `target_account`.
     *
     * @generated from field: enlist.v1.OpencellMinimumAmount user_account = 4;
     */
    userAccount?: OpencellMinimumAmount;
};
/**
 * Describes the message enlist.v1.OpencellMinimumAmounts.
 * Use `create(OpencellMinimumAmountsSchema)` to create a new message.
 */
export declare const OpencellMinimumAmountsSchema: GenMessage<OpencellMinimumAmounts>;
/**
 * OpencellMinimumAmount is the minimum amount to invoice at one level.
 *
 * @generated from message enlist.v1.OpencellMinimumAmount
 */
export type OpencellMinimumAmount = Message<"enlist.v1.OpencellMinimumAmount"> & {
    /**
     * The amount, as an expression of Opencell (EL). Up to 2,000 characters. Example: `#{10}`.
     *
     * @generated from field: string amount_el = 1;
     */
    amountEl: string;
    /**
     * The label of the invoice line, as an expression (EL). Up to 2,000 characters.
     *
     * @generated from field: string label_el = 2;
     */
    labelEl: string;
    /**
     * Code of the charge template. Up to 255 characters.
     *
     * @generated from field: string charge_template = 3;
     */
    chargeTemplate: string;
    /**
     * Code of the account that the line goes to. Up to 255 characters.
     *
     * @generated from field: string target_account = 4;
     */
    targetAccount: string;
};
/**
 * Describes the message enlist.v1.OpencellMinimumAmount.
 * Use `create(OpencellMinimumAmountSchema)` to create a new message.
 */
export declare const OpencellMinimumAmountSchema: GenMessage<OpencellMinimumAmount>;
/**
 * OpencellDiscountPlan is a discount plan of Opencell's catalogue to apply. Values here replace
 * those of the plan.
 *
 * @generated from message enlist.v1.OpencellDiscountPlan
 */
export type OpencellDiscountPlan = Message<"enlist.v1.OpencellDiscountPlan"> & {
    /**
     * Code of the plan, 1 to 255 characters.
     *
     * @generated from field: string code = 1;
     */
    code: string;
    /**
     * First day.
     *
     * @generated from field: google.type.Date start_date = 2;
     */
    startDate?: Date;
    /**
     * Last day.
     *
     * @generated from field: google.type.Date end_date = 3;
     */
    endDate?: Date;
    /**
     * Duration in units of `duration_unit`.
     *
     * @generated from field: optional int32 default_duration = 4;
     */
    defaultDuration?: number;
    /**
     * Unit of the duration.
     *
     * @generated from field: enlist.v1.OpencellDurationUnit duration_unit = 5;
     */
    durationUnit: OpencellDurationUnit;
    /**
     * Custom fields of the plan that is applied. At most 100.
     *
     * @generated from field: repeated enlist.v1.OpencellCustomField custom_fields = 6;
     */
    customFields: OpencellCustomField[];
};
/**
 * Describes the message enlist.v1.OpencellDiscountPlan.
 * Use `create(OpencellDiscountPlanSchema)` to create a new message.
 */
export declare const OpencellDiscountPlanSchema: GenMessage<OpencellDiscountPlan>;
/**
 * OpencellPaymentMethodDetails is one entry of Opencell's `methodOfPayment`.
 *
 * @generated from message enlist.v1.OpencellPaymentMethodDetails
 */
export type OpencellPaymentMethodDetails = Message<"enlist.v1.OpencellPaymentMethodDetails"> & {
    /**
     * The payment method.
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
     * The payment gateway's token of a card. Never the card number.
     *
     * @generated from field: string token_id = 7;
     */
    tokenId: string;
    /**
     * Number of a card, 12 to 19 digits. Required for a card. Never stored, never shown.
     *
     * @generated from field: string card_number = 8;
     */
    cardNumber: string;
    /**
     * Name of the card's owner. Required for a card. Up to 255 characters.
     *
     * @generated from field: string owner = 9;
     */
    owner: string;
    /**
     * Month in which the card expires, 1 to 12. Required for a card.
     *
     * @generated from field: optional int32 month_expiration = 10;
     */
    monthExpiration?: number;
    /**
     * Year in which the card expires, sent unchanged. Required for a card.
     *
     * @generated from field: optional int32 year_expiration = 11;
     */
    yearExpiration?: number;
    /**
     * Issue number of the card, up to 10 characters. Never stored, never shown.
     *
     * @generated from field: string issue_number = 12;
     */
    issueNumber: string;
    /**
     * Brand of the card.
     *
     * @generated from field: enlist.v1.OpencellCardType card_type = 13;
     */
    cardType: OpencellCardType;
    /**
     * Code of the customer account, if it is not the one of this request. Up to 255 characters.
     *
     * @generated from field: string customer_account_code = 14;
     */
    customerAccountCode: string;
    /**
     * Opencell's id of a payment method, for an update.
     *
     * @generated from field: optional int64 id = 15;
     */
    id?: bigint;
    /**
     * Whether the method is disabled.
     *
     * @generated from field: optional bool disabled = 16;
     */
    disabled?: boolean;
    /**
     * User at the payment service. Up to 255 characters.
     *
     * @generated from field: string user_id = 17;
     */
    userId: string;
    /**
     * Email address at the payment service. Up to 254 characters.
     *
     * @generated from field: string email = 18;
     */
    email: string;
    /**
     * First note of the operator. Up to 255 characters.
     *
     * @generated from field: string info1 = 19;
     */
    info1: string;
    /**
     * Second note.
     *
     * @generated from field: string info2 = 20;
     */
    info2: string;
    /**
     * Third note.
     *
     * @generated from field: string info3 = 21;
     */
    info3: string;
    /**
     * Fourth note.
     *
     * @generated from field: string info4 = 22;
     */
    info4: string;
    /**
     * Fifth note.
     *
     * @generated from field: string info5 = 23;
     */
    info5: string;
    /**
     * Code of the method's reference document. Up to 255 characters.
     *
     * @generated from field: string reference_document_code = 24;
     */
    referenceDocumentCode: string;
    /**
     * Payment means in the code list UNTDID 4461. Up to 255 characters. Example: `30`.
     *
     * @generated from field: string untdid_payment_means = 25;
     */
    untdidPaymentMeans: string;
    /**
     * Custom fields of the payment method. At most 100.
     *
     * @generated from field: repeated enlist.v1.OpencellCustomField custom_fields = 26;
     */
    customFields: OpencellCustomField[];
};
/**
 * Describes the message enlist.v1.OpencellPaymentMethodDetails.
 * Use `create(OpencellPaymentMethodDetailsSchema)` to create a new message.
 */
export declare const OpencellPaymentMethodDetailsSchema: GenMessage<OpencellPaymentMethodDetails>;
/**
 * OpencellBankCoordinates is a bank account.
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
    /**
     * Code of the bank, up to 255 characters.
     *
     * @generated from field: string bank_code = 5;
     */
    bankCode: string;
    /**
     * Code of the branch, up to 255 characters.
     *
     * @generated from field: string branch_code = 6;
     */
    branchCode: string;
    /**
     * National account number, up to 255 characters.
     *
     * @generated from field: string account_number = 7;
     */
    accountNumber: string;
    /**
     * Check digits of the national account number, up to 255 characters.
     *
     * @generated from field: string key = 8;
     */
    key: string;
    /**
     * Identifier of the bank, up to 255 characters.
     *
     * @generated from field: string bank_id = 9;
     */
    bankId: string;
    /**
     * Number of the issuer of direct debits, up to 255 characters.
     *
     * @generated from field: string issuer_number = 10;
     */
    issuerNumber: string;
    /**
     * Name of the issuer of direct debits, up to 255 characters.
     *
     * @generated from field: string issuer_name = 11;
     */
    issuerName: string;
    /**
     * SEPA creditor identifier (ICS), up to 255 characters.
     *
     * @generated from field: string ics = 12;
     */
    ics: string;
};
/**
 * Describes the message enlist.v1.OpencellBankCoordinates.
 * Use `create(OpencellBankCoordinatesSchema)` to create a new message.
 */
export declare const OpencellBankCoordinatesSchema: GenMessage<OpencellBankCoordinates>;
/**
 * OpencellCustomField is one custom field of an account, a payment method or a discount plan.
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
     * The value. Its type must be the one that Opencell declares for the field.
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
        /**
         * A list of values.
         *
         * @generated from field: enlist.v1.OpencellCustomFieldList list_value = 7;
         */
        value: OpencellCustomFieldList;
        case: "listValue";
    } | {
        /**
         * Values by key.
         *
         * @generated from field: enlist.v1.OpencellCustomFieldMap map_value = 8;
         */
        value: OpencellCustomFieldMap;
        case: "mapValue";
    } | {
        /**
         * Another entity of Opencell.
         *
         * @generated from field: enlist.v1.OpencellEntityReference entity_reference_value = 9;
         */
        value: OpencellEntityReference;
        case: "entityReferenceValue";
    } | {
        /**
         * A link.
         *
         * @generated from field: enlist.v1.OpencellUrlReference url_reference_value = 10;
         */
        value: OpencellUrlReference;
        case: "urlReferenceValue";
    } | {
        /**
         * Name of a file that Opencell holds. Up to 255 characters.
         *
         * @generated from field: string file_value = 11;
         */
        value: string;
        case: "fileValue";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * Day for which the value is valid, if the field has periods of a fixed length.
     *
     * @generated from field: google.type.Date value_date = 12;
     */
    valueDate?: Date;
    /**
     * First day of the value's period, if the caller chooses the period.
     *
     * @generated from field: google.type.Date value_period_start_date = 13;
     */
    valuePeriodStartDate?: Date;
    /**
     * End of the value's period, if the caller chooses the period.
     *
     * @generated from field: google.type.Date value_period_end_date = 14;
     */
    valuePeriodEndDate?: Date;
    /**
     * Priority among overlapping periods.
     *
     * @generated from field: optional int32 value_period_priority = 15;
     */
    valuePeriodPriority?: number;
};
/**
 * Describes the message enlist.v1.OpencellCustomField.
 * Use `create(OpencellCustomFieldSchema)` to create a new message.
 */
export declare const OpencellCustomFieldSchema: GenMessage<OpencellCustomField>;
/**
 * OpencellCustomFieldList is the value of a custom field that holds a list.
 *
 * @generated from message enlist.v1.OpencellCustomFieldList
 */
export type OpencellCustomFieldList = Message<"enlist.v1.OpencellCustomFieldList"> & {
    /**
     * The values, at most 1000. They replace the list in Opencell.
     *
     * @generated from field: repeated enlist.v1.OpencellCustomFieldValue items = 1;
     */
    items: OpencellCustomFieldValue[];
};
/**
 * Describes the message enlist.v1.OpencellCustomFieldList.
 * Use `create(OpencellCustomFieldListSchema)` to create a new message.
 */
export declare const OpencellCustomFieldListSchema: GenMessage<OpencellCustomFieldList>;
/**
 * OpencellCustomFieldMap is the value of a custom field that holds values by key.
 *
 * @generated from message enlist.v1.OpencellCustomFieldMap
 */
export type OpencellCustomFieldMap = Message<"enlist.v1.OpencellCustomFieldMap"> & {
    /**
     * The values by key, at most 1000. A key has 1 to 255 characters.
     *
     * @generated from field: map<string, enlist.v1.OpencellCustomFieldValue> entries = 1;
     */
    entries: {
        [key: string]: OpencellCustomFieldValue;
    };
};
/**
 * Describes the message enlist.v1.OpencellCustomFieldMap.
 * Use `create(OpencellCustomFieldMapSchema)` to create a new message.
 */
export declare const OpencellCustomFieldMapSchema: GenMessage<OpencellCustomFieldMap>;
/**
 * OpencellCustomFieldValue is one value of a list or a map.
 *
 * @generated from message enlist.v1.OpencellCustomFieldValue
 */
export type OpencellCustomFieldValue = Message<"enlist.v1.OpencellCustomFieldValue"> & {
    /**
     * The value. Its type must be the one that Opencell declares for the field.
     *
     * @generated from oneof enlist.v1.OpencellCustomFieldValue.value
     */
    value: {
        /**
         * A text value.
         *
         * @generated from field: string string_value = 1;
         */
        value: string;
        case: "stringValue";
    } | {
        /**
         * A whole number, from -9,007,199,254,740,991 to 9,007,199,254,740,991.
         *
         * @generated from field: int64 long_value = 2;
         */
        value: bigint;
        case: "longValue";
    } | {
        /**
         * A decimal number.
         *
         * @generated from field: double double_value = 3;
         */
        value: number;
        case: "doubleValue";
    } | {
        /**
         * True or false.
         *
         * @generated from field: bool boolean_value = 4;
         */
        value: boolean;
        case: "booleanValue";
    } | {
        case: undefined;
        value?: undefined;
    };
};
/**
 * Describes the message enlist.v1.OpencellCustomFieldValue.
 * Use `create(OpencellCustomFieldValueSchema)` to create a new message.
 */
export declare const OpencellCustomFieldValueSchema: GenMessage<OpencellCustomFieldValue>;
/**
 * OpencellEntityReference refers to another entity of Opencell.
 *
 * @generated from message enlist.v1.OpencellEntityReference
 */
export type OpencellEntityReference = Message<"enlist.v1.OpencellEntityReference"> & {
    /**
     * Java class of the entity, 1 to 255 characters. Example: `org.meveo.model.crm.Customer`.
     *
     * @generated from field: string classname = 1;
     */
    classname: string;
    /**
     * Code of the custom entity, if `classname` is the class of custom entities. Up to 255
     * characters.
     *
     * @generated from field: string classname_code = 2;
     */
    classnameCode: string;
    /**
     * Code of the entity, 1 to 255 characters.
     *
     * @generated from field: string code = 3;
     */
    code: string;
};
/**
 * Describes the message enlist.v1.OpencellEntityReference.
 * Use `create(OpencellEntityReferenceSchema)` to create a new message.
 */
export declare const OpencellEntityReferenceSchema: GenMessage<OpencellEntityReference>;
/**
 * OpencellUrlReference is a link.
 *
 * @generated from message enlist.v1.OpencellUrlReference
 */
export type OpencellUrlReference = Message<"enlist.v1.OpencellUrlReference"> & {
    /**
     * The address, 1 to 2,000 characters.
     *
     * @generated from field: string url = 1;
     */
    url: string;
    /**
     * The text. Up to 255 characters.
     *
     * @generated from field: string label = 2;
     */
    label: string;
};
/**
 * Describes the message enlist.v1.OpencellUrlReference.
 * Use `create(OpencellUrlReferenceSchema)` to create a new message.
 */
export declare const OpencellUrlReferenceSchema: GenMessage<OpencellUrlReference>;
/**
 * SellAndSignOptions are the parameters that only Sell&Sign takes.
 *
 * @generated from message enlist.v1.SellAndSignOptions
 */
export type SellAndSignOptions = Message<"enlist.v1.SellAndSignOptions"> & {
    /**
     * The caller's mnemonic code for the customer (`customer_code`), up to 255 characters. Default:
     * the customer's number.
     *
     * @generated from field: string customer_code = 1;
     */
    customerCode: string;
    /**
     * Form of address. It replaces the one that Enlist derives from `customer.name.title`.
     *
     * @generated from field: enlist.v1.SellAndSignCivility civility = 2;
     */
    civility: SellAndSignCivility;
    /**
     * Form of address in Sell&Sign's own text, if `civility` does not have it. Up to 50 letters, sent
     * unchanged. It replaces `civility` and `customer.name.title`. Example: `MAITRE`.
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
 * ValomniaOptions are the parameters that only Valomnia takes.
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
     * Id of the parent customer. Required if `is_sub_customer` is true. A number, or a reference with
     * `use_external_id`.
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
     * Id of the customer segmentation. A number, or a reference with `use_external_id`.
     *
     * @generated from field: string customer_segmentation_id = 7;
     */
    customerSegmentationId: string;
    /**
     * User whom Valomnia records as the customer's creator. A number, or a reference with
     * `use_external_id`.
     *
     * @generated from field: string user_id = 8;
     */
    userId: string;
    /**
     * Whether the shipping address is the billing address. Default: true if no shipping address is
     * set, otherwise false.
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
     * Number of days until an invoice is due. Required if `due_date_config_type` is set.
     *
     * @generated from field: optional int32 due_date_config_number = 11;
     */
    dueDateConfigNumber?: number;
    /**
     * The start of these days.
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
     * Ids of the payment types that the customer may use, at most 100. Numbers, or references with
     * `use_external_id`.
     *
     * @generated from field: repeated string payment_type_ids = 14;
     */
    paymentTypeIds: string[];
    /**
     * Numeric id of the region. Only if geographical locations are enabled.
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
     * Whether these ids are external ids (references). Valomnia's default: false.
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
 * ValomniaImage is a picture of a new Valomnia customer.
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
 * CaliqOptions are the parameters that only Caliq takes.
 *
 * @generated from message enlist.v1.CaliqOptions
 */
export type CaliqOptions = Message<"enlist.v1.CaliqOptions"> & {
    /**
     * Sales channel (`ChannelID`). Default: the provider's setting `channel_id`.
     *
     * @generated from field: optional int32 channel_id = 1;
     */
    channelId?: number;
    /**
     * Whether orders can be delivered to the address. Default: the provider's defaults, else true.
     *
     * @generated from field: optional bool allow_deliveries = 2;
     */
    allowDeliveries?: boolean;
    /**
     * Whether invoices can be sent to the address. Default: the provider's defaults, else true.
     *
     * @generated from field: optional bool allow_invoices = 3;
     */
    allowInvoices?: boolean;
    /**
     * Customer service level. 0 means Caliq's default, like an absent value.
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
 * AvvioOptions are the parameters that only Avvio/SHR takes.
 *
 * @generated from message enlist.v1.AvvioOptions
 */
export type AvvioOptions = Message<"enlist.v1.AvvioOptions"> & {
    /**
     * Internal id of the property in the booking engine. Default: the provider's setting `site_id`.
     *
     * @generated from field: optional int64 site_id = 1;
     */
    siteId?: bigint;
    /**
     * Password of the new account, 1 to 255 characters. Avvio requires it. Never stored, never shown.
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
 * OpencellThresholdCheck says which amount is compared with an invoicing threshold.
 *
 * @generated from enum enlist.v1.OpencellThresholdCheck
 */
export declare enum OpencellThresholdCheck {
    /**
     * Opencell's own default.
     *
     * @generated from enum value: OPENCELL_THRESHOLD_CHECK_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The amount before discounts.
     *
     * @generated from enum value: OPENCELL_THRESHOLD_CHECK_BEFORE_DISCOUNT = 1;
     */
    BEFORE_DISCOUNT = 1,
    /**
     * The amount after discounts.
     *
     * @generated from enum value: OPENCELL_THRESHOLD_CHECK_AFTER_DISCOUNT = 2;
     */
    AFTER_DISCOUNT = 2,
    /**
     * The sum of the positive rated transactions.
     *
     * @generated from enum value: OPENCELL_THRESHOLD_CHECK_POSITIVE_RT = 3;
     */
    POSITIVE_RT = 3,
    /**
     * The sum of the positive invoice lines.
     *
     * @generated from enum value: OPENCELL_THRESHOLD_CHECK_POSITIVE_IL = 4;
     */
    POSITIVE_IL = 4
}
/**
 * Describes the enum enlist.v1.OpencellThresholdCheck.
 */
export declare const OpencellThresholdCheckSchema: GenEnum<OpencellThresholdCheck>;
/**
 * OpencellDurationUnit is the unit of a discount plan's duration.
 *
 * @generated from enum enlist.v1.OpencellDurationUnit
 */
export declare enum OpencellDurationUnit {
    /**
     * As the plan says.
     *
     * @generated from enum value: OPENCELL_DURATION_UNIT_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Months.
     *
     * @generated from enum value: OPENCELL_DURATION_UNIT_MONTH = 1;
     */
    MONTH = 1,
    /**
     * Days.
     *
     * @generated from enum value: OPENCELL_DURATION_UNIT_DAY = 2;
     */
    DAY = 2,
    /**
     * Years.
     *
     * @generated from enum value: OPENCELL_DURATION_UNIT_YEAR = 3;
     */
    YEAR = 3
}
/**
 * Describes the enum enlist.v1.OpencellDurationUnit.
 */
export declare const OpencellDurationUnitSchema: GenEnum<OpencellDurationUnit>;
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
     * Direct debit. Takes its mandate in `mandate_identification` and `mandate_date`, or all its
     * details in `payment_methods`.
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
     * PayPal, before version 15. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_PAYPAL = 5;
     */
    PAYPAL = 5,
    /**
     * Stripe, before version 15. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_STRIPE = 6;
     */
    STRIPE = 6,
    /**
     * Cash. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_CASH = 7;
     */
    CASH = 7,
    /**
     * A payment link of PayPal, from version 15 on. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_PAYPALPAYMENTLINK = 8;
     */
    PAYPALPAYMENTLINK = 8,
    /**
     * A link to Stripe, from version 15 on. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_STRIPEDIRECTLINK = 9;
     */
    STRIPEDIRECTLINK = 9,
    /**
     * SIPS, from version 16 on. Takes its details in `payment_methods`.
     *
     * @generated from enum value: OPENCELL_PAYMENT_METHOD_SIPS = 10;
     */
    SIPS = 10
}
/**
 * Describes the enum enlist.v1.OpencellPaymentMethod.
 */
export declare const OpencellPaymentMethodSchema: GenEnum<OpencellPaymentMethod>;
/**
 * OpencellCardType is the brand of a payment card.
 *
 * @generated from enum enlist.v1.OpencellCardType
 */
export declare enum OpencellCardType {
    /**
     * Not set.
     *
     * @generated from enum value: OPENCELL_CARD_TYPE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Visa.
     *
     * @generated from enum value: OPENCELL_CARD_TYPE_VISA = 1;
     */
    VISA = 1,
    /**
     * Mastercard.
     *
     * @generated from enum value: OPENCELL_CARD_TYPE_MASTERCARD = 2;
     */
    MASTERCARD = 2,
    /**
     * American Express.
     *
     * @generated from enum value: OPENCELL_CARD_TYPE_AMERICAN_EXPRESS = 3;
     */
    AMERICAN_EXPRESS = 3,
    /**
     * Carte Bancaire.
     *
     * @generated from enum value: OPENCELL_CARD_TYPE_CB = 4;
     */
    CB = 4
}
/**
 * Describes the enum enlist.v1.OpencellCardType.
 */
export declare const OpencellCardTypeSchema: GenEnum<OpencellCardType>;
/**
 * SellAndSignCivility is Sell&Sign's form of address.
 *
 * @generated from enum enlist.v1.SellAndSignCivility
 */
export declare enum SellAndSignCivility {
    /**
     * Derived from `customer.name.title`.
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
 * ValomniaDueDateConfigType is the start of the days until an invoice is due.
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
