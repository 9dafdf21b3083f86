#!/usr/bin/env python3
"""grpcio against clientele: unary calls, errors with details, a stream."""
import glob
import os
import subprocess
import sys
import tempfile
import uuid

source = os.environ["CLIENTELE_SOURCE"]
stubs = tempfile.mkdtemp(dir=os.environ.get("CLIENTELE_SCRATCH"))
google = os.path.join(source, "node_modules/google-gax/build/protos")
protos = [os.path.relpath(path, os.path.join(source, "proto"))
          for path in glob.glob(os.path.join(source, "proto/**/*.proto"), recursive=True)]
protos += [f"google/{name}.proto" for name in (
    "api/annotations", "api/client", "api/field_behavior", "api/http", "api/launch_stage", "api/resource", "rpc/code",
    "rpc/error_details", "rpc/status", "type/date", "type/money")]
subprocess.run(
    ["protoc", f"-I{source}/proto", f"-I{google}", f"--python_out={stubs}", f"--grpc_python_out={stubs}",
     "--plugin=protoc-gen-grpc_python=" + subprocess.check_output(["which", "grpc_python_plugin"], text=True).strip(),
     *protos],
    check=True,
)
sys.path.insert(0, stubs)

import grpc  # noqa: E402
from clientele.customer.v1 import customer_feed_pb2, customer_feed_pb2_grpc  # noqa: E402
from clientele.customer.v1 import customer_pb2, customer_service_pb2, customer_service_pb2_grpc  # noqa: E402
from clientele.type.v1 import feed_pb2  # noqa: E402
from google.protobuf import field_mask_pb2  # noqa: E402
from google.rpc import error_details_pb2, status_pb2  # noqa: E402

metadata = [("authorization", "Bearer " + os.environ["CLIENTELE_TOKEN"])]


def reason(error):
    """The stable reason in an error's details."""
    packed = dict(error.trailing_metadata()).get("grpc-status-details-bin")
    info = error_details_pb2.ErrorInfo()
    for detail in status_pb2.Status.FromString(packed).details:
        if detail.Unpack(info):
            return info.reason
    return ""


with grpc.insecure_channel(os.environ["CLIENTELE_ADDRESS"]) as channel:
    customers = customer_service_pb2_grpc.CustomerServiceStub(channel)
    request = customer_service_pb2.CreateCustomerRequest(
        customer=customer_pb2.Customer(display_name="홍길동 😀", type=customer_pb2.Customer.PERSON),
        request_id=str(uuid.uuid4()),
    )
    created = customers.CreateCustomer(request, metadata=metadata, timeout=20)
    assert created.display_name == "홍길동 😀"
    # The same request_id: one effect, the first answer.
    assert customers.CreateCustomer(request, metadata=metadata, timeout=20) == created

    change = customer_service_pb2.UpdateCustomerRequest(
        customer=customer_pb2.Customer(name=created.name, display_name="김철수", etag=created.etag),
        update_mask=field_mask_pb2.FieldMask(paths=["display_name"]),
    )
    assert customers.UpdateCustomer(change, metadata=metadata, timeout=20).display_name == "김철수"
    try:
        customers.UpdateCustomer(change, metadata=metadata, timeout=20)
        raise AssertionError("a stale etag was taken")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.ABORTED
        assert reason(error) == "STALE_ETAG"
    try:
        customers.GetCustomer(
            customer_service_pb2.GetCustomerRequest(name=created.name), timeout=20, compression=grpc.Compression.Gzip)
        raise AssertionError("a call without a token was answered")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAUTHENTICATED
        assert reason(error) == "TOKEN_MISSING"

    # A compressed request is as good as any other.
    page = customers.ListCustomers(
        customer_service_pb2.ListCustomersRequest(page_size=1, filter='display_name = "김철수"' + " " * 2000),
        metadata=metadata, timeout=20, compression=grpc.Compression.Gzip)
    assert len(page.customers) == 1

    feed = customer_feed_pb2_grpc.CustomerFeedServiceStub(channel)
    stream = feed.ReadFeed(feed_pb2.ReadFeedRequest(), metadata=metadata, timeout=20)
    assert next(iter(stream)) is not None
    stream.cancel()
    assert customer_feed_pb2 is not None
