import type { Page } from '@playwright/test';

/**
 * Sends a moving picture and a tone by WHIP, as an encoder does: with no page of the shop, only its address and its key.
 * Where a codec is named (`VP9`), nothing else is offered.
 */
export async function sendByWhip(page: Page, url: string, key: string, codec?: string): Promise<void> {
  await page.evaluate(
    async ({ url, key, codec }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      const context = canvas.getContext('2d')!;
      let drawn = 0;
      setInterval(() => {
        drawn += 1;
        context.fillStyle = `hsl(${drawn % 360} 70% 45%)`;
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.fillStyle = 'white';
        context.font = '96px monospace';
        context.fillText(String(drawn), 40, 200);
      }, 1000 / 30);
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const sound = audio.createMediaStreamDestination();
      tone.connect(sound);
      tone.start();
      const connection = new RTCPeerConnection();
      (window as any).encoder = connection;
      for (const track of [...canvas.captureStream(30).getTracks(), ...sound.stream.getTracks()]) {
        const transceiver = connection.addTransceiver(track, { direction: 'sendonly' });
        if (codec && track.kind === 'video') {
          const wanted = [`video/${codec}`, 'video/rtx'];
          transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video')!.codecs.filter(({ mimeType }) => wanted.includes(mimeType)));
        }
      }
      await connection.setLocalDescription();
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' };
      const answer = await fetch(url, { method: 'POST', headers, body: connection.localDescription!.sdp });
      if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
      await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    },
    { url, key, codec },
  );
}
