"""Every kind of picture is read with the values it shows, or refused in one sentence: never another picture."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from fer_utils.data.photographs import cut_face, middle_face, middle_square
from fer_utils.data.pictures import as_picture, kinds, read_picture
from fer_utils.files import FileError

ROOT = Path(__file__).resolve().parent.parent
GRAY = np.tile(np.arange(256, dtype=np.uint8), (12, 1))  # every value, dark to bright
COLOUR = np.dstack([GRAY, GRAY[:, ::-1], np.full_like(GRAY, 90)])
SAVED = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "BMP": "bmp", "TIFF": "tif", "WEBP": "webp", "PPM": "ppm"}
SAVED |= {"AVIF": "avif"} if features.check("avif") else {}


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(values, depth, colour=0, between=b"", size=None):
    """A PNG file with `values` (height, width[, channels]) as they are."""
    height, width = size or values.shape[:2]
    if depth < 8:
        rows = [np.packbits(np.unpackbits(row[:, None].astype(np.uint8), axis=1)[:, 8 - depth:].ravel()).tobytes()
                for row in values]
    else:
        rows = [row.astype(">u2" if depth == 16 else "u1").tobytes() for row in values]
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + between
            + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def tiff(values, bits, photometric=1, sample_format=1, more=(), order="<", data=None):
    """A TIFF file, not compressed, with `values` as they are."""
    height, width = values.shape[:2]
    channels = 1 if values.ndim == 2 else values.shape[2]
    data = data if data is not None else values.astype(values.dtype.newbyteorder(order)).tobytes()
    tags = {256: width, 257: height, 258: (bits,) * channels, 259: 1, 262: photometric, 273: 8, 277: channels,
            278: height, 279: len(data), 339: (sample_format,) * channels} | dict(more)
    tags[273] = 8
    entries, extra, at = b"", b"", 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, value in sorted(tags.items()):
        value = value if isinstance(value, tuple) else (value,)
        kind, code = (3, "H") if max(value) < 65536 and tag not in (273, 279) else (4, "L")
        packed = struct.pack(f"{order}{len(value)}{code}", *value)
        if len(packed) > 4:
            packed, extra = struct.pack(f"{order}L", at + len(extra)), extra + packed
        entries += struct.pack(f"{order}HHL", tag, kind, len(value)) + packed.ljust(4, b"\0")
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return (mark + struct.pack(f"{order}L", 8 + len(data)) + data + struct.pack(f"{order}H", len(tags)) + entries
            + struct.pack(f"{order}L", 0) + extra)


def read(tmp_path, content, mode="L"):
    (tmp_path / "picture").write_bytes(content)
    return read_picture(tmp_path / "picture", mode)


def shows(pixels, expected):
    return np.abs(pixels.astype(int) - expected).max() <= 1


def refused(tmp_path, content, words):
    with pytest.raises(FileError, match=words) as error:
        read(tmp_path, content)
    assert "\n" not in str(error.value) and str(tmp_path / "picture") in str(error.value)


def twelve_of_16():
    return (GRAY.astype(int) * 4095 // 255).astype(np.uint16)


def packed_12(values):
    pairs = values.reshape(-1, 2).astype(int)
    return np.stack([pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255],
                    axis=1).astype(np.uint8).tobytes()


FULL = GRAY.astype(np.uint16) * 257
RGB_16 = COLOUR.astype(np.uint16) * 257
READ_AS_GRAY = {
    "16-bit PNG": png(FULL, 16),
    "16-bit PNG of which 12 bits count, as the standard has it": png(twelve_of_16() << 4, 16,
                                                                    between=chunk(b"sBIT", b"\x0c")),
    "16-bit PNG of which 12 bits count, in the lower bits": png(twelve_of_16(), 16, between=chunk(b"sBIT", b"\x0c")),
    "8-bit PNG of which 4 bits count, in the lower bits": png(GRAY >> 4, 8, between=chunk(b"sBIT", b"\x04")),
    "dark 16-bit PNG made of 8 bits": png(FULL // 4 // 257 * 257, 16),
    "16-bit PNG with transparency": png(np.dstack([FULL, FULL]), 16, 4),
    "8-bit PNG with transparency": png(np.dstack([GRAY, GRAY]), 8, 4),
    "16-bit TIFF": tiff(FULL, 16), "16-bit TIFF, big end first": tiff(FULL, 16, order=">"),
    "16-bit TIFF, 0 is white": tiff(65535 - FULL, 16, 0), "8-bit TIFF, 0 is white": tiff(255 - GRAY, 8, 0),
    "16-bit TIFF that names 4095": tiff(twelve_of_16(), 16, more={281: 4095}),
    "16-bit TIFF that names 255": tiff(GRAY.astype(np.uint16), 16, more={281: 255}),
    "12-bit TIFF": tiff(twelve_of_16(), 12, data=packed_12(twelve_of_16())),
    "12-bit TIFF of 8 bits": tiff(GRAY, 12, data=packed_12(GRAY.astype(np.uint16) << 4)),
    "PGM to 255": b"P5 256 12 255\n" + GRAY.tobytes(),
    "PGM to 100": b"P5 256 12 100\n" + (GRAY.astype(int) * 100 // 255).astype(np.uint8).tobytes(),
    "PGM to 1023": b"P5 256 12 1023\n" + (GRAY.astype(int) * 1023 // 255).astype(">u2").tobytes(),
    "PGM to 4095": b"P5 256 12 4095\n" + twelve_of_16().astype(">u2").tobytes(),
    "PGM to 65535": b"P5 256 12 65535\n" + FULL.astype(">u2").tobytes(),
    "PGM in words, to 4095": b"P2 256 12 4095\n" + " ".join(map(str, twelve_of_16().ravel())).encode(),
    "PPM to 4095": b"P6 256 12 4095\n" + np.dstack([twelve_of_16()] * 3).astype(">u2").tobytes(),
    "PBM": b"P1 256 12 " + b" ".join(b"0" if value > 127 else b"1" for value in GRAY.ravel()),
    "palette PNG": png(GRAY, 8, 3, chunk(b"PLTE", np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes())),
}
COARSE = {"8-bit PNG of which 4 bits count, in the lower bits": (GRAY >> 4) * 17.0, "PBM": (GRAY > 127) * 255,
          "dark 16-bit PNG made of 8 bits": FULL // 4 // 257, "PGM to 100": (GRAY.astype(int) * 100 // 255) * 2.55,
          "12-bit TIFF of 8 bits": GRAY * (4080 / 4095)}


@pytest.mark.parametrize("kind", READ_AS_GRAY)
def test_values_are_what_the_file_says(tmp_path, kind):
    assert shows(read(tmp_path, READ_AS_GRAY[kind]), COARSE.get(kind, GRAY))
    rgb = read(tmp_path, READ_AS_GRAY[kind], "RGB")
    assert rgb.shape == (12, 256, 3) and rgb.dtype == np.uint8 and shows(rgb[..., 1], COARSE.get(kind, GRAY))


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_bits_reach_white(tmp_path, depth):
    values = GRAY >> 8 - depth
    assert shows(read(tmp_path, png(values, depth)), values * 255.0 / (2**depth - 1))
    palette = chunk(b"PLTE", np.repeat(np.arange(2**depth, dtype=np.uint8), 3).tobytes())
    assert shows(read(tmp_path, png(values, depth, 3, palette)), values)


@pytest.mark.parametrize("content", [
    png(RGB_16, 16, 2), png(np.dstack([RGB_16, FULL]), 16, 6), tiff(RGB_16, 16, 2), tiff(RGB_16, 16, 2, order=">"),
    tiff(COLOUR, 8, 2), b"P6 256 12 65535\n" + RGB_16.astype(">u2").tobytes(), png(COLOUR, 8, 2),
    png(COLOUR, 8, 2, chunk(b"sBIT", b"\x05\x06\x05"))])
def test_colours_are_what_the_file_says(tmp_path, content):
    assert shows(read(tmp_path, content, "RGB"), COLOUR)


LOW_RGB = RGB_16 // 16
UNCLEAR = {
    "12 bits in 16, PNG": png(twelve_of_16(), 16), "0 to 255 in 16, PNG": png(GRAY, 16),
    "14 bits in 16, PNG": png(FULL // 4, 16), "10 bits in 16, TIFF": tiff(FULL // 64, 16),
    "0 to 255 in 16, TIFF": tiff(GRAY.astype(np.uint16), 16),
    "12 bits in 16, RGB PNG": png(LOW_RGB, 16, 2), "0 to 255 in 16, RGB PNG": png(COLOUR, 16, 2),
    "12 bits in 16, RGBA PNG": png(np.dstack([LOW_RGB, FULL]), 16, 6),
    "12 bits in 16, gray with transparency": png(np.dstack([twelve_of_16(), FULL]), 16, 4),
    "12 bits in 16, RGB TIFF": tiff(LOW_RGB, 16, 2), "12 bits in 16, TIFF, 0 is white": tiff(twelve_of_16(), 16, 0),
    "12 bits in 16, PGM": b"P5 256 12 65535\n" + twelve_of_16().astype(">u2").tobytes(),
    "12 bits in 16, PGM in words": b"P2 256 12 65535\n" + " ".join(map(str, twelve_of_16().ravel())).encode(),
    "12 bits in 16, PPM": b"P6 256 12 65535\n" + LOW_RGB.astype(">u2").tobytes(),
    "upper or lower 12 bits, PNG": png(GRAY.astype(np.uint16) << 4, 16, between=chunk(b"sBIT", b"\x0c")),
    "a statistic of the picture": tiff(np.minimum(FULL, 20000), 16, more={281: 20000}),
}


@pytest.mark.parametrize("kind", UNCLEAR)
def test_bits_that_nobody_counts_are_refused(tmp_path, kind):
    refused(tmp_path, UNCLEAR[kind], "does not say how many count.*Save it with 8 bits a channel")


@pytest.mark.parametrize("content, words", [
    (tiff((GRAY / 255).astype(np.float32), 32, sample_format=3), "numbers with a point"),
    (tiff(GRAY.astype(np.int16), 16, sample_format=2), "signed numbers"),
    (tiff(GRAY.astype(np.int8), 8, sample_format=2), "signed numbers"),
    (tiff(GRAY.astype(np.uint32), 32), "32 bits"),
    (tiff(COLOUR, 8, 8), "LAB.*Save it as RGB"),
    (tiff(COLOUR, 8, 6), "another size than its brightness"),
    (tiff(RGB_16, 16, 2, more={284: 2, 273: (8, 9, 10)}), "keeps its channels apart"),
    (tiff(GRAY, 8, 3, more={320: tuple(range(256)) * 3}), "palette of 8 bits"),
    (tiff(GRAY, 8, more={254: 1}), "raw photograph"), (tiff(GRAY, 1, more={259: 4}), "like a fax"),
    (b"Pf 256 12 -1.0\n" + (GRAY / 255).astype(np.float32).tobytes(), "numbers with a point"),
])
def test_what_no_file_says_the_range_of_is_refused(tmp_path, content, words):
    refused(tmp_path, content, words)


def test_the_colours_of_print(tmp_path):
    ink = np.dstack([255 - COLOUR, np.zeros_like(GRAY)])
    for kind in ("JPEG", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(ink, "CMYK").save(file, kind, **({"quality": 100} if kind == "JPEG" else {}))
        pixels = read(tmp_path, file.getvalue(), "RGB")
        assert np.abs(pixels.astype(int) - COLOUR).mean() < 1
        if kind == "JPEG":  # the marker says that the values are turned round
            at = file.getvalue().index(b"\xff\xee\x00\x0eAdobe")
            refused(tmp_path, file.getvalue()[:at] + file.getvalue()[at + 16:], "does not say which way round")


# What may be opened


@pytest.mark.parametrize("kind", SAVED)
def test_a_picture_of_200_megapixels_is_named_before_it_is_decoded(tmp_path, kind):
    wide = 20_000 if kind not in ("WEBP",) else 16_000
    if kind == "AVIF":
        pytest.skip("takes a minute to write")
    content = {
        "PNG": png(GRAY, 8, size=(wide, 10_000)), "PPM": b"P6 20000 10000 255\n",
        "BMP": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, wide, 10_000, 1, 24, *[0] * 6),
        "GIF": b"GIF89a" + struct.pack("<HHBBB", wide, 10_000, 0, 0, 0) + b"," + struct.pack(
            "<HHHHB", 0, 0, wide, 10_000, 0) + b"\x08\x00",
        "TIFF": tiff(GRAY, 8, more={256: wide, 257: 10_000, 278: 10_000}),
        "WEBP": b"RIFF" + struct.pack("<I", 100) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0"
                + (wide - 1).to_bytes(3, "little") + (16_000 - 1).to_bytes(3, "little") + bytes(80),
    }.get(kind)
    if kind == "JPEG":
        file = io.BytesIO()
        Image.fromarray(GRAY).save(file, "JPEG")
        at = file.getvalue().index(b"\xff\xc0") + 5
        content = file.getvalue()[:at] + struct.pack(">HH", 10_000, wide) + file.getvalue()[at + 4:]
    before = Image.MAX_IMAGE_PIXELS
    if kind == "WEBP":  # its decoder may refuse the rest of the file first; the number is what counts
        refused(tmp_path, content, "256 megapixels|cannot be read")
    else:
        refused(tmp_path, content, "has 200 megapixels; pictures of at most 52 are read. Shrink it first")
    assert Image.MAX_IMAGE_PIXELS == before


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory was taken")
def test_a_small_file_that_unfolds_takes_little_memory(tmp_path):
    """A real process: 200 megapixels in a PNG of 200 kB, text of a gigabyte, and tags that lead to one place."""
    text = b"t\0\0" + zlib.compress(bytes(200_000_000))
    (tmp_path / "large.png").write_bytes(png(np.zeros((1, 20_000), np.uint8), 8, size=(10_000, 20_000)))
    (tmp_path / "text.png").write_bytes(png(GRAY, 8, between=chunk(b"zTXt", text) * 5))
    data = bytes(1_000_000)
    count = 60_000
    tags = b"".join(struct.pack("<HHLL", 1000 + number, 1, len(data), 8) for number in range(count))
    (tmp_path / "tags.tif").write_bytes(b"II*\0" + struct.pack("<L", 8 + len(data)) + data + struct.pack("<H", count)
                                        + tags + bytes(4))
    code = ("import sys\nfrom fer_utils.data.pictures import read_picture\n"
            "for name in sys.argv[1:]:\n"
            "    try: read_picture(name)\n"
            "    except ValueError as error: assert len(str(error).splitlines()) == 1\n"
            "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])")
    done = subprocess.run([sys.executable, "-c", code, *map(str, sorted(tmp_path.iterdir()))], cwd=ROOT, timeout=60,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 400_000  # kB


@pytest.mark.parametrize("content, words", [
    (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "holds PostScript"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "holds HEIC. Export it as JPEG"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "holds HEIC. Export it as JPEG"),
    (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "holds a film"),
    (b"%PDF-1.7", "holds a PDF document"), (b"<!DOCTYPE html><html>", "holds a web page"),
    (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"), (b"\xff\x4f\xff\x51\0", "JPEG 2000"),
    (b"", "holds nothing at all"), (b"not a picture", "holds none of the known kinds.*JPEG and PNG work"),
])
def test_another_kind_of_file_is_named(tmp_path, content, words):
    refused(tmp_path, content, words)


def test_postscript_starts_no_interpreter(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setattr(os, "system", None)
    (tmp_path / "face.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with pytest.raises(FileError, match="PostScript"):
        read_picture(tmp_path / "face.jpg")


def test_folders_pipes_and_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    Image.fromarray(COLOUR).save(tmp_path / "face.png")
    np.testing.assert_array_equal(read_picture("~/face.png"), COLOUR)
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "round.jpg").symlink_to("round.jpg")
    for name, words in (("pipe.jpg", "a pipe"), ("", "a folder"), ("absent.jpg", "no file"), ("round.jpg", "path")):
        with pytest.raises(FileError, match=words):
            read_picture(tmp_path / name)
    with pytest.raises(FileError, match="cannot be a path"):
        read_picture("~nosuchuser/face.png")


def test_a_png_whose_check_sum_is_wrong_is_refused(tmp_path):
    content = bytearray(png(COLOUR, 8, 2))
    content[-20] ^= 1
    refused(tmp_path, bytes(content), "check sum is wrong")
    refused(tmp_path, png(COLOUR, 8, 2)[:-12], "ends before its last part")


def test_what_the_reader_of_tiff_complains_of_is_an_error(tmp_path, whole, capfd):
    """A byte of LZW that is changed leaves a picture, and a line on standard error."""
    content, refusals = bytearray(whole["TIFF LZW"]), 0
    for place in range(40, 120):
        content[place] ^= 255
        try:
            read(tmp_path, bytes(content), "RGB")
        except FileError:
            refusals += 1
        content[place] ^= 255
    assert refusals > 20 and capfd.readouterr().err == ""


def test_of_an_animation_the_first_frame(tmp_path):
    frames = [Image.fromarray(frame) for frame in (COLOUR, 255 - COLOUR, COLOUR // 2)]
    for kind, options in (("png", {}), ("webp", {"lossless": True}), ("tif", {})):
        frames[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:], **options)
        assert shows(read_picture(tmp_path / f"a.{kind}"), COLOUR)


def test_a_picture_in_a_hundred_scans_or_endless_remarks_is_refused(tmp_path):
    file = io.BytesIO()
    Image.fromarray(COLOUR).save(file, "JPEG", progressive=True)
    at = file.getvalue().rindex(b"\xff\xda")
    refused(tmp_path, file.getvalue()[:-2] + file.getvalue()[at:-2] * 200 + b"\xff\xd9", "more than 40 scans")
    gif = b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0)
    refused(tmp_path, gif + (b"!\xfe" + (b"\xff" + bytes(255)) * 40_000 + b"\0"), "has no pixels in its first")
    for junk in (bytes(9_000_000), b"\xff" * 9_000_000):
        refused(tmp_path, b"\xff\xd8\xff" + junk + file.getvalue(), "has no pixels in its first")
    refused(tmp_path, b"P5\n#" + b"x" * 9_000_000 + b"\n9 9 255\n" + bytes(81), "remarks in the place of pixels")
    refused(tmp_path, png(GRAY, 8, between=chunk(b"abCd", b"") * 70_000), "more than 65,535 parts")


# What else may be handed in


def test_pillow_images_and_arrays():
    for mode in ("RGB", "L", "RGBA", "LA", "P", "1", "CMYK", "YCbCr", "RGBX", "La", "RGBa", "PA"):
        image = Image.fromarray(COLOUR)
        if mode == "PA":
            image = image.convert("P").convert("PA")
        elif mode in ("La", "RGBa"):
            image = image.convert(mode.upper()).convert(mode)
        else:
            image = image.convert(mode)
        pixels = as_picture(image)
        assert pixels.shape == (12, 256, 3) and pixels.dtype == np.uint8
        if mode not in ("1", "P", "PA"):
            expected = COLOUR if mode not in ("L", "LA", "La") else np.asarray(image.convert("LA").convert("RGB"))
            assert np.abs(pixels.astype(int) - expected).max() <= 3, mode
    assert as_picture(GRAY) is not None and as_picture(GRAY[..., None]).shape == as_picture(GRAY).shape == (12, 256)
    np.testing.assert_array_equal(as_picture(np.dstack([COLOUR, GRAY])), COLOUR)
    np.testing.assert_array_equal(as_picture(COLOUR), COLOUR)


def test_pillow_images_are_read_by_the_rules_of_their_files(tmp_path):
    for where in (tmp_path / "a.png", None):
        content = png(LOW_RGB, 16, 2)
        if where:
            where.write_bytes(content)
        with Image.open(where or io.BytesIO(content)) as image, pytest.raises(ValueError, match="how many count"):
            as_picture(image)
        content = png(FULL, 16)
        with Image.open(io.BytesIO(content)) as image:
            assert shows(as_picture(image)[..., 0], GRAY)
            assert shows(as_picture(image)[..., 0], GRAY)  # and once more
            image.load()
            assert shows(as_picture(image)[..., 0], GRAY)


@pytest.mark.parametrize("picture, words", [
    (COLOUR / 255, "got float64.*From 0 to 1: multiply by 255"), (COLOUR / 127.5 - 1, "From -1 to 1: add 1"),
    ((COLOUR - 100.0) / 20, "undo what changed them"), (COLOUR * np.nan, "not finite"),
    (COLOUR.astype(np.float32), "round and convert to uint8"), (COLOUR.astype(np.uint16), "got uint16"),
    (COLOUR.astype(int), r"astype\('uint8'\)"), (COLOUR > 9, "multiply by 255"), (COLOUR[None], r"pictures\[0\]"),
    (np.moveaxis(COLOUR, -1, 0), "channels come last"), (COLOUR[:0], "no pixels"), (COLOUR[0, 0], "one picture"),
    (COLOUR[..., :2], "first channel"), (COLOUR.astype(object), "got object"), (None, "NoneType"), (7, "not int"),
    (COLOUR.tolist(), "not list.*numpy.asarray"), (b"bytes", "not bytes"), (np.array("text"), "got <U4"),
    (Image.fromarray((GRAY / 255).astype(np.float32)), "numbers with a point"),
    (Image.fromarray(GRAY.astype(np.int32)), "32 bits"), (Image.fromarray(twelve_of_16()), "how many count"),
    ("", "path is empty"), (np.empty((0, 0), np.uint8), "no pixels"), (COLOUR.astype(complex), "got complex"),
])
def test_what_is_no_picture_is_refused_with_its_remedy(picture, words):
    with pytest.raises(ValueError, match=words) as error:
        as_picture(picture)
    assert len(str(error.value).splitlines()) == 1


def test_the_middle_of_a_picture_is_its_face():
    np.testing.assert_array_equal(middle_face(GRAY), cut_face(GRAY, (middle_square(GRAY))))
    assert middle_square(GRAY) == (0, 122, 12, 12) and middle_face(COLOUR).shape == (48, 48)


# Damage


@pytest.fixture(scope="module")
def whole():
    """A file of each kind: a dict from kind to bytes."""
    files = {}
    for kind in SAVED:
        file = io.BytesIO()
        Image.fromarray(COLOUR).save(file, kind)
        files[kind] = file.getvalue()
    files |= {"deep PNG": png(RGB_16, 16, 2), "deep TIFF": tiff(FULL, 16), "PGM": READ_AS_GRAY["PGM to 4095"]}
    for name, options in (("LZW", {"compression": "tiff_lzw"}), ("in JPEG", {"compression": "jpeg"})):
        file = io.BytesIO()
        Image.fromarray(COLOUR).save(file, "TIFF", **options)
        files[f"TIFF {name}"] = file.getvalue()
    return files


@pytest.mark.filterwarnings("ignore")  # Pillow's, of damage that it passes over
@settings(max_examples=400, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_damaged_file_is_a_picture_or_one_error(whole, tmp_path_factory, data):
    content = bytearray(whole[data.draw(st.sampled_from(sorted(whole)))])
    how = data.draw(st.sampled_from(["cut", "flip", "noise", "insert", "head"]))
    at = data.draw(st.integers(0, len(content) - 1))
    if how == "cut":
        del content[at:]
    elif how == "flip":
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
            content[place] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "head":
        place = data.draw(st.integers(0, min(120, len(content) - 1)))
        content[place] = data.draw(st.integers(0, 255))
    else:
        noise = data.draw(st.binary(min_size=1, max_size=64))
        content[at:at + (len(noise) if how == "noise" else 0)] = noise
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    try:
        pixels = read_picture(path)
    except FileError as error:
        assert str(path) in str(error) and len(str(error).splitlines()) == 1 and len(str(error)) < 700
    else:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.sampled_from([b"", *kinds.SIGNATURES]))
def test_bytes_behind_a_signature_are_one_error(tmp_path_factory, rest, signature):
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(signature + rest)
    with pytest.raises(FileError):
        read_picture(path)
