import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/provider_service.proto.
 */
export declare const file_enlist_v1_provider_service: GenFile;
/**
 * ListProvidersRequest lists a page of providers.
 *
 * @generated from message enlist.v1.ListProvidersRequest
 */
export type ListProvidersRequest = Message<"enlist.v1.ListProvidersRequest"> & {
    /**
     * The maximum number of providers to return. Default: 100. Enlist reduces a value above 1000 to
     * 1000 (AIP-158). This is the one kind of value that it changes without naming it in the
     * response.
     *
     * @generated from field: int32 page_size = 1;
     */
    pageSize: number;
    /**
     * `next_page_token` of the previous page. Up to 1,024 characters.
     *
     * @generated from field: string page_token = 2;
     */
    pageToken: string;
};
/**
 * Describes the message enlist.v1.ListProvidersRequest.
 * Use `create(ListProvidersRequestSchema)` to create a new message.
 */
export declare const ListProvidersRequestSchema: GenMessage<ListProvidersRequest>;
/**
 * ListProvidersResponse is a page of providers.
 *
 * @generated from message enlist.v1.ListProvidersResponse
 */
export type ListProvidersResponse = Message<"enlist.v1.ListProvidersResponse"> & {
    /**
     * The providers, by name.
     *
     * @generated from field: repeated enlist.v1.Provider providers = 1;
     */
    providers: Provider[];
    /**
     * Token of the next page. Empty on the last page.
     *
     * @generated from field: string next_page_token = 2;
     */
    nextPageToken: string;
};
/**
 * Describes the message enlist.v1.ListProvidersResponse.
 * Use `create(ListProvidersResponseSchema)` to create a new message.
 */
export declare const ListProvidersResponseSchema: GenMessage<ListProvidersResponse>;
/**
 * GetProviderRequest reads one provider.
 *
 * @generated from message enlist.v1.GetProviderRequest
 */
export type GetProviderRequest = Message<"enlist.v1.GetProviderRequest"> & {
    /**
     * Name of a configured provider. Example: `opencell`.
     *
     * @generated from field: string provider = 1;
     */
    provider: string;
};
/**
 * Describes the message enlist.v1.GetProviderRequest.
 * Use `create(GetProviderRequestSchema)` to create a new message.
 */
export declare const GetProviderRequestSchema: GenMessage<GetProviderRequest>;
/**
 * GetProviderResponse is one provider.
 *
 * @generated from message enlist.v1.GetProviderResponse
 */
export type GetProviderResponse = Message<"enlist.v1.GetProviderResponse"> & {
    /**
     * The provider.
     *
     * @generated from field: enlist.v1.Provider provider = 1;
     */
    provider?: Provider;
};
/**
 * Describes the message enlist.v1.GetProviderResponse.
 * Use `create(GetProviderResponseSchema)` to create a new message.
 */
export declare const GetProviderResponseSchema: GenMessage<GetProviderResponse>;
/**
 * Provider is a configured connection to a vendor's system.
 *
 * @generated from message enlist.v1.Provider
 */
export type Provider = Message<"enlist.v1.Provider"> & {
    /**
     * Name of the provider. Example: `opencell`.
     *
     * @generated from field: string name = 1;
     */
    name: string;
    /**
     * The vendor of the system.
     *
     * @generated from field: enlist.v1.Vendor vendor = 2;
     */
    vendor: Vendor;
    /**
     * The RPCs of CustomerService, and whether this provider supports each.
     *
     * @generated from field: repeated enlist.v1.RpcSupport rpcs = 3;
     */
    rpcs: RpcSupport[];
    /**
     * The fields of a create request that this provider supports.
     *
     * @generated from field: repeated enlist.v1.FieldSupport fields = 4;
     */
    fields: FieldSupport[];
    /**
     * How this provider prevents that a customer is created twice.
     *
     * @generated from field: enlist.v1.DuplicateSafety duplicate_safety = 5;
     */
    duplicateSafety?: DuplicateSafety;
    /**
     * The health of the connection.
     *
     * @generated from field: enlist.v1.ProviderHealth health = 6;
     */
    health?: ProviderHealth;
};
/**
 * Describes the message enlist.v1.Provider.
 * Use `create(ProviderSchema)` to create a new message.
 */
export declare const ProviderSchema: GenMessage<Provider>;
/**
 * RpcSupport says whether a provider supports an RPC.
 *
 * @generated from message enlist.v1.RpcSupport
 */
export type RpcSupport = Message<"enlist.v1.RpcSupport"> & {
    /**
     * Name of the RPC. Example: `ListContractors`.
     *
     * @generated from field: string rpc = 1;
     */
    rpc: string;
    /**
     * Whether it is supported.
     *
     * @generated from field: bool supported = 2;
     */
    supported: boolean;
    /**
     * Why the RPC is not supported, or what to know about it.
     *
     * @generated from field: string reason = 3;
     */
    reason: string;
};
/**
 * Describes the message enlist.v1.RpcSupport.
 * Use `create(RpcSupportSchema)` to create a new message.
 */
export declare const RpcSupportSchema: GenMessage<RpcSupport>;
/**
 * FieldSupport describes one canonical field that a provider supports, and the vendor's field that
 * it fills.
 *
 * @generated from message enlist.v1.FieldSupport
 */
export type FieldSupport = Message<"enlist.v1.FieldSupport"> & {
    /**
     * Proto path from CreateCustomerRequest. Example: `customer.name.family_name`.
     *
     * @generated from field: string path = 1;
     */
    path: string;
    /**
     * The vendor's name of the field. Example: `name.lastName`.
     *
     * @generated from field: string wire_field = 2;
     */
    wireField: string;
    /**
     * Whether the vendor requires it. A setting or another path can fill it, too.
     *
     * @generated from field: bool required = 3;
     */
    required: boolean;
    /**
     * Minimum number of characters. Absent without such a limit.
     *
     * @generated from field: optional uint32 min_length = 4;
     */
    minLength?: number;
    /**
     * Maximum number of characters. Absent without such a limit.
     *
     * @generated from field: optional uint32 max_length = 5;
     */
    maxLength?: number;
    /**
     * Regular expression (RE2) that the vendor's value must match. Empty without such a rule.
     *
     * @generated from field: string pattern = 6;
     */
    pattern: string;
    /**
     * How Enlist transforms the value for the vendor. Empty if it sends the value unchanged. Example:
     * `ISO_3166_ALPHA_3`.
     *
     * @generated from field: string transformation = 7;
     */
    transformation: string;
    /**
     * Paths that Enlist uses, in this order, if `path` is not set.
     *
     * @generated from field: repeated string fallback_paths = 8;
     */
    fallbackPaths: string[];
    /**
     * Setting of the provider that Enlist uses if no path is set. Example: `seller_code`.
     *
     * @generated from field: string setting = 9;
     */
    setting: string;
    /**
     * More about the field.
     *
     * @generated from field: string note = 10;
     */
    note: string;
};
/**
 * Describes the message enlist.v1.FieldSupport.
 * Use `create(FieldSupportSchema)` to create a new message.
 */
export declare const FieldSupportSchema: GenMessage<FieldSupport>;
/**
 * DuplicateSafety says how a provider prevents that a customer is created twice.
 *
 * @generated from message enlist.v1.DuplicateSafety
 */
export type DuplicateSafety = Message<"enlist.v1.DuplicateSafety"> & {
    /**
     * The class.
     *
     * @generated from field: enlist.v1.DuplicateSafetyClass class = 1;
     */
    class: DuplicateSafetyClass;
    /**
     * The reason for the class, in a sentence.
     *
     * @generated from field: string explanation = 2;
     */
    explanation: string;
};
/**
 * Describes the message enlist.v1.DuplicateSafety.
 * Use `create(DuplicateSafetySchema)` to create a new message.
 */
export declare const DuplicateSafetySchema: GenMessage<DuplicateSafety>;
/**
 * ProviderHealth is the health of a connection, as this process has seen it since its start.
 *
 * @generated from message enlist.v1.ProviderHealth
 */
export type ProviderHealth = Message<"enlist.v1.ProviderHealth"> & {
    /**
     * When the vendor itself last responded to a request, even with a refusal. Absent if it never
     * has.
     *
     * @generated from field: google.protobuf.Timestamp last_success_time = 1;
     */
    lastSuccessTime?: Timestamp;
    /**
     * When a request to the vendor last failed. Absent if none has. A request that the caller
     * canceled, or that waited for a limit of this connection, is not a failure.
     *
     * @generated from field: google.protobuf.Timestamp last_failure_time = 2;
     */
    lastFailureTime?: Timestamp;
    /**
     * Reason of the last failure, a value of ErrorReason. Example: `VENDOR_UNAVAILABLE`.
     *
     * @generated from field: string last_failure_reason = 3;
     */
    lastFailureReason: string;
    /**
     * Number of requests to the vendor in progress.
     *
     * @generated from field: int32 in_flight = 4;
     */
    inFlight: number;
    /**
     * State of the circuit breaker. BREAKER_STATE_UNSPECIFIED without a breaker.
     *
     * @generated from field: enlist.v1.BreakerState breaker = 5;
     */
    breaker: BreakerState;
    /**
     * State of the credentials.
     *
     * @generated from field: enlist.v1.CredentialState credentials = 6;
     */
    credentials: CredentialState;
    /**
     * How long Enlist uses the current credential (token, session) before it fetches a new one.
     * Absent without a credential, if it does not expire, or if the vendor does not say.
     *
     * @generated from field: google.protobuf.Duration credential_lifetime = 7;
     */
    credentialLifetime?: Duration;
};
/**
 * Describes the message enlist.v1.ProviderHealth.
 * Use `create(ProviderHealthSchema)` to create a new message.
 */
export declare const ProviderHealthSchema: GenMessage<ProviderHealth>;
/**
 * Vendor is the maker of a system in which customers are created.
 *
 * @generated from enum enlist.v1.Vendor
 */
export declare enum Vendor {
    /**
     * Not set.
     *
     * @generated from enum value: VENDOR_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Opencell, billing.
     *
     * @generated from enum value: VENDOR_OPENCELL = 1;
     */
    OPENCELL = 1,
    /**
     * Sell&Sign, electronic signature.
     *
     * @generated from enum value: VENDOR_SELL_AND_SIGN = 2;
     */
    SELL_AND_SIGN = 2,
    /**
     * Valomnia, field sales.
     *
     * @generated from enum value: VENDOR_VALOMNIA = 3;
     */
    VALOMNIA = 3,
    /**
     * Caliq, order management.
     *
     * @generated from enum value: VENDOR_CALIQ = 4;
     */
    CALIQ = 4,
    /**
     * Avvio/SHR, hotel booking engine.
     *
     * @generated from enum value: VENDOR_AVVIO = 5;
     */
    AVVIO = 5
}
/**
 * Describes the enum enlist.v1.Vendor.
 */
export declare const VendorSchema: GenEnum<Vendor>;
/**
 * DuplicateSafetyClass is how Enlist can resolve a creation whose outcome is unknown.
 *
 * @generated from enum enlist.v1.DuplicateSafetyClass
 */
export declare enum DuplicateSafetyClass {
    /**
     * Not set.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor refuses or merges a second customer with the caller's key.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY = 1;
     */
    ENFORCED_BY_KEY = 1,
    /**
     * The vendor enforces nothing, but Enlist can look a customer up by the caller's key.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY = 2;
     */
    VERIFIABLE_BY_KEY = 2,
    /**
     * Enlist can only look for customers that match in email, name and time.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH = 3;
     */
    VERIFIABLE_BY_MATCH = 3,
    /**
     * The vendor offers no look-up.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_NONE = 4;
     */
    NONE = 4
}
/**
 * Describes the enum enlist.v1.DuplicateSafetyClass.
 */
export declare const DuplicateSafetyClassSchema: GenEnum<DuplicateSafetyClass>;
/**
 * BreakerState is the state of a circuit breaker.
 *
 * @generated from enum enlist.v1.BreakerState
 */
export declare enum BreakerState {
    /**
     * Not set, or no breaker.
     *
     * @generated from enum value: BREAKER_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Enlist sends requests.
     *
     * @generated from enum value: BREAKER_STATE_CLOSED = 1;
     */
    CLOSED = 1,
    /**
     * Enlist refuses requests at once.
     *
     * @generated from enum value: BREAKER_STATE_OPEN = 2;
     */
    OPEN = 2,
    /**
     * Enlist sends a few requests to test the vendor.
     *
     * @generated from enum value: BREAKER_STATE_HALF_OPEN = 3;
     */
    HALF_OPEN = 3
}
/**
 * Describes the enum enlist.v1.BreakerState.
 */
export declare const BreakerStateSchema: GenEnum<BreakerState>;
/**
 * CredentialState is the state of a provider's credentials.
 *
 * @generated from enum enlist.v1.CredentialState
 */
export declare enum CredentialState {
    /**
     * Not set, or not used yet.
     *
     * @generated from enum value: CREDENTIAL_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor accepted them at their last use.
     *
     * @generated from enum value: CREDENTIAL_STATE_ACCEPTED = 1;
     */
    ACCEPTED = 1,
    /**
     * The vendor rejected them at their last use.
     *
     * @generated from enum value: CREDENTIAL_STATE_REJECTED = 2;
     */
    REJECTED = 2
}
/**
 * Describes the enum enlist.v1.CredentialState.
 */
export declare const CredentialStateSchema: GenEnum<CredentialState>;
/**
 * ProviderService lists the configured providers and what each supports.
 *
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR. If the server
 * authenticates callers, any call can also end with CREDENTIALS_MISSING, CREDENTIALS_INVALID,
 * NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
 *
 * @generated from service enlist.v1.ProviderService
 */
export declare const ProviderService: GenService<{
    /**
     * ListProviders lists the configured providers by name.
     *
     * Errors, by reason: INVALID_FIELD.
     *
     * @generated from rpc enlist.v1.ProviderService.ListProviders
     */
    listProviders: {
        methodKind: "unary";
        input: typeof ListProvidersRequestSchema;
        output: typeof ListProvidersResponseSchema;
    };
    /**
     * GetProvider describes one configured provider.
     *
     * Errors, by reason: INVALID_FIELD, PROVIDER_NOT_CONFIGURED.
     *
     * @generated from rpc enlist.v1.ProviderService.GetProvider
     */
    getProvider: {
        methodKind: "unary";
        input: typeof GetProviderRequestSchema;
        output: typeof GetProviderResponseSchema;
    };
}>;
