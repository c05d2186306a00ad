"""Signs customers up with Enlist, reads its errors, and pages through a list.

Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.
"""

import json
import os
import time
import urllib.request
import uuid

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo

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
    """A create with a request_id of its own, made once, before the first try. A real program stores it with its order."""
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
    """Creates a customer. The deadline is how long this program waits, not how long Enlist tries."""
    answer = customers.CreateCustomer(new_request(), timeout=30)
    print("created", answer.customer.id, v1.Outcome.Name(answer.outcome))


def create_and_lose_the_answer(customers: v1.CustomerServiceStub) -> None:
    """Creates a customer at a vendor that takes it and hangs up. The same request again brings the end, and never a second customer."""
    make_fault()
    request = new_request()
    while True:
        try:
            answer = customers.CreateCustomer(request, timeout=30)
            break
        except grpc.RpcError as error:
            retry = enlist.find_detail(error, RetryInfo)
            if retry is not None:
                info = enlist.find_detail(error, ErrorInfo)
                print("unknown", info.reason if info else "")
                time.sleep(retry.retry_delay.ToTimedelta().total_seconds())
            elif error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                time.sleep(1)  # the answer was lost on the way to here
            else:  # calling again does not help
                raise
    print("settled", answer.customer.id, f"replayed={str(answer.replayed).lower()}")


def read_errors(customers: v1.CustomerServiceStub) -> None:
    """Sends a request that is wrong, and one that the vendor refuses."""
    wrong = new_request()
    wrong.customer.email = "john.smith"
    wrong.customer.billing_address.country_code = "France"
    try:
        customers.CreateCustomer(wrong, timeout=30)
    except grpc.RpcError as error:
        bad_request = enlist.find_detail(error, BadRequest)
        if bad_request is None:  # something else
            raise
        for violation in bad_request.field_violations:
            print(f"invalid {violation.field}: {violation.description}")

    refused = new_request()
    refused.opencell.billing_cycle = "NO_SUCH_CYCLE"
    try:
        customers.CreateCustomer(refused, timeout=30)
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
