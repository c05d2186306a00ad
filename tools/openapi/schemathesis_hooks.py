"""What Schemathesis is to know of Enlist's REST, and one check of our own."""

import re

import schemathesis
from schemathesis.generation.meta import TestPhase

# Names of fields whose values must exist or fit together, which no schema says: the contract's own rules beyond its annotations.
BEYOND_SCHEMAS = re.compile(r"(countryCode|currencyCode|languageCode|Date|dateValue|creditLimit)$")


# Codes that exist, in place of made-up ones, of which one in twenty does.
CODES = {"countryCode": "FR", "currencyCode": "EUR", "languageCode": "fr"}

OPTIONS = {"opencell": "opencell", "sellAndSign": "sellandsign", "valomnia": "valomnia", "caliq": "caliq", "avvio": "avvio"}


def likely(body, provider, verbatim):
    """Makes a create one that the provider may well take: else no more than its refusals would be tried."""
    body = {name: value for name, value in body.items() if OPTIONS.get(name, provider) == provider}
    body["unsupportedFields"] = "UNSUPPORTED_FIELDS_DROP"
    if isinstance(body["customer"], dict):
        customer = {"billingAddress": {"countryCode": "FR"}} | body["customer"]
        if not customer.keys() & {"name", "displayName", "organization"}:  # which some phases do not read out of the schema's `not`
            customer["name"] = {"familyName": "Smith"}
        if customer.get("id", "").startswith("CLASSIC-") and not verbatim:  # an example's, and taken since that was tried
            del customer["id"]
        body["customer"] = with_codes(customer)
    return body


def with_codes(value):
    if isinstance(value, dict):
        return {name: CODES.get(name, with_codes(inner)) for name, inner in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Keeps out of the calls what only the server makes, what must agree, and time limits that no call can keep."""
    for name in ("state", "reasonCode"):
        if case.query and re.fullmatch(r"-?[0-9]+", str(case.query.get(name, ""))):
            del case.query[name]  # the number of an enum, which protobuf's JSON takes beside its name
    if isinstance(case.body, dict):  # protobuf's JSON takes null for a field that is not set
        case.body = {name: value for name, value in case.body.items() if value is not None}
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for part in (case.query, case.body):
        if isinstance(part, dict):
            part.pop("pageToken", None)  # opaque: made by the server for one list
    if case.query and "reasonCode" in case.query:
        case.query.pop("state", None)  # each reason belongs to one state
    if isinstance(case.body, dict):
        if "customerId" in case.body:
            case.body.pop("principal", None)  # the caller of a requestId
        if case.body.get("decision") == "DECISION_FAILED":
            case.body.pop("customerId", None)  # there is no customer
    if case.headers and not re.fullmatch(r"0*[1-9][0-9]{1,3}S", str(case.headers.get("Grpc-Timeout", ""))):
        case.headers.pop("Grpc-Timeout", None)  # 503 is the answer to one nanosecond
    if isinstance(case.body, dict) and "customer" in case.body:
        (case.headers or {}).pop("Idempotency-Key", None)  # beside a requestId it would have to be the same
        case.body = likely(case.body, case.path_parameters["provider"], verbatim=case.meta.phase.name == TestPhase.EXAMPLES)


@schemathesis.check
def a_refusal_is_not_the_schemas(ctx, response, case):
    """Of a request that fits the schema, only what no schema can say may be refused with 400."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    error = response.json()
    details = {detail["@type"].rpartition(".")[2]: detail for detail in error["details"]}
    if details["ErrorInfo"]["reason"] != "INVALID_FIELD":
        return  # the provider, or the vendor, does not take it
    if re.match(r"Provider \S+ does not accept ", error["message"]):
        return  # a rule of the provider, which GetProvider lists
    for violation in details["BadRequest"]["fieldViolations"]:
        says = violation["description"]
        assert (
            BEYOND_SCHEMAS.search(violation["field"])
            or "is for another vendor. " in says
            or "awaits a decision" in says
            or violation["field"] == "…"
        ), f"the schema permits it: {says}"
