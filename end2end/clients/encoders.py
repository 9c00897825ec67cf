"""Publishes a show by WHIP and watches it by WHEP with aiortc, which shares no code with the server.

encoders.py publish URL KEY [SECONDS]          a moving test picture and a tone, for that long
encoders.py play URL FRAMES [SECONDS]          exit code 0 if that many frames came within that time
encoders.py both WHIP_URL KEY WHEP_URL FRAMES  one process does both
"""

import asyncio
import fractions
import math
import sys
import time

import aiohttp
import av
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from drawing import drawn

WIDTH, HEIGHT, TONE_HZ = 320, 180, 440
PATIENCE_S = 30


class Picture(VideoStreamTrack):
    count = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = drawn(self.count, WIDTH, HEIGHT)
        frame.pts, frame.time_base = pts, time_base
        self.count += 1
        return frame


class Tone(AudioStreamTrack):
    """A sine at the pace of a clock: 20 ms at a time."""

    RATE, STEP = 48000, 960
    sent, began = 0, None

    async def recv(self):
        self.began = self.began or time.time()
        await asyncio.sleep(max(0, self.began + self.sent / self.RATE - time.time()))
        angle = 2 * math.pi * TONE_HZ / self.RATE
        samples = (int(8000 * math.sin(angle * (self.sent + at))) for at in range(self.STEP))
        frame = av.AudioFrame(format="s16", layout="mono", samples=self.STEP)
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
        frame.pts, frame.sample_rate, frame.time_base = self.sent, self.RATE, fractions.Fraction(1, self.RATE)
        self.sent += self.STEP
        return frame


async def offer(http, pc, url, key=None):
    """Exchanges descriptions; gives the session's own address."""
    await pc.setLocalDescription(await pc.createOffer())
    headers = {"Content-Type": "application/sdp"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with http.post(url, data=pc.localDescription.sdp, headers=headers) as response:
        text = await response.text()
        if response.status != 201:
            raise SystemExit(f"{url} answered {response.status}: {text}")
        own = str(response.url.with_path(response.headers["Location"]))
    await pc.setRemoteDescription(RTCSessionDescription(sdp=text, type="answer"))
    return own


async def end(http, own, key=None):
    """Ends a session; the second time there is nothing to end."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    statuses = []
    for _ in range(2):
        async with http.delete(own, headers=headers) as response:
            statuses.append(response.status)
    if statuses != [200, 404]:
        raise SystemExit(f"DELETE twice answered {statuses}, not 200 and 404")


async def publish(http, url, key, until):
    """On air until then."""
    pc = RTCPeerConnection()
    picture = Picture()
    for track in (Tone(), picture):
        pc.addTransceiver(track, direction="sendonly")
    codecs = [codec for codec in RTCRtpSender.getCapabilities("video").codecs if codec.mimeType in ("video/VP8", "video/rtx")]
    pc.getTransceivers()[1].setCodecPreferences(codecs)
    own = await offer(http, pc, url, key)
    await until
    await end(http, own, key)
    await pc.close()
    print(f"published {picture.count} frames")


async def play(http, url, wanted, seconds):
    """Whether so many frames came in time."""
    pc = RTCPeerConnection()
    counts, sizes, enough = {"audio": 0, "video": 0}, set(), asyncio.Event()
    tasks, began, first = [], time.monotonic(), []

    async def count(track):
        try:
            while True:
                frame = await track.recv()
                counts[track.kind] += 1
                if track.kind == "video":
                    sizes.add((frame.width, frame.height))
                    first or first.append(time.monotonic() - began)
                    if counts["video"] >= wanted:
                        enough.set()
        except MediaStreamError:
            pass

    pc.on("track", lambda track: tasks.append(asyncio.ensure_future(count(track))))
    for kind in ("audio", "video"):
        pc.addTransceiver(kind, direction="recvonly")
    own = await offer(http, pc, url)
    try:
        await asyncio.wait_for(enough.wait(), seconds)
    except asyncio.TimeoutError:
        pass
    after = f"{first[0]:.2f} s" if first else "never"
    print(f"played {counts['video']} frames {sorted(sizes)} and {counts['audio']} of sound; the first after {after}", flush=True)
    await end(http, own)
    await pc.close()
    return counts["video"] >= wanted and counts["audio"] > 0


async def main(what, *rest):
    async with aiohttp.ClientSession() as http:
        if what == "publish":
            url, key, *seconds = rest
            await publish(http, url, key, asyncio.sleep(float(*seconds or [60])))
            return True
        if what == "play":
            url, wanted, *seconds = rest
            return await play(http, url, int(wanted), float(*seconds or [PATIENCE_S]))
        whip, key, whep, wanted = rest
        done = asyncio.get_running_loop().create_future()
        publishing = asyncio.ensure_future(publish(http, whip, key, done))
        try:
            return await play(http, whep, int(wanted), PATIENCE_S)
        finally:
            if not publishing.done():
                done.set_result(None)
            await publishing


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("publish", "play", "both"):
        raise SystemExit(__doc__)
    sys.exit(0 if asyncio.run(main(*sys.argv[1:])) else 1)
