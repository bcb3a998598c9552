// Shows a face for a moment and measures how long it was really on the screen. Explained in chapter 02.
//
// Traits: trials [{rest, face, wanted}], pictures as data URLs and milliseconds; choices, words; answers, what came back:
// [{trial, wanted, shown, answer}]; rounds, how often new faces were asked for. A button that waits is not disabled but
// says so, or it would lose the focus of the keyboard. A screen changes only when it is redrawn, so the times of requestAnimationFrame are
// the times of its pictures: the one with the face first in it, and the one with the face first gone from it.

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const frame = () => new Promise((done) => requestAnimationFrame(done));

async function loaded(source) {
  const picture = new Image();
  picture.src = source;
  await picture.decode(); // decoding while the clock runs would lengthen the flash
  return picture;
}

async function interval() {
  const times = [];
  for (let i = 0; i < 21; i++) times.push(await frame());
  const steps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
  return steps[10];
}

// Both pictures lie on each other; only their visibility changes. Returns milliseconds.
async function flash(face, wanted, step) {
  const start = await frame();
  face.style.visibility = "visible"; // on the screen with the picture that this frame draws
  let now = start;
  while (now - start < wanted - step / 2) now = await frame();
  face.style.visibility = "hidden";
  return now - start;
}

function element(name, parent, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  parent.appendChild(made);
  return made;
}

function render({ model, el }) {
  el.classList.add("fer-flash");
  const stage = element("div", el);
  stage.style.cssText = "position:relative;width:190px;height:275px;background:#eeece8";
  const said = element("p", el);
  said.setAttribute("aria-live", "polite");
  const mark = element("div", stage, "+");
  mark.setAttribute("aria-hidden", "true");
  mark.style.cssText =
    "position:absolute;left:0;width:190px;top:118px;text-align:center;font:28px sans-serif;color:#333";
  const row = element("div", el);
  row.style.cssText = "display:flex;flex-wrap:wrap;gap:.4em";
  const start = element("button", row, "Show a face");
  const buttons = model.get("choices").map((word) => element("button", row, word));
  for (const button of [start, ...buttons]) button.style.cssText = "padding:.3em .8em;font:inherit";
  const again = element("button", row, "Again, with new faces");
  again.style.cssText = "padding:.3em .8em;font:inherit";
  const waits = (button, yes) => {
    button.setAttribute("aria-disabled", String(yes));
    button.style.opacity = yes ? "0.5" : "1";
  };
  const idle = (button) => button.getAttribute("aria-disabled") === "true";
  let step = 0;
  let pending = null;

  function ready() {
    const done = model.get("answers").length;
    const all = model.get("trials").length;
    waits(start, done >= all);
    waits(again, !done);
    for (const button of buttons) waits(button, true);
    if (done >= all) said.textContent = `All ${all} faces answered. The curve is below.`;
    else if (!done) said.textContent = `${all} faces. Look at the middle of the frame and press "Show a face"; the cross marks the place.`;
  }

  start.onclick = async () => {
    if (idle(start)) return;
    waits(start, true);
    waits(again, true);
    const number = model.get("answers").length;
    const trial = model.get("trials")[number];
    step = step || (await interval());
    stage.replaceChildren(mark); // the cross alone, then the face at rest, then the flash
    await sleep(500);
    const pictures = [await loaded(trial.rest), await loaded(trial.face)];
    for (const picture of pictures) {
      picture.alt = "A drawn face";
      picture.style.cssText = "position:absolute;left:0;top:0;width:190px";
      stage.appendChild(picture);
    }
    pictures[1].style.visibility = "hidden";
    said.textContent = "…";
    await sleep(900);
    const shown = await flash(pictures[1], trial.wanted, step);
    pending = { trial: number, wanted: trial.wanted, shown: Math.round(shown * 10) / 10 };
    said.textContent = `Face ${number + 1}: which emotion was it?`;
    for (const button of buttons) waits(button, false);
    if (document.activeElement === start) buttons[0].focus(); // who came by keyboard goes on by keyboard
  };

  buttons.forEach((button) => {
    button.onclick = () => {
      if (!pending || idle(button)) return;
      const answer = { ...pending, answer: button.textContent };
      pending = null;
      const right = answer.answer === model.get("choices")[model.get("trials")[answer.trial].right];
      model.set("answers", [...model.get("answers"), answer]);
      model.save_changes();
      said.textContent =
        `${right ? "✔ Right" : "✘ It was " + model.get("choices")[model.get("trials")[answer.trial].right]}. ` +
        `Asked for ${answer.wanted} ms, shown for ${answer.shown.toFixed(1)} ms ` +
        `(your screen redraws every ${step.toFixed(1)} ms).`;
      const words = said.textContent;
      ready();
      const last = model.get("answers").length >= model.get("trials").length;
      said.textContent = `${words} ${last ? "That was the last." : ""}`;
      if (document.activeElement === button) (last ? again : start).focus();
    };
  });
  again.onclick = () => {
    if (idle(again)) return;
    model.set("rounds", model.get("rounds") + 1);
    model.save_changes();
  };
  model.on("change:trials", () => {
    pending = null;
    stage.replaceChildren(mark);
    model.set("answers", []);
    model.save_changes();
    ready();
    start.focus();
  });
  ready();
}

export default { render };
