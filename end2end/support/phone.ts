import type { Locator, Page } from '@playwright/test';

/**
 * Gives a page the cameras of a phone: one in front (red), one behind (blue), upright, only one at a time. `unplug()` in
 * the page takes the one in use away; `locksHeld` counts what keeps the screen on.
 */
export async function pretendPhone(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const cameras = [
      { deviceId: 'front', label: 'Front camera', facingMode: 'user', colour: 'rgb(220, 20, 20)' },
      { deviceId: 'back', label: 'Back camera', facingMode: 'environment', colour: 'rgb(20, 20, 220)' },
    ];
    let inUse: MediaStreamTrack | undefined;
    const devices = navigator.mediaDevices;
    devices.getUserMedia = async (constraints) => {
      const video = constraints?.video as { deviceId?: { exact: string }; facingMode?: { exact: string } };
      const camera = cameras.find(
        (one) => (!video.deviceId || one.deviceId === video.deviceId.exact) && (!video.facingMode || one.facingMode === video.facingMode.exact),
      );
      if (!camera) throw new DOMException('no such camera', 'OverconstrainedError');
      if (inUse?.readyState === 'live') throw new DOMException('one camera at a time', 'NotReadableError');
      const canvas = Object.assign(document.createElement('canvas'), { width: 360, height: 640 });
      const pen = canvas.getContext('2d')!;
      let at = 0;
      const draw = () => {
        pen.fillStyle = camera.colour;
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.fillStyle = 'white';
        pen.fillRect((at += 7) % canvas.width, 20, 24, 24);
      };
      draw();
      const drawing = setInterval(draw, 33);
      const stream = canvas.captureStream(30);
      const [track] = stream.getVideoTracks();
      const stop = track.stop.bind(track);
      track.stop = () => {
        clearInterval(drawing);
        stop();
      };
      track.getSettings = () => ({ deviceId: camera.deviceId, facingMode: camera.facingMode, width: canvas.width, height: canvas.height });
      inUse = track;
      if (constraints?.audio) {
        const context = new AudioContext();
        const destination = context.createMediaStreamDestination();
        const tone = context.createOscillator();
        tone.connect(destination);
        tone.start();
        stream.addTrack(destination.stream.getAudioTracks()[0]);
      }
      return stream;
    };
    devices.enumerateDevices = async () =>
      cameras.map(({ deviceId, label }) => ({ deviceId, label, groupId: '', kind: 'videoinput', toJSON: () => deviceId }) as MediaDeviceInfo);
    (window as any).unplug = () => {
      const track = inUse!;
      track.stop();
      track.dispatchEvent(new Event('ended'));
    };
    (window as any).locksHeld = 0;
    Object.defineProperty(navigator, 'wakeLock', {
      value: {
        request: async () => {
          (window as any).locksHeld += 1;
          return { release: async () => ((window as any).locksHeld -= 1) };
        },
      },
    });
  });
}

/** What fills the picture: `red`, `blue`, or something else. */
export async function colourOf(video: Locator): Promise<string> {
  return video.evaluate((element) => {
    const player = element as HTMLVideoElement;
    if (player.videoWidth === 0) return 'nothing';
    const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
    const pen = canvas.getContext('2d')!;
    pen.drawImage(player, 0, 0, 8, 8);
    const [red, , blue] = pen.getImageData(4, 6, 1, 1).data;
    return red > blue + 80 ? 'red' : blue > red + 80 ? 'blue' : `neither (${red}, ${blue})`;
  });
}
