import type { Locator, Page } from '@playwright/test';

const bits = 24;

/**
 * Draws the time into every picture of the host's demo camera, as black and white cells that survive any encoder: tenths
 * of a second, 24 bits, the highest first. Call before the page is opened.
 */
export async function stampTime(host: Page): Promise<void> {
  await host.addInitScript((bits) => {
    // Smaller than a shop's picture: two encoders and two decoders share the machine with everything else.
    const capture = HTMLCanvasElement.prototype.captureStream;
    HTMLCanvasElement.prototype.captureStream = function (...rate) {
      [this.width, this.height] = [480, 270];
      return capture.apply(this, rate);
    };
    const native = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (...words) {
      native.apply(this, words as [string, number, number]);
      const { width, height } = this.canvas;
      const cell = width / bits;
      const now = Math.floor(Date.now() / 100) % 2 ** bits;
      this.save();
      this.setTransform(1, 0, 0, 1, 0, 0);
      for (let bit = 0; bit < bits; bit += 1) {
        this.fillStyle = (now >> (bits - 1 - bit)) & 1 ? '#fff' : '#000';
        this.fillRect(bit * cell, height * 0.9, cell + 1, height * 0.1);
      }
      this.restore();
    };
  }, bits);
}

/** How old the picture is that this video shows, in seconds, as its stamp says. */
export async function ageOfPicture(video: Locator): Promise<number> {
  return video.evaluate((element, bits) => {
    const player = element as HTMLVideoElement;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bits * 8, 8];
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    const { videoWidth, videoHeight } = player;
    context.drawImage(player, 0, videoHeight * 0.92, videoWidth, videoHeight * 0.06, 0, 0, canvas.width, canvas.height);
    let stamp = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const [red, green, blue] = context.getImageData(bit * 8 + 4, 4, 1, 1).data;
      stamp = stamp * 2 + (red + green + blue > 382 ? 1 : 0);
    }
    const now = Math.floor(Date.now() / 100) % 2 ** bits;
    return ((now - stamp + 2 ** bits) % 2 ** bits) / 10;
  }, bits);
}
