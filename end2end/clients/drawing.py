"""The picture that encoders of the tests send."""

import av


def drawn(count, width, height):
    """A bright bar that moves over a ground that changes, so that no two frames are alike."""
    frame = av.VideoFrame(width, height, "yuv420p")
    bar = count * 4 % width
    for number, plane in enumerate(frame.planes):
        row = bytearray([(count + number * 60) % 200]) * plane.line_size
        if number == 0:
            row[bar : bar + 16] = b"\xeb" * len(row[bar : bar + 16])
        plane.update(bytes(row) * plane.height)
    return frame
