// From a picture to faces and from a face to probabilities, step by step as the Python package does it:
// fer_utils/data/detectors/blazeface.py, fer_utils/data/photographs.py, fer_utils/edge/litert.py and
// fer_utils/evaluation/prediction.py. The numbers come from facts.json, which is written from there.
//
// A box is { row, column, height, width } in pixels of the picture.

import { BILINEAR, LANCZOS, resize, shrink } from "./resize.js";

// Python's rounding: halves go to the even neighbour.
export function round(value) {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

// The pixels of an ImageData without its transparency.
export function rgb({ width, height, data }) {
  const out = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    out[to++] = data[from];
    out[to++] = data[from + 1];
    out[to++] = data[from + 2];
  }
  return { width, height, channels: 3, data: out };
}

// --- the detector

export function smallestLookedFor(facts, width, height) {
  const longest = Math.max(width, height);
  const first = facts.firstLook * Math.max(1, longest / facts.longestSide);
  return round(Math.max(facts.smallest, Math.min((longest * facts.least) / facts.lookSide, first)));
}

// The side of the smallest face that one look at the whole picture shows: enough for a camera, and quick.
export const shownByOneLook = (facts, width, height) =>
  Math.max(facts.smallest, Math.ceil((Math.max(width, height) * facts.least) / facts.lookSide));

function starts(length, side, overlap) {
  const number = Math.max(1, Math.ceil((length - overlap) / (side - overlap)));
  const last = Math.max(0, length - side);
  return Array.from({ length: number }, (_, k) => round(number > 1 ? (last * k) / (number - 1) : 0));
}

// Where to look: [top, left, side] of squares, the whole picture first, then smaller ones that overlap.
export function looks(facts, width, height, least) {
  const share = facts.least / facts.lookSide;
  const whole = Math.max(width, height);
  const found = [[0, 0, whole]];
  const levels = Math.ceil(Math.log(Math.max(1, (share * whole) / least / 1.1)) / Math.log(4));
  let side = whole;
  for (let level = 1; level <= levels; level += 1) {
    const overlap = facts.room * share * side;
    side = round(whole * (least / share / whole) ** (level / levels));
    for (const top of starts(height, side, overlap))
      for (const left of starts(width, side, overlap)) found.push([top, left, side]);
  }
  return found;
}

// Of boxes [left, top, width, height, score] that overlap, the mean by their scores, with the best score.
export function merged(facts, boxes) {
  let rest = [...boxes].sort((a, b) => b[4] - a[4]);
  const kept = [];
  while (rest.length) {
    const best = rest[0];
    const same = rest.filter((box) => {
      const wide = Math.min(best[0] + best[2], box[0] + box[2]) - Math.max(best[0], box[0]);
      const high = Math.min(best[1] + best[3], box[1] + box[3]) - Math.max(best[1], box[1]);
      const shared = Math.max(0, wide) * Math.max(0, high);
      return box === best || shared > facts.sameBox * (best[2] * best[3] + box[2] * box[3] - shared);
    });
    const total = same.reduce((sum, box) => sum + box[4], 0);
    kept.push([0, 1, 2, 3].map((k) => same.reduce((sum, box) => sum + box[k] * box[4], 0) / total).concat(best[4]));
    rest = rest.filter((box) => !same.includes(box));
  }
  return kept;
}

// The faces of one square of the picture, in pixels of the picture. What lies outside the picture is black.
function look(facts, ask, picture, [top, left, side]) {
  const look = facts.lookSide;
  const [bottom, right] = [Math.min(top + side, picture.height), Math.min(left + side, picture.width)];
  const unit = side / look;
  const [width, height] = [Math.max(1, round((right - left) / unit)), Math.max(1, round((bottom - top) / unit))];
  const small = shrink(picture, width, height, BILINEAR, [left, top, right, bottom]);
  const square = new Float32Array(look * look * 3).fill(-1);
  for (let row = 0; row < height; row += 1)
    for (let place = 0; place < width * 3; place += 1)
      square[row * look * 3 + place] = small.data[row * width * 3 + place] / 127.5 - 1;

  const [numbers, scores] = ask(square).map((bytes) => new Float32Array(bytes.buffer));
  const enough = side >= Math.max(picture.width, picture.height) ? facts.enough : facts.enoughCut;
  const across = look / facts.step;
  const boxes = [];
  for (let place = 0; place < scores.length; place += 1) {
    const score = 1 / (1 + Math.exp(-scores[place]));
    if (!(score >= enough)) continue;
    const at = place * facts.numbers;
    const x = numbers[at] + facts.step * ((place % across) + 0.5);
    const y = numbers[at + 1] + facts.step * (Math.floor(place / across) + 0.5);
    boxes.push([x - numbers[at + 2] / 2, y - numbers[at + 3] / 2, numbers[at + 2], numbers[at + 3], score]);
  }
  return merged(facts, boxes)
    .map(([x, y, wide, high, score]) => [x * unit + left, y * unit + top, wide * unit, high * unit, score])
    // a face that a border inside the picture cuts is whole in another square
    .filter(([x, y, wide, high]) => !((x < left && left > 0) || (y < top && top > 0)
      || (x + wide > right && right < picture.width) || (y + high > bottom && bottom < picture.height)));
}

const area = (box) => box.height * box.width;

// Without boxes whose middle lies in a larger one.
function withoutDoubles(boxes) {
  const kept = [];
  const order = [...boxes].sort((a, b) => area(b) - area(a) || a.row - b.row || a.column - b.column);
  for (const box of order) {
    const [y, x] = [box.row + box.height / 2, box.column + box.width / 2];
    if (!kept.some((other) => other.row <= y && y <= other.row + other.height
      && other.column <= x && x <= other.column + other.width)) kept.push(box);
  }
  return kept;
}

// The square that FER-2013 would have cut, for a box of the detector. It may reach past the picture's border.
export function framed(framing, box) {
  const size = (box.height + box.width) / 2;
  const side = framing.side * size;
  const row = box.row + box.height / 2 + framing.down * size - side / 2;
  const column = box.column + box.width / 2 - side / 2;
  return { row: round(row), column: round(column), height: round(side), width: round(side) };
}

// The faces of a picture, framed, largest first. `ask`: the detector's network.
export function findFaces(facts, ask, picture, least = smallestLookedFor(facts, picture.width, picture.height)) {
  const boxes = merged(facts, looks(facts, picture.width, picture.height, least)
    .flatMap((where) => look(facts, ask, picture, where)));
  return withoutDoubles(boxes.filter(([, , wide, high]) => (wide + high) / 2 >= facts.almost * least)
    .map(([x, y, wide, high]) => ({ row: round(y), column: round(x), height: round(high), width: round(wide) })))
    .map((box) => framed(facts.framing, box));
}

// --- the face

const within = (value, end) => Math.min(end - 1, Math.max(0, value));

// One face of a picture as FER-2013 stores it: gray, size x size. Past the border the border's pixels are repeated.
export function cutFace(picture, box, size) {
  const gray = new Uint8Array(box.height * box.width);
  for (let row = 0, to = 0; row < box.height; row += 1) {
    const line = within(row + box.row, picture.height) * picture.width;
    for (let column = 0; column < box.width; column += 1, to += 1) {
      const at = 3 * (line + within(column + box.column, picture.width));
      const { data } = picture;
      gray[to] = (data[at] * 19595 + data[at + 1] * 38470 + data[at + 2] * 7471 + 0x8000) >> 16; // Pillow's weights
    }
  }
  return resize({ width: box.width, height: box.height, channels: 1, data: gray }, size, size, LANCZOS).data;
}

// The largest square in the middle of a picture.
export function middleSquare({ width, height }) {
  const side = Math.min(width, height);
  return { row: Math.floor((height - side) / 2), column: Math.floor((width - side) / 2), height: side, width: side };
}

// Seven probabilities of a face, Uint8Array. `network`: its facts, with `ask`. They add up to one.
export function readFace(network, face) {
  const { takes, gives, ask } = network;
  const input = Int8Array.from(face, (value) => Math.min(127, Math.max(-128, round(value / takes.scale) + takes.zero)));
  const given = Array.from(new Int8Array(ask(input)[0].buffer), (value) => (value - gives.zero) * gives.scale);
  const total = given.reduce((sum, one) => sum + one, 0);
  return given.map((one) => one / total);
}

// The area that two boxes share, as a part of what they cover together.
export function overlap(one, other) {
  const high = Math.min(one.row + one.height, other.row + other.height) - Math.max(one.row, other.row);
  const wide = Math.min(one.column + one.width, other.column + other.width) - Math.max(one.column, other.column);
  const shared = Math.max(0, high) * Math.max(0, wide);
  return shared / (area(one) + area(other) - shared);
}
