import type { GenEnum, GenFile, GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file enlist/v1/provider_service.proto.
 */
export declare const file_enlist_v1_provider_service: GenFile;
/**
 * ListProvidersRequest asks for a page of providers.
 *
 * @generated from message enlist.v1.ListProvidersRequest
 */
export type ListProvidersRequest = Message<"enlist.v1.ListProvidersRequest"> & {
    /**
     * The most elements to return, from 1. 0 means 100. More than 1000 means 1000 (AIP-158): the one
     * value that Enlist changes without naming it in the response.
     *
     * @generated from field: int32 page_size = 1;
     */
    pageSize: number;
    /**
     * `next_page_token` of the page before; up to 1,024 characters.
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
     * Token of the next page; empty when this is the last.
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
 * GetProviderRequest asks for one provider.
 *
 * @generated from message enlist.v1.GetProviderRequest
 */
export type GetProviderRequest = Message<"enlist.v1.GetProviderRequest"> & {
    /**
     * Name of a configured connection. Example: `opencell`.
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
     * Name of the connection. Example: `opencell`.
     *
     * @generated from field: string name = 1;
     */
    name: string;
    /**
     * The vendor whose system it is.
     *
     * @generated from field: enlist.v1.Vendor vendor = 2;
     */
    vendor: Vendor;
    /**
     * Each RPC of CustomerService, whether this provider supports it, and why not.
     *
     * @generated from field: repeated enlist.v1.RpcSupport rpcs = 3;
     */
    rpcs: RpcSupport[];
    /**
     * Every field of a create that this provider takes.
     *
     * @generated from field: repeated enlist.v1.FieldSupport fields = 4;
     */
    fields: FieldSupport[];
    /**
     * How far a second create of the same customer is prevented.
     *
     * @generated from field: enlist.v1.DuplicateSafety duplicate_safety = 5;
     */
    duplicateSafety?: DuplicateSafety;
    /**
     * How the connection fares now.
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
     * Why it is not, or what to know about it.
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
 * FieldSupport describes one canonical field that a provider takes, in one of the vendor's fields.
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
     * Whether the vendor requires it. Where a setting or another path can fill it, that is enough.
     *
     * @generated from field: bool required = 3;
     */
    required: boolean;
    /**
     * Least number of characters; absent when there is no such limit.
     *
     * @generated from field: optional uint32 min_length = 4;
     */
    minLength?: number;
    /**
     * Greatest number of characters; absent when there is no such limit.
     *
     * @generated from field: optional uint32 max_length = 5;
     */
    maxLength?: number;
    /**
     * Regular expression (RE2) that the vendor's value must match; empty when there is none.
     *
     * @generated from field: string pattern = 6;
     */
    pattern: string;
    /**
     * How the value is rewritten for the vendor; empty when it is sent as it came. Example: `ISO_3166_ALPHA_3`.
     *
     * @generated from field: string transformation = 7;
     */
    transformation: string;
    /**
     * Paths that are used, in this order, when `path` is not set.
     *
     * @generated from field: repeated string fallback_paths = 8;
     */
    fallbackPaths: string[];
    /**
     * Setting of the connection that is used when no path is set. Example: `seller_code`.
     *
     * @generated from field: string setting = 9;
     */
    setting: string;
    /**
     * What else to know.
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
 * DuplicateSafety says how far a provider prevents a second create of the same customer.
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
     * What it rests on, in a sentence.
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
 * ProviderHealth is how a connection fares, as far as the process that answers has seen since its start.
 *
 * @generated from message enlist.v1.ProviderHealth
 */
export type ProviderHealth = Message<"enlist.v1.ProviderHealth"> & {
    /**
     * When a call to the vendor last succeeded: when its own words came back, be it that it refused one customer. Absent when none has.
     *
     * @generated from field: google.protobuf.Timestamp last_success_time = 1;
     */
    lastSuccessTime?: Timestamp;
    /**
     * When a call to the vendor last failed; absent when none has. A caller that gives up and a call that this connection's limits held
     * back are no failures of the vendor.
     *
     * @generated from field: google.protobuf.Timestamp last_failure_time = 2;
     */
    lastFailureTime?: Timestamp;
    /**
     * Reason of the last failure, an ErrorReason. Example: `VENDOR_UNAVAILABLE`.
     *
     * @generated from field: string last_failure_reason = 3;
     */
    lastFailureReason: string;
    /**
     * Calls to the vendor that are under way.
     *
     * @generated from field: int32 in_flight = 4;
     */
    inFlight: number;
    /**
     * State of the circuit breaker; BREAKER_STATE_UNSPECIFIED when there is none.
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
     * How long the present credential (token, session) will be used before a new one is fetched; absent when there is none, when it does not
     * expire, or when the vendor does not tell.
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
 * Vendor is a maker of systems that customers are signed up in.
 *
 * @generated from enum enlist.v1.Vendor
 */
export declare enum Vendor {
    /**
     * Not stated.
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
 * DuplicateSafetyClass is what can be done about a create whose outcome is unknown.
 *
 * @generated from enum enlist.v1.DuplicateSafetyClass
 */
export declare enum DuplicateSafetyClass {
    /**
     * Not stated.
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
     * Not enforced, but the vendor can be asked by the caller's key.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY = 2;
     */
    VERIFIABLE_BY_KEY = 2,
    /**
     * The vendor can only be asked for a match on email, name and time.
     *
     * @generated from enum value: DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH = 3;
     */
    VERIFIABLE_BY_MATCH = 3,
    /**
     * The vendor cannot be asked.
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
     * Not stated, or no breaker.
     *
     * @generated from enum value: BREAKER_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * Calls pass.
     *
     * @generated from enum value: BREAKER_STATE_CLOSED = 1;
     */
    CLOSED = 1,
    /**
     * Calls are refused at once.
     *
     * @generated from enum value: BREAKER_STATE_OPEN = 2;
     */
    OPEN = 2,
    /**
     * A few calls pass to try.
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
 * CredentialState is the state of a connection's credentials.
 *
 * @generated from enum enlist.v1.CredentialState
 */
export declare enum CredentialState {
    /**
     * Not stated, or not tried yet.
     *
     * @generated from enum value: CREDENTIAL_STATE_UNSPECIFIED = 0;
     */
    UNSPECIFIED = 0,
    /**
     * The vendor accepted them when they were last used.
     *
     * @generated from enum value: CREDENTIAL_STATE_ACCEPTED = 1;
     */
    ACCEPTED = 1,
    /**
     * The vendor refused them when they were last used.
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
 * ProviderService tells what the configured providers are and what each can do.
 *
 * Any call can also end with INVALID_FIELD, OVERLOADED or INTERNAL_ERROR and, where callers must say who they are, with CREDENTIALS_MISSING,
 * CREDENTIALS_INVALID, NOT_PERMITTED or AUTHENTICATION_UNAVAILABLE.
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
