"""Tests of create_customer, for grpc and grpc.aio. `go test ./examples` runs them."""

import asyncio
import unittest
from collections.abc import Iterable
from concurrent import futures
from typing import TypeAlias, cast
from unittest import mock

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import status_pb2
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo

import enlist
from enlist import v1

Response = v1.CreateCustomerResponse
REQUEST = v1.CreateCustomerRequest(provider="opencell", request_id="0b8f6a3e")
VALIDATE_ONLY = v1.CreateCustomerRequest(provider="opencell", validate_only=True)
DETAILS = "grpc-status-details-bin"


class Failure(grpc.RpcError):
    """An error as stubs raise it."""

    def __init__(self, code: grpc.StatusCode, trailers: tuple[tuple[str, bytes], ...] = ()) -> None:
        self._code, self._trailers = code, trailers

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "why"

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:  # type: ignore[override]
        return self._trailers


def packed(code: grpc.StatusCode, *details: Message) -> bytes:
    """Returns the trailer with the details of an error."""
    status = status_pb2.Status(code=code.value[0], message="why")
    for detail in details:
        status.details.append(any_pb2.Any())
        status.details[-1].Pack(detail)
    return status.SerializeToString()


def enlists(
    reason: str,
    retry: float | None = None,
    code: grpc.StatusCode = grpc.StatusCode.ABORTED,
    domain: str = "enlist",
) -> Failure:
    """Returns an error with an ErrorInfo, and with a RetryInfo if there is a delay."""
    details: list[Message] = [ErrorInfo(reason=reason, domain=domain)]
    if retry is not None:
        delay = duration_pb2.Duration()
        delay.FromNanoseconds(int(retry * 1e9))
        details.append(RetryInfo(retry_delay=delay))
    return Failure(code, ((DETAILS, packed(code, *details)),))


LOST = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.ABORTED,
)
UNAVAILABLE = Failure(grpc.StatusCode.UNAVAILABLE)
LATE = Failure(grpc.StatusCode.DEADLINE_EXCEEDED)

Result: TypeAlias = Failure | Response


class World:
    """A stub with its results, and the clock that it shares with enlist."""

    def __init__(
        self, results: Iterable[Result], lasts: float = 0, oversleeps: float = 0
    ) -> None:
        self.results, self.lasts, self.oversleeps = list(results), lasts, oversleeps
        self.now = 1000.0
        self.timeouts: list[float] = []
        self.waits: list[float] = []
        self.retries: list[tuple[grpc.RpcError, str, float]] = []
        self.requests: list[v1.CreateCustomerRequest] = []
        self.metadata: object = None

    def attempt(
        self, request: v1.CreateCustomerRequest, timeout: float, metadata: object
    ) -> Response:
        self.requests.append(request)
        self.timeouts.append(timeout)
        self.metadata = metadata
        result = self.results.pop(0)
        self.now += timeout if result is LATE else self.lasts
        if isinstance(result, Failure):
            raise result
        return result

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds + self.oversleeps

    def note(self, error: grpc.RpcError, reason: str, delay: float) -> None:
        self.retries.append((error, reason, delay))

    def CreateCustomer(
        self, request: v1.CreateCustomerRequest, timeout: float, metadata: object
    ) -> Response:
        return self.attempt(request, timeout, metadata)

    def create(
        self,
        request: v1.CreateCustomerRequest = REQUEST,
        timeout: float | None = None,
        attempt_timeout: float = 60.0,
    ) -> Response:
        clock = mock.Mock(monotonic=lambda: self.now, sleep=self.wait)
        with mock.patch("enlist.creation.time", clock):
            return enlist.create_customer(
                cast(v1.CustomerServiceStub, self),
                request,
                timeout=timeout,
                attempt_timeout=attempt_timeout,
                metadata=(("a", "b"),),
                on_retry=self.note,
            )


class AsyncWorld(World):
    """The same for grpc.aio."""

    def create(
        self,
        request: v1.CreateCustomerRequest = REQUEST,
        timeout: float | None = None,
        attempt_timeout: float = 60.0,
    ) -> Response:
        async def attempt(
            request: v1.CreateCustomerRequest, timeout: float, metadata: object
        ) -> Response:
            return self.attempt(request, timeout, metadata)

        async def wait(seconds: float) -> None:
            self.wait(seconds)

        clock, sleep = mock.Mock(monotonic=lambda: self.now), mock.Mock(sleep=wait)
        with mock.patch("enlist.creation.time", clock), mock.patch("enlist.aio.asyncio", sleep):
            made = enlist.aio.create_customer(
                mock.Mock(CreateCustomer=attempt),
                request,
                timeout=timeout,
                attempt_timeout=attempt_timeout,
                metadata=(("a", "b"),),
                on_retry=self.note,
            )
            return asyncio.run(made)


class PolicyTest(unittest.TestCase):
    """Every rule of docs/clients.md, for channels of grpc."""

    world: type[World] = World

    def test_response(self) -> None:
        done = Response(replayed=True)
        world = self.world([done])
        self.assertIs(world.create(), done)
        self.assertEqual((world.timeouts, world.waits, world.metadata), ([60], [], (("a", "b"),)))

    def test_request_id_is_required(self) -> None:
        world = self.world([Response()])
        with self.assertRaisesRegex(ValueError, "Set request_id to a UUID, made once and stored"):
            world.create(v1.CreateCustomerRequest(provider="opencell"))
        self.assertEqual(world.requests, [])

    def test_validate_only_needs_no_request_id(self) -> None:
        self.world([Response()]).create(VALIDATE_ONLY)

    def test_retry_info_is_followed(self) -> None:
        first, second = enlists("OUTCOME_UNKNOWN", 0.25), enlists("OVERLOADED", 7)
        world = self.world([first, second, Response()])
        world.create()
        self.assertEqual(world.waits, [0.25, 7])
        retries = [(first, "OUTCOME_UNKNOWN", 0.25), (second, "OVERLOADED", 7)]
        self.assertEqual(world.retries, retries)
        self.assertTrue(all(request is REQUEST for request in world.requests))

    def test_delay_of_zero_does_not_spin(self) -> None:
        world = self.world([enlists("OUTCOME_UNKNOWN", 0), Response()])
        world.create()
        self.assertEqual(world.waits, [0.1])

    def test_without_retry_info_the_error_is_final(self) -> None:
        for code in (grpc.StatusCode.ABORTED, grpc.StatusCode.UNAVAILABLE):
            final = enlists("OUTCOME_UNKNOWN", code=code)
            with self.assertRaises(Failure) as raised:
                self.world([final]).create()
            self.assertIs(raised.exception, final)

    def test_a_final_error_may_leave_earlier_attempts_open(self) -> None:
        for reason in ("VENDOR_REJECTED", "CUSTOMER_EXISTS", "OUTCOME_UNKNOWN"):
            final = enlists(reason)
            with self.assertRaises(Failure) as raised:
                self.world([UNAVAILABLE, final]).create()
            self.assertIs(raised.exception, final)
        for final in (enlists("CREDENTIALS_INVALID"), Failure(grpc.StatusCode.UNIMPLEMENTED)):
            with self.assertRaises(enlist.NotSettledError) as open_:
                self.world([UNAVAILABLE, final]).create()
            self.assertIs(open_.exception.__cause__, final)
            with self.assertRaises(Failure):
                self.world([UNAVAILABLE, final]).create(VALIDATE_ONLY)

    def test_lost_responses_are_repeated(self) -> None:
        for code in LOST:
            with self.subTest(code):
                lost = Failure(code)
                world = self.world([lost, Response()])
                world.create()
                self.assertEqual(world.retries, [(lost, "", 1)])

    def test_other_codes_are_final(self) -> None:
        says_enough = {
            grpc.StatusCode.INVALID_ARGUMENT,
            grpc.StatusCode.NOT_FOUND,
            grpc.StatusCode.PERMISSION_DENIED,
            grpc.StatusCode.UNAUTHENTICATED,
            grpc.StatusCode.UNIMPLEMENTED,
        }
        for code in set(grpc.StatusCode) - {grpc.StatusCode.OK, *LOST}:
            wanted = Failure if code in says_enough else enlist.NotSettledError
            with self.subTest(code), self.assertRaises(wanted):
                self.world([Failure(code)]).create()

    def test_error_info_of_another_domain_is_not_enlists(self) -> None:
        other = enlists("RATE_LIMITED", 9, grpc.StatusCode.UNAVAILABLE, domain="proxy.example")
        world = self.world([other, Response()])
        world.create()
        self.assertEqual(world.retries, [(other, "", 1)])

    def test_details_that_do_not_fit_are_ignored(self) -> None:
        wrong = packed(grpc.StatusCode.ABORTED, ErrorInfo(reason="OVERLOADED", domain="enlist"))
        for trailer in (b"\xff", wrong):
            lost = Failure(grpc.StatusCode.UNAVAILABLE, ((DETAILS, trailer),))
            world = self.world([lost, Response()])
            world.create()
            self.assertEqual(world.retries, [(lost, "", 1)])

    def test_backoff_doubles_up_to_a_limit_and_is_reset(self) -> None:
        answered = enlists("OUTCOME_UNKNOWN", 0.5)
        world = self.world([*[UNAVAILABLE] * 7, answered, UNAVAILABLE, UNAVAILABLE, Response()])
        world.create()
        self.assertEqual(world.waits, [1, 2, 4, 8, 16, 30, 30, 0.5, 1, 2])

    def test_attempts_are_bounded_by_the_total_time(self) -> None:
        world = self.world([LATE, Response()])
        world.create(timeout=100)
        self.assertEqual(world.timeouts, [60, 39])

    def test_the_total_time_ends_in_an_attempt(self) -> None:
        answered = enlists("OUTCOME_UNKNOWN", 0.5)
        world = self.world([answered, LATE])
        with self.assertRaises(enlist.NotSettledError) as raised:
            world.create(timeout=5)
        self.assertEqual(raised.exception.request_id, "0b8f6a3e")
        self.assertIs(raised.exception.__cause__, answered)
        self.assertRegex(str(raised.exception), "is not known. Repeat .* same request_id")
        self.assertEqual((world.timeouts, world.waits), ([5, 4.5], [0.5]))

    def test_the_total_time_ends_in_the_first_attempt(self) -> None:
        with self.assertRaises(enlist.NotSettledError) as raised:
            self.world([LATE]).create(timeout=5)
        self.assertIs(raised.exception.__cause__, LATE)

    def test_no_wait_goes_past_the_total_time(self) -> None:
        for last in (enlists("OVERLOADED", 4), UNAVAILABLE):
            world = self.world([UNAVAILABLE, UNAVAILABLE, last], lasts=0.5)
            with self.assertRaises(enlist.NotSettledError) as raised:
                world.create(timeout=5.0)
            self.assertIs(raised.exception.__cause__, last)
            self.assertEqual((world.waits, len(world.retries)), ([1, 2], 2))

    def test_no_time_at_all(self) -> None:
        world = self.world([Response()])
        with self.assertRaises(enlist.NotSettledError):
            world.create(timeout=0)
        self.assertEqual(world.requests, [])

    def test_a_wait_that_took_too_long(self) -> None:
        world = self.world([UNAVAILABLE, Response()], oversleeps=9)
        with self.assertRaises(enlist.NotSettledError) as raised:
            world.create(timeout=5)
        self.assertEqual(raised.exception.request_id, "0b8f6a3e")
        self.assertIs(raised.exception.__cause__, UNAVAILABLE)

    def test_attempt_timeout_must_be_positive(self) -> None:
        with self.assertRaisesRegex(ValueError, "attempt_timeout"):
            self.world([Response()]).create(attempt_timeout=0)

    def test_attempt_timeout(self) -> None:
        world = self.world([LATE, Response()])
        world.create(attempt_timeout=5)
        self.assertEqual(world.timeouts, [5, 5])

    def test_a_response_counts_even_late(self) -> None:
        self.world([Response()], lasts=9).create(timeout=5)


class AsyncPolicyTest(PolicyTest):
    """The same for channels of grpc.aio."""

    world = AsyncWorld


class Server(v1.CustomerServiceServicer):
    """Loses the first response, says that the outcome is unknown, then knows it."""

    def __init__(self) -> None:
        self.requests: list[v1.CreateCustomerRequest] = []

    def CreateCustomer(
        self, request: v1.CreateCustomerRequest, context: grpc.ServicerContext
    ) -> Response:
        self.requests.append(request)
        if len(self.requests) == 1:
            context.abort(grpc.StatusCode.CANCELLED, "why")
        if len(self.requests) == 2:
            aborted = grpc.StatusCode.ABORTED
            info = ErrorInfo(reason="OUTCOME_UNKNOWN", domain="enlist")
            retry = RetryInfo(retry_delay=duration_pb2.Duration(nanos=200_000_000))
            context.set_trailing_metadata(((DETAILS, packed(aborted, info, retry)),))
            context.abort(aborted, "why")
        return Response(customer=request.customer, replayed=True)

    def GetCustomer(
        self, request: v1.GetCustomerRequest, context: grpc.ServicerContext
    ) -> v1.GetCustomerResponse:
        raise NotImplementedError

    def ListContractors(
        self, request: v1.ListContractorsRequest, context: grpc.ServicerContext
    ) -> v1.ListContractorsResponse:
        raise NotImplementedError


class ChannelTest(unittest.TestCase):
    """Over real channels."""

    def setUp(self) -> None:
        self.server, self.reasons = Server(), list[str]()
        server = grpc.server(futures.ThreadPoolExecutor(2))
        v1.add_CustomerServiceServicer_to_server(self.server, server)
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        self.addCleanup(server.stop, None)

    def note(self, error: grpc.RpcError, reason: str, delay: float) -> None:
        self.reasons.append(reason)

    def settled(self, response: Response) -> None:
        self.assertTrue(response.replayed)
        self.assertEqual(self.reasons, ["", "OUTCOME_UNKNOWN"])
        self.assertEqual(self.server.requests, [REQUEST] * 3)

    def test_grpc(self) -> None:
        with grpc.insecure_channel(self.address) as channel:
            stub = v1.CustomerServiceStub(channel)
            self.settled(enlist.create_customer(stub, REQUEST, on_retry=self.note))

    def test_grpc_aio(self) -> None:
        async def create() -> Response:
            async with grpc.aio.insecure_channel(self.address) as channel:
                stub = v1.CustomerServiceStub(channel)
                metadata = grpc.aio.Metadata(("a", "b"))
                return await enlist.aio.create_customer(
                    stub, REQUEST, metadata=metadata, on_retry=self.note
                )

        self.settled(asyncio.run(create()))

    def test_grpc_aio_needs_the_other_function(self) -> None:
        async def create() -> None:
            async with grpc.aio.insecure_channel(self.address) as channel:
                enlist.create_customer(v1.CustomerServiceStub(channel), REQUEST)

        with self.assertRaisesRegex(TypeError, "enlist.aio.create_customer"):
            asyncio.run(create())

    def test_a_cancelled_task_ends(self) -> None:
        async def create() -> None:
            async with grpc.aio.insecure_channel(self.address) as channel:
                stub = v1.CustomerServiceStub(channel)
                await asyncio.wait_for(enlist.aio.create_customer(stub, REQUEST), 0.5)

        with self.assertRaises(asyncio.TimeoutError):
            asyncio.run(create())
        self.assertEqual(len(self.server.requests), 1)

    def test_nobody_listens(self) -> None:
        options = enlist.CHANNEL_OPTIONS
        with grpc.insecure_channel("127.0.0.1:1", options=options) as channel:
            with self.assertRaises(enlist.NotSettledError) as raised:
                enlist.create_customer(v1.CustomerServiceStub(channel), REQUEST, timeout=0.5)
            self.assertIsInstance(raised.exception.__cause__, grpc.RpcError)


if __name__ == "__main__":
    unittest.main()
