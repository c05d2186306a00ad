import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Date } from "../../google/type/date_pb.js";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/customer.proto.
 */
export declare const file_enlist_v1_customer: GenFile;
/**
 * Customer is a person or a company. Every provider uses this one vocabulary.
 *
 * A customer needs a name: `name.family_name`, `display_name` or `organization.name`.
 * ProviderService.GetProvider lists which fields a provider requires, supports, or does not
 * support.
 *
 * @generated from message enlist.v1.Customer
 */
export type Customer = Message<"enlist.v1.Customer"> & {
    /**
     * The key of the customer at the provider: Opencell's `code`, Sell&Sign's `number`, Valomnia's
     * `reference`, Caliq's `AccountNo`. The caller chooses it if the vendor allows that. Otherwise
     * the vendor does (Avvio's `accountID`). Up to 255 characters, not only blanks, without control
     * characters and invisible characters (Unicode category Cf, U+2028, U+2029). If the vendor
     * requires a key and `id` is empty, Enlist uses the request_id, and the response says so.
     * Example: `CLASSIC-C00`.
     *
     * @generated from field: string id = 1;
     */
    id: string;
    /**
     * The person's name. For a company, the name of its contact.
     *
     * @generated from field: enlist.v1.PersonName name = 2;
     */
    name?: PersonName;
    /**
     * The name to show for this customer, up to 255 characters, not only blanks. Example: `John
     * Smith` or `Marie's Jewelry`.
     *
     * @generated from field: string display_name = 3;
     */
    displayName: string;
    /**
     * The company. Set it if the customer is a company.
     *
     * @generated from field: enlist.v1.Organization organization = 4;
     */
    organization?: Organization;
    /**
     * The person's position, up to 255 characters. Example: `CMO`.
     *
     * @generated from field: string job_title = 5;
     */
    jobTitle: string;
    /**
     * One email address without a display name (RFC 5322 addr-spec), up to 254 characters, without
     * invisible characters (Unicode category Cf, U+2028, U+2029). Enlist sends a domain with
     * non-ASCII letters in its A-label form, and `fields` of the response says so:
     * `jo@müller.example` becomes `jo@xn--mller-kva.example`. The part before the @ is sent
     * unchanged. Example: `qa@example.com`.
     *
     * @generated from field: string email = 6;
     */
    email: string;
    /**
     * Landline number, 3 to 40 characters: digits, an optional leading `+`, and the separators space
     * ( ) . / -. E.164 is best. An extension of 1 to 15 digits may follow, as RFC 3966 writes it:
     * `+44 20 7946 0018;ext=12`. Enlist sends it in that form, because no vendor documents a form of
     * its own.
     *
     * @generated from field: string phone = 7;
     */
    phone: string;
    /**
     * Mobile number, in the format of `phone`. Sell&Sign sends codes to this number and refuses one
     * with an extension.
     *
     * @generated from field: string mobile = 8;
     */
    mobile: string;
    /**
     * Fax number, in the format of `phone`.
     *
     * @generated from field: string fax = 9;
     */
    fax: string;
    /**
     * Web site, up to 255 characters. Example: `https://example.com`.
     *
     * @generated from field: string website = 10;
     */
    website: string;
    /**
     * The address for invoices. It is the customer's main address.
     *
     * @generated from field: enlist.v1.Address billing_address = 11;
     */
    billingAddress?: Address;
    /**
     * The address for deliveries, if it differs from the billing address.
     *
     * @generated from field: enlist.v1.Address shipping_address = 12;
     */
    shippingAddress?: Address;
    /**
     * Language as a BCP-47 tag, up to 35 characters. Example: `fr`, `en-GB`.
     *
     * @generated from field: string language_code = 13;
     */
    languageCode: string;
    /**
     * Currency as an ISO 4217 code, three capital letters. All codes of list one are valid, including
     * fund codes and precious metals. Withdrawn codes (`DEM`) are refused. Example: `EUR`.
     *
     * @generated from field: string currency_code = 14;
     */
    currencyCode: string;
    /**
     * Date of birth: year, month and day. It must not be in the future.
     *
     * @generated from field: google.type.Date birth_date = 15;
     */
    birthDate?: Date;
    /**
     * Place of birth, up to 255 characters. Example: `Lyon`.
     *
     * @generated from field: string birth_place = 16;
     */
    birthPlace: string;
    /**
     * The customer's category, in the words of the provider's system, up to 255 characters. Example:
     * `CLIENT`.
     *
     * @generated from field: string category = 17;
     */
    category: string;
    /**
     * Free text about the customer, up to 4,000 characters on one or more lines.
     *
     * @generated from field: string comment = 18;
     */
    comment: string;
    /**
     * Free fields by name: Opencell's custom fields, Sell&Sign's properties. Up to 100, with names of
     * 1 to 255 characters and values of up to 4,000. The provider's system must already define the
     * names.
     *
     * @generated from field: map<string, string> properties = 19;
     */
    properties: {
        [key: string]: string;
    };
    /**
     * The vendor's ids of what was created, by name: `account_id`, `address_id`, `contact_id`,
     * `actor_id`, …
     *
     * @generated from field: map<string, string> vendor_ids = 20;
     */
    vendorIds: {
        [key: string]: string;
    };
    /**
     * When the customer was created at the vendor, if the vendor says.
     *
     * @generated from field: google.protobuf.Timestamp create_time = 21;
     */
    createTime?: Timestamp;
    /**
     * When the customer last changed at the vendor, if the vendor says.
     *
     * @generated from field: google.protobuf.Timestamp update_time = 22;
     */
    updateTime?: Timestamp;
    /**
     * Where these values come from: the vendor's record, or what Enlist last wrote.
     *
     * @generated from field: enlist.v1.RecordSource source = 23;
     */
    source: RecordSource;
};
/**
 * Describes the message enlist.v1.Customer.
 * Use `create(CustomerSchema)` to create a new message.
 */
export declare const CustomerSchema: GenMessage<Customer>;
/**
 * PersonName is a person's name.
 *
 * @generated from message enlist.v1.PersonName
 */
export type PersonName = Message<"enlist.v1.PersonName"> & {
    /**
     * Form of address, up to 20 characters. Example: `Mr`, `Madame`.
     *
     * @generated from field: string title = 1;
     */
    title: string;
    /**
     * Given (first) name, up to 255 characters, not only blanks. Example: `John`.
     *
     * @generated from field: string given_name = 2;
     */
    givenName: string;
    /**
     * Family (last) name, 1 to 255 characters, not only blanks. Required if a name is set. Example:
     * `Smith`.
     *
     * @generated from field: string family_name = 3;
     */
    familyName: string;
};
/**
 * Describes the message enlist.v1.PersonName.
 * Use `create(PersonNameSchema)` to create a new message.
 */
export declare const PersonNameSchema: GenMessage<PersonName>;
/**
 * Organization is the company that is the customer, or that the customer belongs to.
 *
 * @generated from message enlist.v1.Organization
 */
export type Organization = Message<"enlist.v1.Organization"> & {
    /**
     * Registered or trading name, up to 255 characters, not only blanks. Example: `SHR`.
     *
     * @generated from field: string name = 1;
     */
    name: string;
    /**
     * Number in the register of companies, up to 100 characters. Example: `12354678901234`.
     *
     * @generated from field: string registration_number = 2;
     */
    registrationNumber: string;
    /**
     * VAT or tax number, up to 100 characters. Example: `FR12345678901`.
     *
     * @generated from field: string vat_number = 3;
     */
    vatNumber: string;
    /**
     * Economic Operators Registration and Identification number, up to 20 characters. Example:
     * `FR12345678900011`.
     *
     * @generated from field: string eori = 4;
     */
    eori: string;
};
/**
 * Describes the message enlist.v1.Organization.
 * Use `create(OrganizationSchema)` to create a new message.
 */
export declare const OrganizationSchema: GenMessage<Organization>;
/**
 * Address is a postal address.
 *
 * @generated from message enlist.v1.Address
 */
export type Address = Message<"enlist.v1.Address"> & {
    /**
     * Street lines in order, up to 5, each with up to 255 characters. Example: `["673 Eugene
     * Points"]`.
     *
     * @generated from field: repeated string lines = 1;
     */
    lines: string[];
    /**
     * Town or city, up to 100 characters. Example: `Nice`.
     *
     * @generated from field: string city = 2;
     */
    city: string;
    /**
     * Postal code, up to 20 characters. Example: `V94 AW2X`.
     *
     * @generated from field: string postal_code = 3;
     */
    postalCode: string;
    /**
     * State, province or county, up to 100 characters. Example: `Co. Limerick`.
     *
     * @generated from field: string region = 4;
     */
    region: string;
    /**
     * Country as an ISO 3166-1 alpha-2 code, two capital letters. It must be officially assigned, or
     * `XK` for Kosovo. Reserved codes (`UK`, `EU`, `IC`) are refused. Example: `FR`.
     *
     * @generated from field: string country_code = 5;
     */
    countryCode: string;
    /**
     * Latitude in degrees, WGS 84, from -90 (south) to 90.
     *
     * @generated from field: optional double latitude = 6;
     */
    latitude?: number;
    /**
     * Longitude in degrees, WGS 84, from -180 (west) to 180.
     *
     * @generated from field: optional double longitude = 7;
     */
    longitude?: number;
};
/**
 * Describes the message enlist.v1.Address.
 * Use `create(AddressSchema)` to create a new message.
 */
export declare const AddressSchema: GenMessage<Address>;
/**
 * Contractor is a person who signs for a customer (Sell&Sign's contractor, or signatory).
 *
 * @generated from message enlist.v1.Contractor
 */
export type Contractor = Message<"enlist.v1.Contractor"> & {
    /**
     * The vendor's id of the contractor. Example: `4711`.
     *
     * @generated from field: string id = 1;
     */
    id: string;
    /**
     * The customer for whom this person signs. Example: `AM201603021055`.
     *
     * @generated from field: string customer_id = 2;
     */
    customerId: string;
    /**
     * The person's name.
     *
     * @generated from field: enlist.v1.PersonName name = 3;
     */
    name?: PersonName;
    /**
     * Email address.
     *
     * @generated from field: string email = 4;
     */
    email: string;
    /**
     * Landline number, as the vendor has it.
     *
     * @generated from field: string phone = 5;
     */
    phone: string;
    /**
     * Mobile number, as the vendor has it. Signature codes go to this number.
     *
     * @generated from field: string mobile = 6;
     */
    mobile: string;
    /**
     * Company the person works for.
     *
     * @generated from field: string organization_name = 7;
     */
    organizationName: string;
    /**
     * The person's position.
     *
     * @generated from field: string job_title = 8;
     */
    jobTitle: string;
    /**
     * Postal address.
     *
     * @generated from field: enlist.v1.Address address = 9;
     */
    address?: Address;
    /**
     * Date of birth. Absent if the vendor has none.
     *
     * @generated from field: google.type.Date birth_date = 10;
     */
    birthDate?: Date;
    /**
     * Place of birth.
     *
     * @generated from field: string birth_place = 11;
     */
    birthPlace: string;
    /**
     * Language as a BCP-47 tag. Example: `fr-FR`.
     *
     * @generated from field: string language_code = 12;
     */
    languageCode: string;
    /**
     * Whether this is the customer's default signatory.
     *
     * @generated from field: bool is_default = 13;
     */
    isDefault: boolean;
    /**
     * Number of the person's company in the register of companies.
     *
     * @generated from field: string registration_number = 14;
     */
    registrationNumber: string;
    /**
     * Category of the contractor, in the vendor's words.
     *
     * @generated from field: string category = 15;
     */
    category: string;
};
/**
 * Describes the message enlist.v1.Contractor.
 * Use `create(ContractorSchema)` to create a new message.
 */
export declare const ContractorSchema: GenMessage<Contractor>;
/**
 * RecordSource says where a customer's values come from.
 *
 * @generated from enum enlist.v1.RecordSource
 */
export declare enum RecordSource {
    /**
     * Not set.
     *
     * @generated from enum value: RECORD_SOURCE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor: read from its record just now, or from its response.
     *
     * @generated from enum value: RECORD_SOURCE_VENDOR = 1;
     */
    VENDOR = 1,
    /**
     * Enlist's journal: the values that Enlist last wrote. The vendor offers no way to read them, or
     * Enlist did not read them.
     *
     * @generated from enum value: RECORD_SOURCE_JOURNAL = 2;
     */
    JOURNAL = 2
}
/**
 * Describes the enum enlist.v1.RecordSource.
 */
export declare const RecordSourceSchema: GenEnum<RecordSource>;
