/* Frames: u32 length | JSON header | arrays, each at a multiple of 8 bytes behind the header.

Numbers are read where they lie; nothing is copied. A number of a coarse array is its byte / 127 * scale. */

const VIEWS = { int8: Int8Array, uint8: Uint8Array, float32: Float32Array, int32: Int32Array };
const LEVELS = 127;
const LENGTH_BYTES = 4;
const decoder = new TextDecoder();

/* {header, arrays: name -> {axes, shape, values, factor}}; the number meant by values[i] is values[i] * factor. */
export function parseFrame(buffer, start = 0) {
  const base = aligned(buffer, start);
  const length = new DataView(base.buffer, base.start, LENGTH_BYTES).getUint32(0, true);
  const behind = base.start + LENGTH_BYTES + length;
  const header = JSON.parse(decoder.decode(new Uint8Array(base.buffer, base.start + LENGTH_BYTES, length)));
  const arrays = new Map();
  for (const listed of header.arrays ?? []) arrays.set(listed.name, arrayView(base.buffer, behind, listed));
  return { header, arrays };
}

/* All frames of a film, in order: each stands behind its own u32 length. */
export function parseFilm(buffer) {
  const view = new DataView(buffer);
  const frames = [];
  for (let place = 0; place + LENGTH_BYTES <= buffer.byteLength; ) {
    const length = view.getUint32(place, true);
    place += LENGTH_BYTES;
    if (place + length > buffer.byteLength) break; // cut off on the way: what came whole is good
    frames.push(parseFrame(buffer.slice(place, place + length)));
    place += length;
  }
  return frames;
}

/* The frames of a stream as they arrive, each behind its own u32 length. */
export async function* framesOf(stream) {
  const reader = stream.getReader();
  let held = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(held.length + value.length);
    joined.set(held);
    joined.set(value, held.length);
    held = joined;
    for (let end = firstEnd(held); end <= held.length; end = firstEnd(held)) {
      yield parseFrame(held.slice(LENGTH_BYTES, end).buffer);
      held = held.subarray(end);
    }
  }
}

/* Where the first frame ends, behind its length. */
function firstEnd(held) {
  if (held.length < LENGTH_BYTES) return Infinity;
  return LENGTH_BYTES + new DataView(held.buffer, held.byteOffset, LENGTH_BYTES).getUint32(0, true);
}

export const numberAt = (array, index) => array.values[index] * array.factor;

/* The i-th part along the first axis, as a view. */
export function slab(array, index) {
  const size = array.values.length / (array.shape[0] || 1);
  return array.values.subarray(index * size, (index + 1) * size);
}

export function largest(values) {
  let found = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > found && size < Infinity) found = size;
  }
  return found;
}

function arrayView(buffer, behind, { axes, shape, dtype, offset, scale }) {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = new VIEWS[dtype](buffer, behind + offset, size);
  return { axes, shape, values, factor: scale ? scale / LEVELS : 1, scale: scale ?? null };
}

/* Typed arrays demand an aligned start; a frame inside a larger buffer may not have one. */
function aligned(buffer, start) {
  return start % 8 ? { buffer: buffer.slice(start), start: 0 } : { buffer, start };
}
