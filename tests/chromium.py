"""Drive a headless Chromium by its DevTools protocol, and JupyterLab beside it: what the tests in a real browser share.

Needs a Chromium on this machine, and `websocket-client`, which JupyterLab brings along.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The contrast of every text below the nodes of a selector with what lies beneath it, half-transparent layers included;
# [contrast, text, colour, ground] of those that are too faint. Controls that are switched off may be faint.
FAINT = """((within, least) => {
  const numbers = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = (top, ground) => [0, 1, 2].map(k => top[3] * top[k] + (1 - top[3]) * ground[k]);
  const light = colour => colour.map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const beneath = node => {
    const layers = [];
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour[3]) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((ground, layer) => over(layer, ground), [255, 255, 255]);
  };
  return [...document.querySelectorAll(within)].flatMap(one => [one, ...one.querySelectorAll('*')])
    .filter(node => node.checkVisibility() && !node.closest('svg, :disabled, [aria-disabled=true]') &&
      [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))
    .map(node => {
      const ground = beneath(node), colour = over(numbers(getComputedStyle(node).color), ground);
      const [a, b] = [light(colour), light(ground)];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.trim().slice(0, 40),
              colour.join(), ground.join()]; })
    .filter(([contrast]) => contrast < least);
})"""


def find_chromium():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def jupyterlab(folder, home, dark=False):
    """JupyterLab that serves `folder` and keeps what is its own in `home`. Gives its address."""
    settings = {"notebook-extension/tracker": {"windowingMode": "none"},
                "apputils-extension/themes": {"theme": f"JupyterLab {'Dark' if dark else 'Light'}"},
                "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}
    for name, values in settings.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "FER2013"))} | {
        "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "FER_UTILS_CACHE": str(home / "cache"),
        "IPYTHONDIR": str(home / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"), "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "TMPDIR": str(home / "temp")}
    (home / "temp").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--expose-app-in-browser",
               f"--ServerApp.root_dir={folder}"]
    with open(home / "log", "w") as log, _running(command, env=env, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/status", timeout=2)
                break
            assert server.poll() is None, (home / "log").read_text()[-2000:]
            time.sleep(0.5)
        yield address


@contextlib.contextmanager
def chromium(home, *flags, width=1400, height=1000):
    """A `Page` in a headless Chromium whose profile lies in `home`.

    Whoever leaves it without an error of his own fails where a page has written an error into its console, or thrown
    one that nobody caught.
    """
    import websocket

    command = [find_chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--no-first-run", "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={home}",
               f"--window-size={width},{height}", *flags, "about:blank"]
    with _running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        port = _wait(lambda: (home / "DevToolsActivePort").read_text().split()[0], 30, browser)
        pages = _wait(lambda: [page for page in json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
                               if page["type"] == "page"], 30, browser)
        line = websocket.create_connection(pages[0]["webSocketDebuggerUrl"], timeout=60, suppress_origin=True)
        try:
            page = Page(line)
            yield page
            page.js("0")  # takes in what has been told by now
            assert page.complaints == [], page.complaints
        finally:
            line.close()


class Page:
    """One tab."""

    def __init__(self, line):
        self.line, self.number, self.events = line, 0, []  # events: what enabled domains, as Network, have told
        self.complaints = []  # errors in the console, and errors that nobody caught
        self.call("Page.enable")
        self.call("Runtime.enable")

    def call(self, method, **parameters):
        """Send one command of the protocol and give its result back."""
        self.number += 1
        self.line.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.line.recv())
            if "method" in message:
                self.events.append(message)
                self.complaints += complaint(message)
            if message.get("id") == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]

    def js(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
                           userGesture=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]["exception"].get("description", result)
        return result["result"].get("value")

    def wait(self, expression, seconds=60):
        """Until a JavaScript expression is true."""
        end, pause = time.monotonic() + seconds, 0.02
        while time.monotonic() < end:
            try:
                if self.js(f"Boolean({expression})"):
                    return
            except AssertionError as error:  # asked just while a link was followed
                if "navigated or closed" not in str(error):
                    raise
            time.sleep(pause)
            pause = min(0.2, 1.5 * pause)  # what is there soon is seen soon, what takes long is not asked for often
        raise AssertionError(f"after {seconds} seconds this is not so: {expression}")

    def open(self, address, before=""):
        """Go to an address. `before`: JavaScript that runs before the page's own."""
        if before:
            self.call("Page.addScriptToEvaluateOnNewDocument", source=before)
        self.call("Page.navigate", url=address)

    def faint(self, within="body", least=4.5):
        """The texts below a selector whose contrast is less: [contrast, text, colour, ground] of each."""
        return self.js(f"{FAINT}({json.dumps(within)}, {least})")

    def pictures(self, within="body"):
        """What the accessibility tree calls each picture below the first node of a selector: "" for one without a
        name."""
        node = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(within)})")["result"]
        nodes = self.call("Accessibility.queryAXTree", objectId=node["objectId"])["nodes"]
        return [node.get("name", {}).get("value", "") for node in nodes
                if node.get("role", {}).get("value") in ("image", "img") and not node["ignored"]]

    def drawn(self):
        """Wait until the page has been laid out and drawn, with its fonts, and what waits for that has been told."""
        self.js("""document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() =>
            requestAnimationFrame(() => setTimeout(done, 20)))))""")

    def resize(self, width, height=1000):
        """The width that the page believes it has, also below Chromium's smallest window."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, path):
        """What the window shows, as a PNG."""
        import base64

        Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


OTHERS = "/scripts/pydata-sphinx-theme.js"  # complains of every page that is opened without an earlier choice


def complaint(message):
    """What an event of the protocol says of an error of ours in the page: a list with its words, or an empty one."""
    told = message["params"]
    if OTHERS in json.dumps(told):
        return []
    if message["method"] == "Runtime.exceptionThrown":
        details = told["exceptionDetails"]
        return [f"{details['text']} {details.get('exception', {}).get('description', '')}"]
    if message["method"] == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
        words = [str(one.get("description", one.get("value", ""))) for one in told["args"]]
        frames = told.get("stackTrace", {}).get("callFrames", [])
        return [" ".join(words) + "".join(f" at {frame['url']}:{frame['lineNumber']}" for frame in frames[:1])]
    return []


@contextlib.contextmanager
def _running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ask, seconds, process):
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError, IndexError):
            if found := ask():
                return found
        assert process.poll() is None and time.monotonic() < end, "Chromium did not start"
        time.sleep(0.2)
