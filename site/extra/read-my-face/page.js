// The page: consent, camera, photograph, the answer, and the drawn face beside it. No picture is kept or sent.

import { cutFace, findFaces, middleSquare, overlap, readFace, rgb, shownByOneLook } from "./faces.js";
import { fetched, openRuntime } from "./runtime.js";

const FRAME_SIDE = 640; // pixels of the longer side of a camera frame
const STILL_SIDE = 4096; // of a photograph: phones refuse larger canvases
const SCREEN_SIDE = 1024; // of what is shown
const MEMORY = 0.3; // seconds: after so long a third of an old answer is left in the average
const CALM = 500; // ms between two answers where the reader asked for little motion
const SPOKEN = 1000; // ms that a word of the camera has to stand before a screen reader says it

const at = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const percent = (share) => `${Math.round(100 * share)} %`;
const longest = (numbers) => numbers.indexOf(Math.max(...numbers));
const say = (text) => { at("status").textContent = text; };

// The theme that the reader chose in the course, which lies on the same host.
try {
  const theme = localStorage.getItem("mode");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* storage is closed to this page: the system's theme it is */ }

function make(name, parent, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  parent.append(made);
  return made;
}

function state(name) {
  document.body.dataset.state = name;
  const running = name === "starting" || name === "running";
  at("doors").hidden = running;
  at("stop").hidden = !running;
}

// --- what has to be loaded

async function load() {
  const facts = await (await fetched({ file: "facts.json" })).json();
  const networks = Object.values(facts.networks);
  const wanted = [facts.detector, ...networks, facts.drawings]
    .map(async (known) => new Uint8Array(await (await fetched(known)).arrayBuffer()));
  wanted.push(fetched({ file: facts.example }).then((answer) => answer.blob()));
  const runtime = openRuntime(facts.runtimes);
  const files = await Promise.all(wanted);
  const network = await runtime;
  for (const [place, one] of [facts.detector, ...networks].entries()) one.ask = await network(files[place]);
  for (const one of networks) readFace(one, new Uint8Array(facts.size ** 2)); // the first answer takes longer
  facts.drawings.bytes = files.at(-2);
  return { facts, portrait: files.at(-1), networks: facts.networks, read: readFace,
    find: (picture, least) => findFaces(facts.detector, facts.detector.ask, picture, least),
    cut: (picture, box) => cutFace(picture, box, facts.size) };
}

// --- pictures

const work = document.createElement("canvas");
const pen = work.getContext("2d", { willReadFrequently: true });

// The pixels of a video or a bitmap, no larger than `side`.
function pixels(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  work.width = Math.max(1, Math.round(width * scale));
  work.height = Math.max(1, Math.round(height * scale));
  pen.drawImage(source, 0, 0, work.width, work.height);
  return rgb(pen.getImageData(0, 0, work.width, work.height));
}

// Gray pixels on one of the small canvases.
function paint(canvas, face) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  face.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  context.putImageData(image, 0, 0);
}

// What lies on the working canvas, with the boxes; mirrored as in a mirror where it is the camera's.
function showPicture(boxes, mirrored) {
  const screen = at("screen");
  const scale = Math.min(1, SCREEN_SIDE / Math.max(work.width, work.height));
  screen.width = Math.round(work.width * scale);
  screen.height = Math.round(work.height * scale);
  const context = screen.getContext("2d");
  if (mirrored) context.setTransform(-1, 0, 0, 1, screen.width, 0);
  context.drawImage(work, 0, 0, screen.width, screen.height);
  const thick = Math.max(2, screen.width / 160);
  boxes.forEach((box, number) => {
    const place = [box.column, box.row, box.width, box.height].map((value) => value * scale);
    context.lineWidth = number ? thick : 2 * thick;
    context.strokeStyle = "#000000";
    context.strokeRect(...place);
    context.lineWidth /= 2;
    context.strokeStyle = number ? "#e69f00" : "#56b4e9";
    context.strokeRect(...place);
  });
  const count = boxes.length === 1 ? "one face" : `${boxes.length} faces`;
  screen.setAttribute("aria-label", `The picture, with a box around ${boxes.length ? count : "no face"}`);
}

// --- the page

function setUp(engine) {
  const { facts, networks } = engine;
  let camera = null; // its stream, while it runs
  let drawingShown = 0; // which of a class's drawings
  let drawnBefore = {}; // what the networks said of the drawing on show
  let now = null; // { face, shares }: what is on show
  let average = { box: null, shares: null, at: -Infinity };

  for (const span of document.querySelectorAll("[data-fact]"))
    span.textContent = { ...facts.words, network: networks.photographs.name }[span.dataset.fact];

  const rows = facts.emotions.map((emotion) => {
    const row = make("li", at("bars"));
    make("span", row, {}, emotion);
    const track = make("span", row, { class: "track", "aria-hidden": "true" });
    return { row, bar: make("span", track, { class: "bar" }), limit: make("span", track, { class: "limit" }),
      number: make("span", row, { class: "number" }, "–") };
  });
  const cells = facts.emotions.map((emotion) => {
    const row = make("tr", at("compared"));
    make("th", row, { scope: "row" }, emotion);
    return [0, 1, 2, 3].map(() => make("td", row));
  });
  make("option", at("which"), { value: "" }, "as the face above");
  facts.emotions.forEach((emotion, number) => make("option", at("which"), { value: number }, emotion));

  const threshold = () => at("threshold").value / 100;
  const wordOf = (shares) => (Math.max(...shares) >= threshold() ? facts.emotions[longest(shares)] : facts.silence);

  function showAnswer() {
    const shares = now && now.shares;
    const word = shares ? wordOf(shares) : "No face found";
    at("word").textContent = word;
    document.body.dataset.word = word;
    rows.forEach(({ row, bar, number }, place) => {
      bar.style.width = shares ? `${100 * shares[place]}%` : "0";
      number.textContent = shares ? percent(shares[place]) : "–";
      row.classList.toggle("best", Boolean(shares) && word === facts.emotions[place]);
    });
    if (now) paint(at("seen"), now.face);
    at("seen").setAttribute("aria-label", now ? "The face, small and gray" : "No face");
    at("seen").hidden = !now;
    if (at("compare").checked) showDrawn();
    return word;
  }

  function showThreshold() {
    const [, coverage, right] = facts.thresholds.find(([value]) => Math.abs(value - threshold()) < 0.01);
    at("least").textContent = percent(threshold());
    at("threshold").setAttribute("aria-valuetext", percent(threshold()));
    for (const { limit } of rows) limit.style.left = `${100 * threshold()}%`;
    at("silence").textContent = `Where no probability reaches ${percent(threshold())}, the page says "${facts.silence}". `
      + `Of PublicTest's photographs of faces ${percent(coverage)} then get an answer, and ${percent(right)} of these `
      + `answers are the dataset's word. (Counted before the network was rounded to eight bits.)`;
    if (document.body.dataset.state !== "ready") showAnswer();
  }

  function showDrawn() {
    const { labels, bytes } = facts.drawings;
    const chosen = at("which").value;
    const emotion = chosen !== "" ? Number(chosen) : now ? longest(now.shares) : facts.emotions.indexOf("happiness");
    const places = labels.flatMap((label, place) => (label === emotion ? [place] : []));
    const place = places[drawingShown % places.length];
    const face = bytes.subarray(place * facts.size ** 2, (place + 1) * facts.size ** 2);
    paint(at("drawing"), face);
    at("drawing").setAttribute("aria-label", `A drawn face that is to show ${facts.emotions[emotion]}`);
    if (drawnBefore.place !== place) // a camera comes here with every frame
      drawnBefore = { place, shares: [networks.photographs, networks.drawings].map((one) => readFace(one, face)) };
    const columns = [now && now.shares, drawnBefore.shares[0], now && readFace(networks.drawings, now.face),
      drawnBefore.shares[1]];
    cells.forEach((row, number) => row.forEach((cell, column) => {
      const shares = columns[column];
      cell.textContent = shares ? percent(shares[number]) : "–";
      cell.classList.toggle("best", Boolean(shares) && number === longest(shares));
    }));
  }

  // --- a still picture

  function showStill(picture, boxes, nothing) {
    const face = boxes.length ? engine.cut(picture, boxes[0]) : null;
    now = face && { face, shares: readFace(networks.photographs, face) };
    state("picture");
    showPicture(boxes, false);
    at("rate").textContent = "";
    document.body.dataset.boxes = JSON.stringify(boxes);
    const word = showAnswer();
    const more = boxes.length > 1 ? ` ${boxes.length} faces were found; the largest is read.` : "";
    say(now ? `The picture is read: ${word}.${more}` : nothing);
    at("stage").scrollIntoView({ block: "nearest" });
  }

  async function readStill(blob, words) {
    say(`Reading ${words} …`);
    let picture;
    try {
      const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
      picture = pixels(bitmap, bitmap.width, bitmap.height, STILL_SIDE);
      bitmap.close();
    } catch {
      say("This file is no picture that the browser can open.");
      return;
    }
    const boxes = engine.find(picture);
    at("whole").hidden = boxes.length > 0;
    at("whole").onclick = () => {
      at("whole").hidden = true;
      showStill(picture, [middleSquare(picture)], "");
    };
    showStill(picture, boxes, "No upright face was found in this picture. If it is a face and little else, take the whole "
      + "picture for the face.");
  }

  at("file").onchange = () => {
    const [file] = at("file").files;
    at("file").value = "";
    if (file) readStill(file, "the photograph");
  };
  at("example").onclick = () => readStill(engine.portrait, "the portrait");

  // --- the camera

  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  let times = [];
  let spoken = { word: "", since: 0, said: false };

  function obstacle() {
    if (!window.isSecureContext) return "Browsers lend the camera to https pages alone.";
    if (!navigator.mediaDevices?.getUserMedia) return "This browser offers no camera to a page.";
    return "";
  }

  const reasons = {
    NotAllowedError: "The browser did not allow the camera.",
    NotFoundError: "No camera was found.",
    NotReadableError: "The camera could not be opened; perhaps another program is using it.",
  };
  const elsewise = "A photograph and the example portrait work without it.";

  function halt(text) {
    const was = camera;
    camera = null;
    for (const track of was ? was.getTracks() : []) track.stop(); // this puts the camera's light out
    video.srcObject = null;
    average = { box: null, shares: null, at: -Infinity };
    state(now ? "stopped" : "ready");
    if (text) say(text);
  }

  // The average over time of one face's answers; it begins anew where the face is another, or was away.
  function smoothed(box, shares, time) {
    const passed = (time - average.at) / 1000;
    const known = average.box && passed < facts.forgottenAfter && overlap(average.box, box) > facts.knownAgain;
    const keep = known ? Math.exp(-passed / MEMORY) : 0;
    const mean = shares.map((share, k) => (keep ? keep * average.shares[k] + (1 - keep) * share : share));
    average = { box, shares: mean, at: time };
    return mean;
  }

  let shownAt = 0;

  function frame() {
    if (!camera) return;
    try {
      readFrame();
    } catch (error) { // nobody should stand before a camera whose page has failed
      halt(`The camera is off: reading it failed (${error.message}).`);
      return;
    }
    requestAnimationFrame(frame); // no faster than the screen, and none while the page is hidden
  }

  function readFrame() {
    if (video.readyState >= 2 && video.videoWidth) {
      const begun = performance.now();
      const picture = pixels(video, video.videoWidth, video.videoHeight, FRAME_SIDE);
      const boxes = engine.find(picture, shownByOneLook(facts.detector, picture.width, picture.height));
      const found = performance.now();
      now = null;
      if (boxes.length) {
        const face = engine.cut(picture, boxes[0]);
        now = { face, shares: smoothed(boxes[0], readFace(networks.photographs, face), begun) };
      }
      const read = performance.now();
      showPicture(boxes, true);
      if (!still.matches || read - shownAt > CALM) {
        shownAt = read;
        speak(showAnswer(), read);
        showRate(found - begun, read - found);
      }
      times = [...times, read].slice(-20);
      document.body.dataset.frames = Number(document.body.dataset.frames || 0) + 1;
    }
  }

  function showRate(finding, reading) {
    if (times.length < 2) return;
    const rate = ((times.length - 1) * 1000) / (times.at(-1) - times[0]);
    document.body.dataset.rate = rate.toFixed(2);
    at("rate").textContent = `${rate.toFixed(rate < 10 ? 1 : 0)} frames a second. The last took ${Math.round(finding)} ms `
      + `to find the face, ${Math.round(reading)} ms to read it.`;
  }

  function speak(word, time) {
    if (word !== spoken.word) spoken = { word, since: time, said: false };
    else if (!spoken.said && time - spoken.since > SPOKEN) {
      spoken.said = true;
      say(`The camera is on: ${word}.`);
    }
  }

  at("start").onclick = async () => {
    const problem = obstacle();
    if (problem) {
      say(`${problem} ${elsewise}`);
      return;
    }
    at("whole").hidden = true;
    state("starting");
    say("Waiting for the camera …");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false,
        video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" } });
      if (document.body.dataset.state !== "starting") { // stopped while the browser asked
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      camera = stream;
      for (const track of stream.getTracks())
        track.addEventListener("ended", () => { if (camera === stream) halt("The camera was taken away."); });
      video.srcObject = stream;
      times = [];
      await video.play();
      state("running");
      say("The camera is on.");
      at("stop").focus();
      at("stage").scrollIntoView({ block: "nearest" });
      frame();
    } catch (error) {
      halt(`${reasons[error.name] || `The camera could not be opened (${error.name}).`} ${elsewise}`);
    }
  };
  at("stop").onclick = () => {
    halt("The camera is off. Its last picture stays here until the page is closed.");
    at("start").focus();
  };
  addEventListener("pagehide", () => halt(""));

  // --- the rest

  at("threshold").value = 100 * facts.threshold;
  at("threshold").oninput = showThreshold;
  at("compare").onchange = () => {
    at("panel").hidden = !at("compare").checked;
    if (at("compare").checked) showDrawn();
  };
  at("which").onchange = () => { drawingShown = 0; showDrawn(); };
  at("another").onclick = () => { drawingShown += 1; showDrawn(); };
  state("ready");
  showThreshold();
  for (const id of ["start", "file", "example", "compare"]) at(id).disabled = false;
}

// What the page runs on, once it is loaded: for the page itself, and for tests.
export const ready = load().then((engine) => {
  setUp(engine);
  const bytes = performance.getEntriesByType("resource").reduce((sum, one) => sum + (one.encodedBodySize || 0), 0);
  say(`Ready after ${(performance.now() / 1000).toFixed(1)} seconds and ${(bytes / 1e6).toFixed(0)} MB. Nothing more will `
    + "be fetched.");
  return engine;
}).catch((error) => {
  document.body.dataset.state = "failed";
  say(`The network could not be started (${error.message}). A newer browser may help.`);
  return null;
});
