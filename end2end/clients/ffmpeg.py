"""Publishes a show by WHIP with FFmpeg's own muxer, as its command line does with `-f whip`.

ffmpeg.py URL KEY SECONDS CERTIFICATE PRIVATE_KEY    a moving test picture (H.264) and silence (Opus), for that long

The certificate is that of the media connection. Where FFmpeg is built with GnuTLS it makes one on a curve that WebRTC does not
know (secp224r1), and nobody talks to it; so it is given one.
"""

import fractions
import sys
import time

import av
from drawing import drawn

SIZE, RATE, SOUND_RATE, SOUND_STEP = (640, 360), 30, 48000, 960


def main(url, key, seconds, certificate, private_key):
    # Nothing that needs pictures which are still to come: browsers decode none of it.
    plain = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "bf": "0", "g": str(2 * RATE)}
    session = {"authorization": key, "cert_file": certificate, "key_file": private_key}
    with av.open(url, "w", format="whip", options=session) as out:
        picture = out.add_stream("libx264", rate=RATE, options=plain)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        sound = out.add_stream("libopus", rate=SOUND_RATE, layout="stereo")
        began, pictures, sounds = time.monotonic(), 0, 0
        while (passed := time.monotonic() - began) < seconds:
            if pictures <= passed * RATE:
                out.mux(picture.encode(shown(pictures)))
                pictures += 1
            elif sounds * SOUND_STEP <= passed * SOUND_RATE:
                out.mux(sound.encode(silence(sounds)))
                sounds += 1
            else:
                time.sleep(0.002)
    print(f"published {pictures} frames with FFmpeg {av.ffmpeg_version_info}")


def shown(count):
    frame = drawn(count, *SIZE)
    frame.pts, frame.time_base = count, fractions.Fraction(1, RATE)
    return frame


def silence(count):
    frame = av.AudioFrame(format="flt", layout="stereo", samples=SOUND_STEP)
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    frame.pts, frame.sample_rate, frame.time_base = count * SOUND_STEP, SOUND_RATE, fractions.Fraction(1, SOUND_RATE)
    return frame


if __name__ == "__main__":
    if len(sys.argv) != 6:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:])
