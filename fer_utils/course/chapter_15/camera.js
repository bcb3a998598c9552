// The camera of chapter 15: asks first, sends one small frame at a time to the notebook's kernel, draws what comes back.
//
// Out: {type: "frame", view, seq, still, jpeg: data URL} and {type: "portrait", view, seq}. In, one for each of these:
// {type: "answer", view, seq, ...} as fer_utils/course/chapter_15/camera.py says. Traits: emotions, places (emotion to
// [valence, arousal]), keep and threshold, 0 to 1, which the sliders set. The next frame is taken when the answer to the
// last one is there, so a slow kernel makes the picture slower and nothing piles up.

const SIDE = 320; // pixels of the longer side that a frame is sent with
const STILL_SIDE = 640;
const QUALITY = 0.8;
const PATIENCE = 10000; // milliseconds without an answer after which the camera is stopped
const TRAIL = 60; // places on the circumplex that are still drawn
const SVG = "http://www.w3.org/2000/svg";

function make(name, parent, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  parent.appendChild(made);
  return made;
}

function draw(name, parent, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  parent.appendChild(made);
  return made;
}

// Why there can be no camera here, or "" where one may be asked for.
function obstacle() {
  if (location.protocol === "vscode-webview:")
    return "VS Code shows notebooks in a frame that may not use the camera. Open the notebook in JupyterLab for it.";
  if (!window.isSecureContext)
    return `Browsers lend the camera to https pages and to localhost alone, and this page comes from ${location.origin}.`;
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return "This browser offers no camera to a page.";
  return "";
}

function refusal(error) {
  const said = {
    NotAllowedError: "The browser, or this page's frame, does not allow the camera. Allow it for this page to try again.",
    NotFoundError: "No camera was found.",
    NotReadableError: "The camera could not be opened; perhaps another program is using it.",
    OverconstrainedError: "No camera fits what was asked for.",
  };
  return said[error.name] || `The camera could not be opened (${error.name}).`;
}

const here = () => ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

const width = (share) => `${100 * share}%`;
const percent = (share) => `${Math.round(100 * share)} %`;
const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  const emotions = model.get("emotions");
  const canvas = document.createElement("canvas"); // the frame that is sent
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  let stream = null; // the camera, while it runs
  let waiting = null; // {seq, timer, mirrored, asked}: the one frame in flight
  let seq = 0;
  let times = []; // when the last answers came
  let spoken = { word: "", at: 0 };
  let trail = [];

  el.classList.add("fer-camera");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // or arrow keys would leave a slider for another cell

  // the notice
  const notice = make("section", el, { class: "fer-notice", "aria-label": "Before the camera starts" });
  make("strong", notice, {}, "Before the camera starts");
  make("p", notice, {}, "Small frames, one after the other, go to this notebook's own kernel, are read there and are " +
    "forgotten. Nothing is written to disk or sent anywhere else. " + (here()
      ? "That kernel runs on this computer."
      : `This page comes from ${location.host}, so the kernel may run on another computer: the frames travel there.`));
  make("p", notice, {}, "Ask everybody whom the camera can see. The answer names an expression, not a feeling.");
  const choices = make("div", notice, { class: "fer-row" });
  const start = make("button", choices, {}, "I agree: start the camera");
  const portrait = make("button", choices, {}, "No camera: read the portrait");
  const file = make("input", choices, { type: "file", accept: "image/*", class: "fer-hidden", tabindex: "-1",
    "aria-hidden": "true" });
  const upload = make("button", choices, {}, "No camera: choose a picture");

  const status = make("p", el, { class: "fer-status", role: "status", "aria-live": "polite" });

  // the picture and what is read from it
  const main = make("div", el, { class: "fer-main" });
  const left = make("div", main, { class: "fer-stage" });
  const screen = make("canvas", left, { width: SIDE, height: (SIDE * 3) / 4, role: "img",
    "aria-label": "The picture that was read, with a box around each face" });
  const word = make("div", left, { class: "fer-word" }, " ");
  const stop = make("button", left, {}, "Stop the camera");
  const right = make("div", main, { class: "fer-answer" });

  const bars = make("div", right, { class: "fer-bars" });
  const rows = emotions.map((emotion) => {
    make("span", bars, {}, emotion);
    const track = make("span", bars, { class: "fer-track", "aria-hidden": "true" });
    return { bar: make("span", track, { class: "fer-bar" }), now: make("span", track, { class: "fer-now" }),
      limit: make("span", track, { class: "fer-limit" }), number: make("span", bars, { class: "fer-number" }, "–") };
  });
  make("p", right, { class: "fer-small" },
    "Bar: smoothed over time. Thin line: this frame alone. Dashed: the threshold.");

  const controls = make("div", right, { class: "fer-controls" });
  function slider(trait, name, explain) {
    const label = make("label", controls, {}, "");
    const text = make("span", label);
    const input = make("input", label, { type: "range", min: 0, max: 0.95, step: 0.05, "aria-label": name });
    const say = () => {
      input.value = model.get(trait);
      text.textContent = `${name}: ${explain(model.get(trait))}`;
      input.setAttribute("aria-valuetext", explain(model.get(trait)));
      if (trait === "threshold") for (const row of rows) row.limit.style.left = width(model.get(trait));
    };
    input.oninput = () => {
      model.set(trait, Number(input.value));
      model.save_changes();
      say();
    };
    model.on(`change:${trait}`, say);
    say();
    return () => model.off(`change:${trait}`, say);
  }
  const silence = [
    slider("keep", "Smoothing", (keep) => (keep ? `${percent(keep)} of the old answer stays` : "none")),
    slider("threshold", "Silent below", (least) => (least ? percent(least) : "never silent")),
  ];

  // the circumplex
  const plane = make("div", main, { class: "fer-plane" });
  const chart = draw("svg", plane, { viewBox: "-128 -116 256 232", role: "img",
    "aria-label": "Valence to the right, arousal upwards: the seven words, and the trace of the answers" });
  draw("circle", chart, { cx: 0, cy: 0, r: 100, class: "fer-thin" });
  draw("path", chart, { d: "M-100 0H100M0 -100V100", class: "fer-thin" });
  draw("text", chart, { x: 102, y: 13, class: "fer-axis", "text-anchor": "end" }, "pleasant");
  draw("text", chart, { x: 0, y: -104, class: "fer-axis", "text-anchor": "middle" }, "awake");
  for (const [emotion, [x, y]] of Object.entries(model.get("places"))) {
    draw("circle", chart, { cx: 100 * x, cy: -100 * y, r: 2.5, class: "fer-dot" });
    // anger and fear stand so close together that one name goes to the right, the other to the left
    const [dx, dy, anchor] = { anger: [5, -4, "start"], fear: [-5, 0, "end"] }[emotion] || [0, 13, "middle"];
    draw("text", chart, { x: 100 * x + dx, y: -100 * y + dy, "text-anchor": anchor }, emotion);
  }
  const path = draw("polyline", chart, { class: "fer-trail" });
  const spot = draw("circle", chart, { r: 5, class: "fer-spot", visibility: "hidden" });
  const where = make("p", plane, { class: "fer-small" }, "Expected place: none yet.");
  const cost = make("p", el, { class: "fer-small" });

  function state(name, text) {
    el.dataset.state = name;
    if (text) status.textContent = text;
    const running = name === "running" || name === "starting";
    notice.hidden = running;
    stop.hidden = !running;
    main.hidden = name === "asking";
  }

  function send(message) {
    const timer = setTimeout(() => {
      halt(`No answer came for ${PATIENCE / 1000} seconds: the kernel is busy, or gone. The camera is off.`);
    }, PATIENCE);
    seq += 1;
    waiting = { seq, timer, asked: performance.now(), mirrored: Boolean(message.mirrored) };
    try {
      model.send({ ...message, view, seq });
    } catch (error) {
      halt("The kernel cannot be reached. The camera is off; run the cell again.");
    }
  }

  // A picture of any source, as a data URL no larger than `side`.
  function jpeg(source, wide, high, side) {
    const scale = Math.min(1, side / Math.max(wide, high));
    canvas.width = Math.max(1, Math.round(wide * scale));
    canvas.height = Math.max(1, Math.round(high * scale));
    canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY);
  }

  function nextFrame() {
    if (!stream || waiting) return;
    if (!video.videoWidth) {
      setTimeout(nextFrame, 50);
      return;
    }
    send({ type: "frame", still: false, mirrored: true, jpeg: jpeg(video, video.videoWidth, video.videoHeight, SIDE) });
  }

  function halt(text) {
    const was = stream;
    stream = null;
    if (waiting) clearTimeout(waiting.timer);
    waiting = null;
    if (was) for (const track of was.getTracks()) track.stop(); // this puts the camera's light out
    video.srcObject = null;
    start.textContent = "I agree: start the camera again";
    state("stopped", text);
  }

  start.onclick = async () => {
    const problem = obstacle();
    if (problem) {
      state("asking", `${problem} The portrait and a picture of yours work without a camera.`);
      return;
    }
    state("starting", "Waiting for the camera …");
    try {
      const found = await navigator.mediaDevices.getUserMedia({ audio: false,
        video: { width: { ideal: 640 }, height: { ideal: 480 } } });
      if (el.dataset.state !== "starting") { // stopped, or gone, while the browser asked
        for (const track of found.getTracks()) track.stop();
        return;
      }
      stream = found;
      for (const track of found.getTracks())
        track.addEventListener("ended", () => { if (stream === found) halt("The camera was taken away."); });
      video.srcObject = found;
      times = [];
      trail = [];
      await video.play();
      state("running", "The camera is on.");
      stop.focus();
      nextFrame();
    } catch (error) {
      halt(`${refusal(error)} The portrait and a picture of yours work without a camera.`);
      el.dataset.state = "refused";
    }
  };
  stop.onclick = () => {
    halt("The camera is off.");
    start.focus();
  };
  portrait.onclick = () => {
    if (waiting) return;
    status.textContent = "Reading the portrait …";
    trail = [];
    send({ type: "portrait" });
  };
  upload.onclick = () => file.click();
  file.onchange = async () => {
    const chosen = file.files[0];
    file.value = "";
    if (!chosen || waiting) return;
    try {
      const picture = await createImageBitmap(chosen);
      trail = [];
      send({ type: "frame", still: true, jpeg: jpeg(picture, picture.width, picture.height, STILL_SIDE) });
    } catch (error) {
      status.textContent = "This file is no picture that the browser can open.";
    }
  };

  async function answered(message) {
    if (message.type !== "answer" || message.view !== view || !waiting || message.seq !== waiting.seq) return;
    const { mirrored, timer, asked } = waiting;
    clearTimeout(timer);
    waiting = null;
    const now = performance.now();
    if (message.picture) {
      const picture = new Image();
      picture.src = message.picture;
      await picture.decode();
      jpeg(picture, picture.width, picture.height, STILL_SIDE);
    }
    if (message.problem) status.textContent = message.problem;
    else show(message, mirrored);
    el.dataset.answers = Number(el.dataset.answers || 0) + 1;
    if (!mirrored) {
      if (!message.problem) state("picture", message.faces.length ? `A still picture: ${message.word}.`
        : "No face was found in this picture.");
      cost.textContent = "";
      return;
    }
    times = [...times, now].slice(-20);
    const rate = times.length > 1 ? ((times.length - 1) * 1000) / (now - times[0]) : 0;
    el.dataset.rate = rate.toFixed(2);
    if (message.times) cost.textContent = `${rate.toFixed(1)} frames a second. The last took ${Math.round(now - asked)} ms ` +
      `there and back: ${Math.round(message.times.decode)} to unpack, ${Math.round(message.times.find)} to find faces, ` +
      `${message.times.read.toFixed(1)} to read one.`;
    requestAnimationFrame(() => nextFrame()); // no faster than the screen, and none while the page is hidden
  }

  function show(message, mirrored) {
    // the picture that was read, mirrored as in a mirror where it is the camera's
    screen.width = canvas.width;
    screen.height = canvas.height;
    const pen = screen.getContext("2d");
    if (mirrored) pen.setTransform(-1, 0, 0, 1, screen.width, 0);
    pen.drawImage(canvas, 0, 0);
    const thick = Math.max(2, screen.width / 120);
    message.faces.forEach(([row, column, high, wide], number) => {
      pen.lineWidth = number ? thick / 2 : thick;
      pen.strokeStyle = "#000000";
      pen.strokeRect(column - thick / 2, row - thick / 2, wide + thick, high + thick);
      pen.strokeStyle = message.sure && !number ? "#56b4e9" : "#e69f00";
      pen.strokeRect(column, row, wide, high);
    });
    const found = message.faces.length > 0;
    word.textContent = found ? message.word : "No face";
    word.classList.toggle("fer-unsure", !message.sure);
    rows.forEach((row, number) => {
      const share = found ? message.smoothed[number] : 0;
      row.bar.style.width = width(share);
      row.bar.classList.toggle("fer-best", found && message.sure && share === Math.max(...message.smoothed));
      row.now.style.left = found ? width(message.now[number]) : "0";
      row.now.style.visibility = found ? "visible" : "hidden";
      row.number.textContent = found ? percent(share) : "–";
    });
    if (found) {
      const [valence, arousal] = message.place;
      if (message.fresh) trail = [];
      trail = [...trail, [100 * valence, -100 * arousal]].slice(-TRAIL);
      spot.setAttribute("cx", 100 * valence);
      spot.setAttribute("cy", -100 * arousal);
      where.textContent = `Expected place: valence ${signed(valence)}, arousal ${signed(arousal)}.`;
    } else trail = [];
    spot.setAttribute("visibility", found ? "visible" : "hidden");
    path.setAttribute("points", trail.map((point) => point.join(",")).join(" "));
    if (mirrored) speak(word.textContent);
  }

  // For screen readers: a new word when it has stood for a second, not ten words a second.
  function speak(text) {
    const now = performance.now();
    if (text !== spoken.word) spoken = { word: text, at: now, done: false };
    else if (!spoken.done && now - spoken.at > 1000) {
      spoken.done = true;
      status.textContent = `The camera is on. ${text}.`;
    }
  }

  const gone = () => { if (stream) halt("The kernel is gone. The camera is off; run the cell again."); };
  model.on("msg:custom", answered);
  model.on("destroy", gone);
  model.on("comm_live_update", gone);
  state("asking", obstacle() && `${obstacle()} The portrait and a picture of yours work without a camera.`);
  start.disabled = Boolean(obstacle());

  return () => { // the cell was run again, cleared or deleted
    halt("");
    model.off("msg:custom", answered);
    model.off("destroy", gone);
    model.off("comm_live_update", gone);
    for (const off of silence) off();
  };
}

export default { render };
