// Pictures made smaller as Pillow does it (Python's `Image.resize` and `Image.reduce` of 8-bit pixels), to the bit.
//
// A canvas shrinks pictures in a way of its own in every browser, and the network's answer depends on it. A picture is
// { width, height, channels, data }, `data` a Uint8Array with the channels of a pixel side by side, one or three.

const BITS = 22; // of Pillow's whole-numbered weights

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
export const BILINEAR = { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };
export const LANCZOS = { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) };

// For each of `size` places: the first pixel that counts, and the weights from there on.
function weightsOf(length, from, to, size, filter) {
  const scale = (to - from) / size;
  const wide = Math.max(1, scale);
  const reach = filter.reach * wide;
  return Array.from({ length: size }, (_, place) => {
    const middle = from + (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - reach + 0.5));
    const last = Math.min(length, Math.trunc(middle + reach + 0.5));
    const raw = Array.from({ length: last - first }, (_, k) => filter.weight((k + first - middle + 0.5) / wide));
    const total = raw.reduce((sum, one) => sum + one, 0);
    const whole = raw.map((one) => Math.trunc((one / total) * 2 ** BITS + (one < 0 ? -0.5 : 0.5)));
    return { first, weights: Int32Array.from(whole) };
  });
}

const HALF = 2 ** (BITS - 1);
const rounded = (sum) => Math.min(255, Math.max(0, sum >> BITS));

// Colours are summed side by side and rows line by line: a camera's frame goes through here many times a second.
function across({ height, width, channels, data }, places) {
  const out = new Uint8Array(places.length * height * channels);
  for (let place = 0; place < places.length; place += 1) {
    const { first, weights } = places[place];
    const { length } = weights;
    for (let row = 0; row < height; row += 1) {
      let at = (row * width + first) * channels;
      const to = (row * places.length + place) * channels;
      let [red, green, blue] = [HALF, HALF, HALF];
      if (channels === 1) {
        for (let k = 0; k < length; k += 1, at += 1) red += weights[k] * data[at];
      } else {
        for (let k = 0; k < length; k += 1, at += 3) {
          const weight = weights[k];
          red += weight * data[at];
          green += weight * data[at + 1];
          blue += weight * data[at + 2];
        }
        out[to + 1] = rounded(green);
        out[to + 2] = rounded(blue);
      }
      out[to] = rounded(red);
    }
  }
  return { width: places.length, height, channels, data: out };
}

function down({ width, channels, data }, places) {
  const line = width * channels;
  const out = new Uint8Array(line * places.length);
  const sums = new Int32Array(line);
  places.forEach(({ first, weights }, row) => {
    sums.fill(HALF);
    weights.forEach((weight, k) => {
      const from = (first + k) * line;
      for (let place = 0; place < line; place += 1) sums[place] += weight * data[from + place];
    });
    for (let place = 0; place < line; place += 1) out[row * line + place] = rounded(sums[place]);
  });
  return { width, height: places.length, channels, data: out };
}

// The picture, or its part `box` [left, top, right, bottom], at a new size.
export function resize(picture, width, height, filter, box = [0, 0, picture.width, picture.height]) {
  const [left, top, right, bottom] = box;
  let made = picture;
  if (width !== picture.width || left !== 0 || right !== width)
    made = across(made, weightsOf(picture.width, left, right, width, filter));
  if (height !== picture.height || top !== 0 || bottom !== height)
    made = down(made, weightsOf(picture.height, top, bottom, height, filter));
  return made;
}

// Each pixel of the result is the mean of a block of `wide` x `high`; blocks at the far ends may be cut.
function reduce({ width, channels, data }, wide, high, [left, top, right, bottom]) {
  const columns = Math.ceil((right - left) / wide);
  const rows = Math.ceil((bottom - top) / high);
  const out = new Uint8Array(columns * rows * channels);
  for (let row = 0, to = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const [x, y] = [left + column * wide, top + row * high];
      const [endX, endY] = [Math.min(x + wide, right), Math.min(y + high, bottom)];
      const count = (endX - x) * (endY - y);
      for (let channel = 0; channel < channels; channel += 1, to += 1) {
        let sum = count >> 1;
        for (let v = y; v < endY; v += 1)
          for (let u = x; u < endX; u += 1) sum += data[(v * width + u) * channels + channel];
        out[to] = Math.floor(sum / count);
      }
    }
  return { width: columns, height: rows, channels, data: out };
}

// As `resize`, but a picture that shrinks to less than a `gap`th loses whole blocks first: Pillow's `reducing_gap`.
export function shrink(picture, width, height, filter, [left, top, right, bottom], gap = 3) {
  const wide = Math.max(1, Math.trunc((right - left) / width / gap));
  const high = Math.max(1, Math.trunc((bottom - top) / height / gap));
  if (wide === 1 && high === 1) return resize(picture, width, height, filter, [left, top, right, bottom]);
  const [aside, above] = [(filter.reach - 0.5) * (right - left) / width, (filter.reach - 0.5) * (bottom - top) / height];
  const safe = [Math.max(0, Math.trunc(left - aside)), Math.max(0, Math.trunc(top - above)),
    Math.min(picture.width, Math.ceil(right + aside)), Math.min(picture.height, Math.ceil(bottom + above))];
  return resize(reduce(picture, wide, high, safe), width, height, filter, [(left - safe[0]) / wide,
    (top - safe[1]) / high, (right - safe[0]) / wide, (bottom - safe[1]) / high]);
}
