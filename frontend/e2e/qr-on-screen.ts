import type { Locator } from '@playwright/test';
import jsQrModule from 'jsqr';

// The package is CommonJS with a default of its own.
const readQr = jsQrModule.default;

/** What a QR code says, read from the pixels on screen as a camera would; undefined where there is none. */
export async function readQrOnScreen(place: Locator): Promise<string | undefined> {
  const picture = await place.screenshot();
  // The browser has a decoder for its own pictures.
  const { width, height, pixels } = await place.page().evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser draws nothing');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, pixels: [...data] };
  }, picture.toString('base64'));
  return readQr(Uint8ClampedArray.from(pixels), width, height)?.data;
}
