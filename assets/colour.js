/* Colours: orange and blue for signed numbers as in TensorFlow Playground, one hue for shares, ten for classes. */

const NEGATIVE = [245, 147, 34], POSITIVE = [8, 119, 189];
const STOPS = {
  light: {
    diverging: [NEGATIVE, [249, 200, 146], [236, 239, 242], [138, 188, 219], POSITIVE],
    sequential: [[246, 248, 250], [180, 213, 236], [70, 146, 200], [18, 84, 146], [6, 41, 84]],
  },
  dark: {
    diverging: [[255, 164, 58], [150, 92, 34], [33, 38, 46], [28, 92, 142], [66, 172, 240]],
    sequential: [[27, 32, 40], [26, 64, 104], [31, 112, 176], [98, 180, 236], [222, 242, 255]],
  },
};
const GREYS = [[0, 0, 0], [255, 255, 255]];
const LEVELS = 256;

/* Told apart also by people who do not see red and green (Okabe and Ito 2008, with darker neighbours). */
const CLASSES = [
  [245, 147, 34], [8, 119, 189], [0, 158, 115], [204, 121, 167], [214, 194, 31],
  [86, 190, 240], [196, 66, 42], [122, 81, 180], [140, 140, 140], [108, 78, 48],
];

export const rgb = ([red, green, blue], alpha = 1) => `rgba(${red | 0},${green | 0},${blue | 0},${alpha})`;
export const classColour = (index) => CLASSES[index % CLASSES.length];
export const mix = (from, to, share) => from.map((value, k) => value + (to[k] - value) * share);

/* What a theme draws with: tables of 256 packed pixels, and the two hues of signed lines. */
export function palette(isDark) {
  const { diverging, sequential } = STOPS[isDark ? "dark" : "light"];
  return {
    diverging: table(diverging), sequential: table(sequential), greys: table(GREYS),
    negative: diverging[0], middle: diverging[2], positive: diverging[4],
  };
}

/* A signed number in -1..1 as a CSS colour. */
export function signedColour(colours, value, alpha = 1) {
  return rgb(unpacked(colours.diverging[signedLevel(value)]), alpha);
}

export function shareColour(colours, value, alpha = 1) {
  return rgb(unpacked(colours.sequential[shareLevel(value)]), alpha);
}

/* How light a colour of ours is, 0 to 1. */
export function luminanceOf(colour) {
  const [red, green, blue] = colour.match(/\d+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

export const signedLevel = (value) => Math.max(0, Math.min(255, Math.round(127.5 + 127.5 * value))) || 0;
export const shareLevel = (value) => Math.max(0, Math.min(255, Math.round(255 * value))) || 0;

/* Pixels for n maps, one below the other, on a canvas that is kept from frame to frame. */
export class Atlas {
  constructor() {
    this.width = this.height = 0;
  }

  /* `level(i)` gives the entry of the table for the i-th number; `isFlipped` puts the first row at the bottom. */
  paint(count, rows, columns, colours, level, isFlipped = false) {
    this.size(columns, rows * count);
    const { pixels } = this;
    for (let map = 0, i = 0; map < count; map++) {
      for (let row = 0; row < rows; row++) {
        const place = (map * rows + (isFlipped ? rows - 1 - row : row)) * columns;
        for (let column = 0; column < columns; column++, i++) pixels[place + column] = colours[level(i)];
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /* The same with packed colours worked out by the caller. */
  paintPixels(count, rows, columns, pixel, isFlipped = false) {
    this.size(columns, rows * count);
    for (let row = 0, i = 0; row < rows * count; row++) {
      const place = (isFlipped ? rows - 1 - row : row) * columns;
      for (let column = 0; column < columns; column++, i++) this.pixels[place + column] = pixel(i);
    }
    this.context.putImageData(this.image, 0, 0);
  }

  size(width, height) {
    if (width === this.width && height === this.height) return;
    [this.width, this.height] = [width, height];
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }
}

/* Paints an array of frames.js as maps by its meaning: signed, shares (`isShare`), or a picture's greys. */
export function paintArray(atlas, array, colours, { isShare = false, isGrey = false, isFlipped = false, peak } = {}) {
  const [count, rows, columns] = threeSides(array.shape);
  const { values } = array;
  const most = peak ?? (array.scale ? 127 : largestOf(values));
  const gain = most ? 1 / most : 0;
  if (isGrey) return paintGrey(atlas, values, [count, rows, columns], colours);
  if (isShare) return atlas.paint(count, rows, columns, colours.sequential, (i) => shareLevel(values[i] * gain), isFlipped);
  return atlas.paint(count, rows, columns, colours.diverging, (i) => signedLevel(values[i] * gain), isFlipped);
}

/* One channel as grey, three as red, green and blue; stretched from the least to the greatest number. */
function paintGrey(atlas, values, [channels, rows, columns], colours) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const gain = high > low ? 1 / (high - low) : 0;
  const byte = (i) => shareLevel((values[i] - low) * gain);
  if (channels !== 3) return atlas.paint(1, rows, columns, colours.greys, byte);
  const plane = rows * columns;
  const pixel = (i) => packed([byte(i), byte(i + plane), byte(i + 2 * plane)]);
  return atlas.paintPixels(1, rows, columns, pixel);
}

export const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
export const unpacked = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

const threeSides = (shape) => (shape.length === 3 ? shape : [1, shape[0], shape[1] ?? 1]);

function largestOf(values) {
  let found = 0;
  for (let i = 0; i < values.length; i++) found = Math.max(found, Math.abs(values[i]) || 0);
  return found;
}

function table(stops) {
  const last = stops.length - 1;
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const place = (level / (LEVELS - 1)) * last, left = Math.min(last - 1, Math.floor(place));
    return packed(mix(stops[left], stops[left + 1], place - left).map(Math.round));
  });
}
