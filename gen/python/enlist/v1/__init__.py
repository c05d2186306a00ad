"""The contract enlist.v1: its messages, enums and stubs by their own names."""

from enlist.v1.customer_pb2 import *
from enlist.v1.customer_service_pb2 import *
from enlist.v1.customer_service_pb2_grpc import *
from enlist.v1.error_pb2 import *
from enlist.v1.operation_service_pb2 import *
from enlist.v1.operation_service_pb2_grpc import *
from enlist.v1.privacy_service_pb2 import *
from enlist.v1.privacy_service_pb2_grpc import *
from enlist.v1.provider_service_pb2 import *
from enlist.v1.provider_service_pb2_grpc import *
from enlist.v1.vendor_options_pb2 import *
