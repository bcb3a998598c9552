"""Chapter 15 in a real browser: JupyterLab in headless Chromium, with a film in place of a camera.

Needs a Chromium; where there is none the test is skipped, unless FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` does.
"""

import shutil
import time
from pathlib import Path

import chromium
import nbformat
import numpy as np
import pytest
from PIL import Image

from fer_utils.data.photographs import example_photograph

NOTEBOOK = chromium.ROOT / "notebooks" / "15_live_demo.ipynb"
SLOWEST = 4  # frames a second
PANEL = "[...jupyterapp.shell.widgets('main')][0]"
CAMERA = "document.querySelector('.fer-camera')"
# Every track that the page is ever lent, so that the test can ask what has become of it.
COUNT_TRACKS = """
window.tracks = [];
const lend = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await lend(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};"""
# What the kernel writes, other than into nothing, or sends while `watching` holds something.
WATCH = """
import os, sys
watching, seen = [], []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

def watch(event, arguments):
    if watching and arguments[:1] != (os.devnull,) and (
            event == "open" and (arguments[2] & WRITES or set(str(arguments[1])) & set("wax+"))
            or event.startswith(("socket.connect", "socket.sendto", "os.rename", "os.mkdir", "os.link", "os.symlink",
                                 "shutil.", "tempfile.", "subprocess.", "urllib.", "mmap."))):
        seen.append(f"{event} {arguments}")

sys.addaudithook(watch)"""


def write_film(path):
    """Four seconds of the portrait, moved and scaled, as Motion JPEG."""
    portrait = Image.fromarray(example_photograph())
    with open(path, "wb") as file:
        for turn in np.linspace(0, 2 * np.pi, 120, endpoint=False):
            side = int(480 * (1.15 + 0.15 * np.sin(turn)))
            frame = Image.new("RGB", (640, 480), (90, 90, 90))
            frame.paste(portrait.resize((side, side)), (int(60 + 40 * np.cos(turn)), int(-20 + 20 * np.sin(turn))))
            frame.save(file, "JPEG", quality=90)


def button(words):
    """JavaScript that presses the button of the camera with these words."""
    return f"[...{CAMERA}.querySelectorAll('button')].find(one => one.textContent.startsWith('{words}')).click()"


def ended(page):
    return page.js("tracks.length > 0 && tracks.every(track => track.readyState === 'ended')")


def listing(home):
    """Every file of the notebook's folder, Jupyter's folders and the temporary one, with size and time."""
    found = {}
    for folder in ("notebooks", "temp", "runtime", "config", "workspaces", "ipython", "cache"):
        for path in (home / folder).rglob("*"):
            if path.is_file() and "history.sqlite" not in path.name:  # the code that was run, as anywhere in IPython
                found[path] = (path.stat().st_size, path.stat().st_mtime_ns)
    return found


class Kernel:
    """A second line to the notebook's kernel."""

    def __init__(self, home):
        from jupyter_client import BlockingKernelClient

        connection, = (home / "runtime").glob("kernel-*.json")
        self.client = BlockingKernelClient(connection_file=str(connection))
        self.client.load_connection_file()
        self.client.start_channels()

    def run(self, code, expression="0"):
        reply = self.client.execute(code, reply=True, timeout=30, silent=True, user_expressions={"it": expression})
        return reply["content"]["user_expressions"]["it"]["data"]["text/plain"]


def write_notebook(path):
    """The chapter's opening cells and its camera, with what the camera's cell takes from the cells between."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    camera, = (cell for cell in code if "open_camera(keep" in cell.source)
    given = ("from fer_utils.course.chapter_15.camera import open_camera\n"
             "from fer_utils.course.chapter_15.decisions import moving_average")
    notebook.cells = [nbformat.v4.new_code_cell(WATCH), *code[:2], nbformat.v4.new_code_cell(given), camera]
    for cell in notebook.cells:
        cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, path)


@pytest.mark.filterwarnings("ignore")
def test_the_camera_is_read_and_stopped(browser_home, record_property):
    folder, film = browser_home / "notebooks", browser_home / "camera.mjpeg"
    write_notebook(folder / "live.ipynb")
    write_film(film)
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
             f"--use-file-for-fake-video-capture={film}")
    with (chromium.jupyterlab(folder, browser_home) as address,
          chromium.chromium(browser_home / "profile", *flags) as page):
        page.open(f"{address}/doc/tree/live.ipynb", before=COUNT_TRACKS)
        page.wait("window.jupyterapp && document.querySelectorAll('.jp-Notebook .jp-Cell').length === 5")
        page.wait(f"{PANEL}?.sessionContext?.session?.kernel?.status === 'idle'")
        page.js("void jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait(CAMERA, 90)

        # nothing runs before somebody has agreed
        assert page.js("tracks.length") == 0
        assert page.js(f"{CAMERA}.dataset.state") == "asking"

        kernel = Kernel(browser_home)
        before = listing(browser_home)
        kernel.run("watching.append(True)")
        page.js(button("I agree"))
        page.wait(f"Number({CAMERA}.dataset.answers) > 5")
        times = page.js(f"""new Promise(done => {{
            const times = [];
            const look = new MutationObserver(() => times.push(performance.now()));
            look.observe({CAMERA}, {{attributes: true, attributeFilter: ["data-answers"]}});
            setTimeout(() => {{ look.disconnect(); done(times); }}, 6000);
        }})""")
        rate = float(1000 / np.median(np.diff(times)))  # a number that workers of pytest-xdist can hand over
        record_property("frames a second", round(rate, 1))
        print(f"\nchapter 15 in Chromium: {rate:.1f} frames a second (median of {len(times)})")
        assert page.js(f"{CAMERA}.querySelector('.fer-word').textContent") == "happiness"
        shares = page.js(f"[...{CAMERA}.querySelectorAll('.fer-number')].map(one => parseInt(one.textContent))")
        assert len(shares) == 7 and abs(sum(shares) - 100) <= 4 and max(shares) == shares[3]
        assert page.js(f"{CAMERA}.querySelectorAll('.fer-trail')[0].points.length") > 5
        assert rate >= SLOWEST

        # stopped means stopped: the track has ended, and no frame comes any more
        page.js(button("Stop the camera"))
        assert ended(page)
        answers = page.js(f"{CAMERA}.dataset.answers")
        time.sleep(1)
        assert page.js(f"{CAMERA}.dataset.answers") == answers
        assert kernel.run("watching.clear()", "seen") == "[]"  # nothing was written or sent by the kernel
        assert listing(browser_home) == before  # nor by anybody else
        saved = page.js(f"{PANEL}.context.save().then(() => true)")
        assert saved and b"data:image/jpeg" not in (folder / "live.ipynb").read_bytes()

        # started again, and the cell run again: the old camera goes off, and the new widget asks anew
        page.js(button("I agree"))
        page.wait(f"{CAMERA}.dataset.state === 'running' && tracks.some(track => track.readyState === 'live')")
        page.js(f"""void (() => {{
            const panel = {PANEL}.content;
            panel.activeCellIndex = panel.widgets.findIndex(cell => cell.node.contains({CAMERA}));
            jupyterapp.commands.execute('notebook:run-cell');
        }})()""")
        page.wait("tracks.every(track => track.readyState === 'ended')", 20)
        page.wait(f"{CAMERA} && {CAMERA}.dataset.state === 'asking'", 20)

        # the kernel is gone: so is the camera
        page.js(button("I agree"))
        page.wait(f"{CAMERA}.dataset.state === 'running' && Number({CAMERA}.dataset.answers) > 2")
        page.js(f"fetch('{address}/api/kernels').then(r => r.json()).then(all => jupyterapp.serviceManager.kernels"
                ".shutdown(all[0].id)).then(() => true)")
        page.wait("tracks.every(track => track.readyState === 'ended')", 20)
    shutil.rmtree(browser_home / "profile", ignore_errors=True)


def test_a_film_of_the_portrait_can_be_written(tmp_path):
    write_film(tmp_path / "film.mjpeg")
    assert Path(tmp_path / "film.mjpeg").read_bytes().count(b"\xff\xd8\xff") == 120
