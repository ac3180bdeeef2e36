"""A stub of BigQuery's Storage Read API on loopback: Google's own client reads Arrow streams from it over gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import pyarrow as pa
from google.cloud.bigquery_storage import BigQueryReadClient
from google.cloud.bigquery_storage_v1 import types
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

_BATCH = 4_096


@dataclass
class Streams:
    """What is streamed, and which tables were asked for."""

    table: pa.Table
    permitted: bool = True
    asked: list[str] = field(default_factory=list)

    def _schema(self) -> types.ArrowSchema:
        return types.ArrowSchema(serialized_schema=self.table.schema.serialize().to_pybytes())

    def create_read_session(
        self, request: types.CreateReadSessionRequest, context: grpc.ServicerContext
    ) -> types.ReadSession:
        """Make a session with one stream."""
        self.asked.append(request.read_session.table)
        if not self.permitted:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "bigquery.readsessions.create is missing")
        return types.ReadSession(
            name="sessions/1",
            data_format=types.DataFormat.ARROW,
            arrow_schema=self._schema(),
            streams=[types.ReadStream(name="sessions/1/streams/1")],
            estimated_row_count=self.table.num_rows,
        )

    def read_rows(
        self, request: types.ReadRowsRequest, context: grpc.ServicerContext
    ) -> Iterator[types.ReadRowsResponse]:
        """Stream the rows in batches."""
        for batch in self.table.slice(request.offset).to_batches(_BATCH):
            data = batch.serialize().to_pybytes()
            yield types.ReadRowsResponse(
                arrow_record_batch=types.ArrowRecordBatch(serialized_record_batch=data),
                row_count=batch.num_rows,
                arrow_schema=self._schema(),
            )


@contextmanager
def streaming(streams: Streams) -> Iterator[str]:
    """Serve the streams and yield the address."""
    handler = grpc.method_handlers_generic_handler(
        "google.cloud.bigquery.storage.v1.BigQueryRead",
        {
            "CreateReadSession": grpc.unary_unary_rpc_method_handler(
                streams.create_read_session,
                request_deserializer=types.CreateReadSessionRequest.deserialize,
                response_serializer=types.ReadSession.serialize,
            ),
            "ReadRows": grpc.unary_stream_rpc_method_handler(
                streams.read_rows,
                request_deserializer=types.ReadRowsRequest.deserialize,
                response_serializer=types.ReadRowsResponse.serialize,
            ),
        },
    )
    server = grpc.server(ThreadPoolExecutor(4), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def reader(address: str) -> BigQueryReadClient:
    """Return Google's client, talking to the stub."""
    channel = grpc.insecure_channel(address)
    return BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))
