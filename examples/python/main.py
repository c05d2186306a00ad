"""Signs customers up with Enlist, reads its errors, and pages through a list.

Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.
"""

import json
import os
import urllib.request
import uuid

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo

import enlist
from enlist import v1


def main() -> None:
    # CHANNEL_OPTIONS has the retries and the keepalive that Enlist recommends. Beyond this machine use grpc.secure_channel.
    with grpc.insecure_channel(os.environ.get("ENLIST_GRPC", "127.0.0.1:9090"), options=enlist.CHANNEL_OPTIONS) as channel:
        customers = v1.CustomerServiceStub(channel)
        create(customers)
        create_and_lose_the_answer(customers)
        read_errors(customers)
        list_contractors(customers)


def new_request() -> v1.CreateCustomerRequest:
    """A creation with its own request_id, made once. A real program stores it with its order."""
    request_id = str(uuid.uuid4())
    return v1.CreateCustomerRequest(
        provider="opencell",
        request_id=request_id,
        customer=v1.Customer(
            id=f"PYTHON-{request_id}",
            name=v1.PersonName(title="Mr", given_name="John", family_name="Smith"),
            email="john.smith@example.com",
            billing_address=v1.Address(lines=["673 Eugene Points"], city="Nice", postal_code="06000", country_code="FR"),
        ),
    )


def create(customers: v1.CustomerServiceStub) -> None:
    """Creates a customer. The timeout is how long this program waits, not how long Enlist tries."""
    response = enlist.create_customer(customers, new_request(), timeout=30)
    print("created", response.customer.id, v1.Outcome.Name(response.outcome))


def create_and_lose_the_answer(customers: v1.CustomerServiceStub) -> None:
    """Creates a customer at a vendor that creates it and hangs up.

    create_customer repeats the request until the outcome is known. It never creates a second
    customer.
    """
    make_fault()
    response = enlist.create_customer(customers, new_request(), on_retry=show)
    print("settled", response.customer.id, f"replayed={str(response.replayed).lower()}")


def show(error: grpc.RpcError, reason: str, delay: float) -> None:
    """Prints why a request is repeated, unless its response was lost on the way to here."""
    if reason:
        print("unknown", reason)


def read_errors(customers: v1.CustomerServiceStub) -> None:
    """Sends a request that is wrong, and one that the vendor refuses."""
    wrong = new_request()
    wrong.customer.email = "john.smith"
    wrong.customer.billing_address.country_code = "France"
    try:
        enlist.create_customer(customers, wrong, timeout=30)
    except grpc.RpcError as error:
        bad_request = enlist.find_detail(error, BadRequest)
        if bad_request is None:  # something else
            raise
        for violation in bad_request.field_violations:
            print(f"invalid {violation.field}: {violation.description}")

    refused = new_request()
    refused.opencell.billing_cycle = "NO_SUCH_CYCLE"
    try:
        enlist.create_customer(customers, refused, timeout=30)
    except grpc.RpcError as error:
        info = enlist.find_detail(error, ErrorInfo)
        vendor = enlist.find_detail(error, v1.VendorError)
        if info is None or vendor is None:  # something else
            raise
        print("refused", info.reason, vendor.messages[0].message)


def list_contractors(customers: v1.CustomerServiceStub) -> None:
    """Reads all pages of a list."""
    request = v1.ListContractorsRequest(provider="sellandsign", customer_id="DEMO-1", page_size=1)
    while True:
        page = customers.ListContractors(request, timeout=30)
        for contractor in page.contractors:
            print("contractor", contractor.id)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def make_fault() -> None:
    """Tells the sandbox to lose its next answer. Only an example needs this."""
    fault = {"vendor": "opencell", "operation": "create", "kind": "drop_after", "times": 1}
    sandbox = os.environ.get("ENLIST_SANDBOX", "http://127.0.0.1:8090")
    urllib.request.urlopen(f"{sandbox}/sandbox/faults", data=json.dumps(fault).encode()).close()


if __name__ == "__main__":
    main()
