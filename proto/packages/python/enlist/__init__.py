"""Channel options, the creation with retries, and error details. enlist.v1 has the contract."""

from importlib.resources import files

from enlist import aio
from enlist.creation import NotSettledError, create_customer
from enlist.errors import find_detail

__all__ = [
    "CHANNEL_OPTIONS",
    "SERVICE_CONFIG",
    "NotSettledError",
    "aio",
    "create_customer",
    "find_detail",
]

SERVICE_CONFIG: str = files(__name__).joinpath("service_config.json").read_text(encoding="utf-8")
"""Enlist's gRPC service config: deadlines, and retries of calls that may be repeated."""

CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
)
"""Options for grpc.secure_channel and grpc.insecure_channel: the service config, and a keepalive that Enlist's server accepts."""
