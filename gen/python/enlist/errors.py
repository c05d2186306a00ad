"""The details of errors."""

from typing import TypeVar, cast

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

Detail = TypeVar("Detail", bound=Message)


def find_detail(error: grpc.RpcError, kind: type[Detail]) -> Detail | None:
    """Returns the detail of that kind that an error carries, such as find_detail(error, ErrorInfo); None if it has none.

    An error of Enlist has at most one of each kind.
    """
    try:
        status = rpc_status.from_call(cast(grpc.Call, error))
        for packed in status.details if status else ():
            detail = kind()
            if packed.Unpack(detail):
                return detail
    except (DecodeError, ValueError):  # a proxy changed the error: its details do not fit its code
        pass
    return None
