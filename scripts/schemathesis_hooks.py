"""Bodies that schemathesis does not know how to write: session descriptions and parts of them are plain text."""

import schemathesis


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def as_text(ctx, value):
    return str(value).encode("utf-8", "replace")
