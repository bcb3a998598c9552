"""The page "Read my face" in headless Chromium, from a plain server of files: it answers as Python does, and nothing
leaves it.

Needs a Chromium and, the first time, npm and its registry; where one is missing the tests are skipped, unless
FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` does. With FER_UTILS_SCREENSHOTS, a folder, pictures are kept of three
widths in both themes.
"""

import base64
import contextlib
import json
import os
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import chromium
import make_reader
import npm
import numpy as np
import pytest
from PIL import Image
from test_live_demo_browser import COUNT_TRACKS, write_film

from fer_utils import predict_image
from fer_utils.data import load_schematic
from fer_utils.data.photographs import example_photograph
from fer_utils.edge.litert import load_litert
from fer_utils.labels import EMOTIONS

# Chromium's own talk with its makers would stand among the requests.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync")
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
CLOSE = 0.01
PIXELS = 3
SLOWEST = 2  # frames a second, on a machine that does other things too
OLDER_BROWSER = "WebAssembly.validate = () => false;"  # the page asks it for relaxed SIMD
LOADED = {"", "reader.css", "page.js", "faces.js", "resize.js", "runtime.js", "facts.json", "drawings.bin",
          "portrait.jpg", "face_detection_full_range.tflite", "squeezenet-fer-deep-int8.tflite",
          "squeezenet-mini-int8.tflite"}
QUICK = {"litert_wasm_internal.js", "litert_wasm_internal.wasm.packed"}
COMPATIBLE = {"litert_wasm_compat_internal.js", "litert_wasm_compat_internal.wasm.packed"}


class Files(SimpleHTTPRequestHandler):
    """Files and nothing else: no header that a page of files does not get anywhere."""

    def log_message(self, *message):
        pass


@pytest.fixture(scope="module")
def address(browser_home):
    """Where the assembled page is served."""
    try:
        folder = make_reader.assemble(browser_home / "read-my-face")
    except npm.NpmError as error:
        pytest.fail(str(error)) if os.environ.get("FER_UTILS_MUST_NOT_SKIP") else pytest.skip(str(error))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def requests(page):
    """The addresses that the page has asked for."""
    return [event["params"]["request"]["url"] for event in page.events
            if event["method"] == "Network.requestWillBeSent"]


def complaints(page):
    """What stands in the console, errors and warnings."""
    found = []
    for event in page.events:
        kind, told = event["method"], event["params"]
        if kind == "Runtime.exceptionThrown" or (kind == "Log.entryAdded" and told["entry"]["level"] != "verbose") \
                or (kind == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert")):
            found.append(json.dumps(told)[:500])
    return found


@contextlib.contextmanager
def visit(address, home, *flags, before="", runtime=QUICK):
    """The page, ready. After the visit: nothing was asked of another host, nothing after the load, and the console is
    empty."""
    with chromium.chromium(home, *QUIET, *flags) as page:
        for domain in ("Network", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.open(address, before=before)
        page.wait("['ready', 'failed'].includes(document.body?.dataset.state)")
        assert page.js("document.getElementById('status').textContent").startswith("Ready")
        assert sorted(requests(page)) == sorted(address + name for name in LOADED | runtime)
        yield page
        page.js("0")  # takes in what has been told by now
        assert sorted(requests(page)) == sorted(address + name for name in LOADED | runtime)
        assert complaints(page) == []


def answers(page, faces, kind):
    """What the page's network says of uint8 (n, 48, 48): (n, 7)."""
    packed = base64.b64encode(faces.tobytes()).decode()
    return np.array(page.js(f"""(async () => {{
        const engine = await (await import("./page.js")).ready;
        const bytes = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
        return Array.from({{length: {len(faces)}}},
                          (_, k) => engine.read(engine.networks["{kind}"], bytes.subarray(2304 * k, 2304 * (k + 1))));
    }})()"""))


def compare(page, faces, kind):
    """Ask page and Python about the same faces; the largest difference of two probabilities."""
    wanted = load_litert(make_reader.NETWORKS[kind]).predict(faces)
    wanted = wanted / wanted.sum(axis=1, keepdims=True)
    given = answers(page, faces, kind)
    assert (given.argmax(axis=1) == wanted.argmax(axis=1)).all()
    return float(np.abs(given - wanted).max())


def bars(page):
    """The seven shares that the bars show."""
    widths = page.js("[...document.querySelectorAll('#bars .bar')].map(bar => parseFloat(bar.style.width))")
    return np.array(widths) / 100


def press(page, identity):
    page.js(f"void document.getElementById('{identity}').click()")


@pytest.mark.parametrize("before, runtime", [("", QUICK), (OLDER_BROWSER, COMPATIBLE)], ids=["quick", "compatible"])
def test_the_probabilities_are_python_s(address, browser_home, before, runtime, record_property):
    faces = load_schematic(("private",)).private.images[:100]
    with visit(address, browser_home / f"faces-{len(before)}", before=before, runtime=runtime) as page:
        found = {kind: compare(page, faces, kind) for kind in make_reader.NETWORKS}
    record_property("largest difference", found)
    print(f"\nlargest difference of a probability, page and Python: {found}")
    assert max(found.values()) <= CLOSE


@pytest.mark.real_data
def test_the_probabilities_of_photographs_are_python_s(address, browser_home, record_property):
    from fer_utils import load_fer2013

    faces = load_fer2013(splits=("public",)).public.images[:100]
    with visit(address, browser_home / "photographs") as page:
        found = compare(page, faces, "photographs")
    record_property("largest difference", found)
    assert found <= CLOSE


def test_pictures_shrink_as_pillow_shrinks_them(address, browser_home):
    rng = np.random.default_rng(0)
    with visit(address, browser_home / "shrink") as page:
        for (height, width), channels, (new_height, new_width), how in [
                ((131, 97), 1, (48, 48), "LANCZOS"), ((20, 31), 1, (48, 48), "LANCZOS"),
                ((48, 48), 1, (48, 48), "LANCZOS"), ((120, 160), 3, (144, 192), "BILINEAR"),
                ((480, 640), 3, (144, 192), "BILINEAR"), ((1300, 1501), 3, (166, 192), "BILINEAR")]:
            pixels = rng.integers(0, 256, (height, width, channels), np.uint8)
            image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
            box, gap = ((0, 0, width, height), None) if channels == 1 else ((7, 3, width - 11, height), 3.0)
            wanted = np.asarray(image.resize((new_width, new_height), getattr(Image.Resampling, how), box, gap))
            packed = base64.b64encode(pixels.tobytes()).decode()
            given = page.js(f"""(async () => {{
                const tools = await import("./resize.js");
                const data = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
                const picture = {{width: {width}, height: {height}, channels: {channels}, data}};
                const made = tools.{'resize' if channels == 1 else 'shrink'}(picture, {new_width}, {new_height},
                                                                            tools.{how}, {list(box)});
                return btoa(String.fromCharCode.apply(null, made.data.subarray(0, 60000)));
            }})()""")
            given = np.frombuffer(base64.b64decode(given), np.uint8)
            off = np.abs(given.astype(int) - wanted.ravel()[:60000]).max()
            assert off == 0, f"{how}, {width} x {height} to {new_width} x {new_height}: {off} gray levels off"


def upload(page, path, until="document.body.dataset.boxes"):
    """Choose a file as somebody does, and wait for the answer."""
    page.js("delete document.body.dataset.boxes")
    root = page.call("DOM.getDocument")["root"]["nodeId"]
    node = page.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    page.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
    page.wait(until)


def test_a_photograph_is_read_as_python_reads_it(address, browser_home):
    portrait = Image.fromarray(example_photograph())
    group = Image.new("RGB", (1700, 1100), (120, 130, 140))
    for side, place in ((500, (40, 30)), (330, (640, 500)), (240, (1100, 60)), (420, (1240, 640))):
        group.paste(portrait.resize((side, side)), place)
    cut = portrait.crop((150, 70, 300, 300))  # the frame reaches past the border
    damaged = browser_home / "damaged.png"
    damaged.write_bytes(b"no picture")
    paths = {name: browser_home / f"{name}.png" for name in ("portrait", "group", "cut", "gray")}
    for name, picture in zip(paths, (portrait, group, cut, portrait.convert("L"))):
        picture.save(paths[name])
    turned = browser_home / "turned.jpg"  # upright by its EXIF orientation alone
    exif = Image.Exif()
    exif[0x0112] = 6
    portrait.transpose(Image.Transpose.ROTATE_90).save(turned, quality=95, exif=exif)
    with visit(address, browser_home / "whole") as page:
        for path in (*paths.values(), turned):
            wanted = predict_image(path)
            upload(page, path)
            given = [[box[side] for side in ("row", "column", "height", "width")]
                     for box in json.loads(page.js("document.body.dataset.boxes"))]
            assert len(given) == len(wanted) > 0, path.name
            off = np.abs(np.array(given) - [face["box"] for face in wanted]).max()
            assert off <= PIXELS, f"{path.name}: a box is {off} pixels off"
            shares = bars(page)
            assert EMOTIONS[shares.argmax()] == wanted[0]["emotion"], path.name
            assert np.allclose(shares, list(wanted[0]["probabilities"].values()), atol=0.05), path.name
        assert page.js("document.body.dataset.word") == "happiness"

        upload(page, damaged, "document.getElementById('status').textContent.includes('no picture')")

        # a picture without a face: said, and the way out works
        blank = browser_home / "blank.png"
        Image.fromarray(np.random.default_rng(1).integers(100, 110, (300, 200, 3), np.uint8)).save(blank)
        upload(page, blank)
        assert "No upright face" in page.js("document.getElementById('status').textContent")
        press(page, "whole")
        assert abs(bars(page).sum() - 1) < 1e-6
        assert json.loads(page.js("document.body.dataset.boxes")) == [
            {"row": 50, "column": 0, "height": 200, "width": 200}]


def test_it_keeps_silent_and_draws(address, browser_home):
    with visit(address, browser_home / "silent") as page:
        press(page, "example")
        page.wait("document.body.dataset.state === 'picture'")
        assert page.js("document.getElementById('word').textContent") == "happiness"
        assert float(page.js("document.getElementById('threshold').value")) == 100 * make_reader.THRESHOLD
        for value, word in ((95, "I cannot tell"), (0, "happiness")):
            page.js(f"""void (() => {{ const slider = document.getElementById('threshold');
                slider.value = {value}; slider.dispatchEvent(new Event('input')); }})()""")
            assert page.js("document.getElementById('word').textContent") == word
        seen = page.js("[...document.getElementById('seen').getContext('2d').getImageData(0, 0, 48, 48).data]")
        assert len(set(seen)) > 50  # the face that the network sees

        press(page, "compare")
        drawn = load_schematic(("public",)).public
        face = drawn.images[np.flatnonzero(drawn.labels == EMOTIONS.index("happiness"))[0]]
        shown = page.js("[...document.getElementById('drawing').getContext('2d').getImageData(0, 0, 48, 48).data]")
        assert np.array_equal(np.array(shown, np.uint8).reshape(48, 48, 4)[..., 0], face)
        table = page.js("[...document.querySelectorAll('#compared tr')].map(row => [...row.querySelectorAll('td')]"
                        ".map(cell => parseInt(cell.textContent)))")
        wanted = [load_litert(name).predict(face[None])[0] for name in make_reader.NETWORKS.values()]
        assert np.abs(np.array(table)[:, [1, 3]] - 100 * np.array(wanted).T).max() <= 1


def test_the_camera_runs_and_is_stopped(address, browser_home, record_property):
    film = browser_home / "reader.mjpeg"
    write_film(film)
    flags = (*CAMERA, f"--use-file-for-fake-video-capture={film}")
    with visit(address, browser_home / "camera", *flags, before=COUNT_TRACKS) as page:
        assert page.js("tracks.length") == 0  # nothing runs before somebody has agreed
        assert "Nothing is recorded, stored or sent" in page.js("document.querySelector('.door').textContent")
        press(page, "start")
        page.wait("Number(document.body.dataset.frames) > 12")
        assert page.js("document.body.dataset.state") == "running"
        assert page.js("tracks.length === 1 && tracks[0].readyState === 'live'")
        assert page.js("document.getElementById('word').textContent") == "happiness"
        rate = float(page.js("document.body.dataset.rate"))
        words = page.js("document.getElementById('rate').textContent")
        record_property("frames a second", rate)
        print(f"\nthe reader in Chromium: {words}")
        assert "frames a second" in words and rate >= SLOWEST
        if os.environ.get("FER_UTILS_SCREENSHOTS"):
            page.screenshot(Path(os.environ["FER_UTILS_SCREENSHOTS"]) / "reader_camera.png")

        # who asked for little motion: the frames are read as before, the numbers change twice a second at most
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        changes, read = page.js("""new Promise(done => {
            let changes = 0;
            const before = Number(document.body.dataset.frames);
            const look = new MutationObserver(() => { changes += 1; });
            look.observe(document.getElementById("rate"), {childList: true});
            setTimeout(() => {
                look.disconnect();
                done([changes, Number(document.body.dataset.frames) - before]);
            }, 3000);
        })""")
        assert 0 < changes <= 6 and read >= changes

        press(page, "stop")
        assert page.js("tracks.every(track => track.readyState === 'ended')")
        frames = page.js("document.body.dataset.frames")
        time.sleep(1)
        assert page.js("document.body.dataset.frames") == frames
        assert page.js("document.activeElement.id") == "start"

        press(page, "start")  # and again; a page that is left takes the camera with it
        page.wait(f"Number(document.body.dataset.frames) > {frames} + 1")
        page.js("void dispatchEvent(new PageTransitionEvent('pagehide'))")
        assert page.js("tracks.every(track => track.readyState === 'ended')")


def test_a_refused_camera_is_said(address, browser_home):
    refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    with visit(address, browser_home / "refused", before=refuse) as page:
        press(page, "start")
        page.wait("document.getElementById('status').textContent.includes('did not allow the camera')")
        assert page.js("document.body.dataset.state") == "ready"


def test_it_reads_on_without_a_network(address, browser_home):
    with visit(address, browser_home / "offline") as page:
        page.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1,
                  uploadThroughput=-1)
        assert page.js("fetch('facts.json?again').then(() => 'there', () => 'cut')") == "cut"
        page.events = [event for event in page.events if "again" not in json.dumps(event)]  # this test's own request
        press(page, "example")
        page.wait("document.body.dataset.state === 'picture'")
        assert page.js("document.body.dataset.word") == "happiness"


def test_the_browser_keeps_the_page_from_talking_to_another_host(address, browser_home):
    watch = "window.refused = []; addEventListener('securitypolicyviolation', one => refused.push(one.blockedURI));"
    with visit(address, browser_home / "rules", before=watch) as page:
        told = len(page.events)
        for attempt in ("fetch('http://localhost:9/a')", "fetch('http://localhost:9/b', {mode: 'no-cors', body: 'x', "
                        "method: 'POST'})", "import('http://localhost:9/c')"):
            assert page.js(f"{attempt}.then(() => 'sent', () => 'refused')") == "refused"
        page.js("navigator.sendBeacon('http://localhost:9/d', 'x')")
        page.js("void (new Image().src = 'http://localhost:9/e')")
        page.wait("refused.length === 5")
        assert page.js("refused.map(address => address.at(-1)).sort().join('')") == "abcde"
        del page.events[told:]


def test_a_file_of_another_content_is_refused(address, browser_home):
    path = browser_home / "read-my-face" / "squeezenet-fer-deep-int8.tflite"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        with chromium.chromium(browser_home / "other", *QUIET) as page:
            page.open(address)
            page.wait("['ready', 'failed'].includes(document.body?.dataset.state)")
            assert "could not be started" in page.js("document.getElementById('status').textContent")
            assert page.js("document.getElementById('start').disabled && document.getElementById('example').disabled")
    finally:
        path.write_bytes(content)


def test_by_keyboard_at_three_widths_in_both_themes(address, browser_home):
    with visit(address, browser_home / "widths") as page:
        press(page, "example")
        press(page, "compare")
        page.wait("document.body.dataset.state === 'picture'")
        reached = []
        page.js("document.activeElement.blur()")
        for _ in range(14):
            for kind in ("rawKeyDown", "keyUp"):
                page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            reached.append(page.js("document.activeElement.id"))
        assert set("start file example threshold compare which another".split()) <= set(reached)
        named = ("button", "slider", "checkbox", "combobox", "image", "link")
        nameless = [node["role"]["value"] for node in page.call("Accessibility.getFullAXTree")["nodes"]
                    if node.get("role", {}).get("value") in named
                    and not node.get("name", {}).get("value")]
        assert nameless == []
        for theme in ("light", "dark"):
            page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
            assert page.faint() == [], theme
            for width in (1400, 900, 390):
                page.resize(width)
                page.drawn()
                assert page.js("document.documentElement.scrollWidth <= innerWidth"), f"{width} pixels: too wide"
                if os.environ.get("FER_UTILS_SCREENSHOTS"):
                    page.resize(width, page.js("document.documentElement.scrollHeight"))
                    page.screenshot(Path(os.environ["FER_UTILS_SCREENSHOTS"]) / f"reader_{theme}_{width}.png")


def test_the_course_s_theme_is_kept(address, browser_home):
    with visit(address, browser_home / "theme", before="localStorage.setItem('mode', 'dark')") as page:
        assert page.js("getComputedStyle(document.documentElement).colorScheme") == "dark"
