"""What enlist has, for channels of grpc.aio."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import grpc

from enlist import v1
from enlist.creation import Attempts, OnRetry

if TYPE_CHECKING:
    from enlist.v1.customer_service_pb2_grpc import CustomerServiceAsyncStub

__all__ = ["create_customer"]


async def create_customer(
    stub: "CustomerServiceAsyncStub",
    request: v1.CreateCustomerRequest,
    *,
    timeout: float | None = None,
    attempt_timeout: float = 60.0,
    metadata: grpc.aio.Metadata | Sequence[tuple[str, str | bytes]] | None = None,
    on_retry: OnRetry | None = None,
) -> v1.CreateCustomerResponse:
    """Does the same as enlist.create_customer, for a stub of a grpc.aio channel.

    If its task is cancelled, it raises asyncio.CancelledError, and the outcome is not known.
    """
    attempts = Attempts(request, timeout, attempt_timeout, on_retry)
    while True:
        try:
            return await stub.CreateCustomer(request, timeout=attempts.timeout(), metadata=metadata)
        except grpc.RpcError as error:
            delay = attempts.delay(error)
        await asyncio.sleep(delay)
