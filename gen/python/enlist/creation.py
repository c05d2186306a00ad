"""Creation of a customer with the retries that docs/clients.md describes."""

import time
from collections.abc import Callable

import grpc
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo

from enlist import v1
from enlist.errors import find_detail

OnRetry = Callable[[grpc.RpcError, str, float], None]
"""Called before each wait with the error, its reason ("" if not Enlist's), and the seconds."""

# Codes of errors that a proxy, a balancer or gRPC makes when a response is lost on its way.
# RESOURCE_EXHAUSTED is not one: gRPC also uses it for a message that is too large.
_REPEATED = frozenset({
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.ABORTED,
})
# Codes of errors that are not Enlist's and say that nothing was created. Others may have replaced a
# response, such as one that is too large.
_NOTHING_CREATED = frozenset({
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNIMPLEMENTED,
})
# Reasons of final errors that also settle earlier attempts.
_SETTLING = frozenset({"VENDOR_REJECTED", "CUSTOMER_EXISTS", "OUTCOME_UNKNOWN"})
_SHORTEST_DELAY = 0.1  # seconds, as all below
_FIRST_BACKOFF = 1.0
_LONGEST_BACKOFF = 30.0


class NotSettledError(Exception):
    """The outcome is not known. __cause__ is the last error, if any.

    The caller's time ended, or an error that says nothing about earlier attempts stopped them.
    The customer may exist or not. Repeat the request with the same request_id.
    """

    def __init__(self, request_id: str) -> None:
        super().__init__(request_id)
        self.request_id = request_id

    def __str__(self) -> str:
        if not self.request_id:
            return "No response arrived in time. Repeat the request."
        return (
            f"The outcome of request_id {self.request_id} is not known. "
            "Repeat the request with the same request_id."
        )


class Attempts:
    """Decides how long each attempt may take, and what follows its error."""

    def __init__(
        self,
        request: v1.CreateCustomerRequest,
        timeout: float | None,
        attempt_timeout: float,
        on_retry: OnRetry | None,
    ) -> None:
        if not request.request_id and not request.validate_only:
            raise ValueError(
                "request_id is empty. "
                "Set request_id to a UUID, made once and stored before the first attempt."
            )
        if not attempt_timeout > 0:
            raise ValueError("attempt_timeout must be greater than 0.")
        self._request_id = request.request_id
        self._creates = not request.validate_only
        self._end = None if timeout is None else time.monotonic() + timeout
        self._attempt_timeout = attempt_timeout
        self._on_retry = on_retry
        self._backoff = _FIRST_BACKOFF
        self._last: grpc.RpcError | None = None

    def _left(self) -> float:
        return float("inf") if self._end is None else self._end - time.monotonic()

    def timeout(self) -> float:
        """Returns the timeout of the next attempt.

        Raises NotSettledError if the caller's time is over.
        """
        left = self._left()
        if left <= 0:
            raise NotSettledError(self._request_id) from self._last
        return min(self._attempt_timeout, left)

    def delay(self, error: grpc.RpcError) -> float:
        """Returns the seconds to wait after an attempt that failed.

        Raises the error itself if it is final. Raises NotSettledError if it says nothing about an
        earlier attempt, or if the caller's time would end in the wait.
        """
        info = find_detail(error, ErrorInfo)
        if info is not None and info.domain == "enlist":
            retry = find_detail(error, RetryInfo)
            if retry is None:
                raise self._final(error, info.reason)
            reason = info.reason
            asked = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
            delay = max(asked, _SHORTEST_DELAY)
            self._backoff = _FIRST_BACKOFF
        elif error.code() in _REPEATED:
            reason, delay = "", self._backoff
            self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)
        else:
            raise self._final(error, "")
        if delay >= self._left():
            # That the time is over is no news: an error from before it says more.
            over = not reason and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            raise NotSettledError(self._request_id) from (self._last if over and self._last else error)
        self._last = error
        if self._on_retry is not None:
            self._on_retry(error, reason, delay)
        return delay

    def _final(self, error: grpc.RpcError, reason: str) -> Exception:
        """Returns what to raise for an error after which nothing is repeated.

        An error such as a revoked API key says nothing about earlier attempts.
        """
        says_enough = bool(reason) or error.code() in _NOTHING_CREATED
        if reason in _SETTLING or not self._creates or (self._last is None and says_enough):
            return error
        not_settled = NotSettledError(self._request_id)
        not_settled.__cause__ = error
        return not_settled


def create_customer(
    stub: v1.CustomerServiceStub,
    request: v1.CreateCustomerRequest,
    *,
    timeout: float | None = None,
    attempt_timeout: float = 60.0,
    metadata: tuple[tuple[str, str | bytes], ...] | None = None,
    on_retry: OnRetry | None = None,
) -> v1.CreateCustomerResponse:
    """Creates a customer. Repeats the request until the outcome is known, and returns the response.

    request.request_id must be a UUID, made once and stored before the first attempt. After a crash,
    call create_customer again with the same one. It cannot create a second customer.

    timeout is the total time in seconds, without end by default. attempt_timeout is the time of one
    attempt. on_retry is called before each wait with the error, its reason and the seconds.

    Raises grpc.RpcError if Enlist refuses the request, or if a person must decide on the outcome.
    Raises NotSettledError if the total time ends before the outcome is known, or if an error stops
    later attempts that says nothing about earlier ones. Raises ValueError if request_id is empty
    and the request is not validate_only.
    """
    if isinstance(stub.CreateCustomer, grpc.aio.UnaryUnaryMultiCallable):
        raise TypeError("The channel is of grpc.aio. Use enlist.aio.create_customer.")
    attempts = Attempts(request, timeout, attempt_timeout, on_retry)
    while True:
        try:
            return stub.CreateCustomer(request, timeout=attempts.timeout(), metadata=metadata)
        except grpc.RpcError as error:
            delay = attempts.delay(error)
        time.sleep(delay)
