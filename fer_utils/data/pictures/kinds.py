"""What kind of picture a file holds, by its content, and whether it may be opened: what would take too much memory or
time is refused before it is decoded.
"""

import os
import re
import struct
import zlib
from importlib import import_module

from fer_utils.files import FileError

# The kinds that are read: module and class of Pillow. `Image.open` would also try others, Ghostscript among them, and
# warn of, or refuse, large pictures by a setting that belongs to the user.
READERS = {"JPEG": ("JpegImagePlugin", "JpegImageFile"), "PNG": ("PngImagePlugin", "PngImageFile"),
           "GIF": ("GifImagePlugin", "GifImageFile"), "BMP": ("BmpImagePlugin", "BmpImageFile"),
           "TIFF": ("TiffImagePlugin", "TiffImageFile"), "WEBP": ("WebPImagePlugin", "WebPImageFile"),
           "PPM": ("PpmImagePlugin", "PpmImageFile"), "AVIF": ("AvifImagePlugin", "AvifImageFile")}
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".avif",
                    ".heic", ".heif")  # HEIC is not read, but named with its remedy
MOST_PIXELS = 52_000_000  # the photographs of phones with 50 megapixels pass
MOST_PLAIN_PIXELS = 2_000_000  # of PGM and PPM written as text, which take long
MOST_SIDE = 65_535
MOST_BYTES = 600_000_000  # pixels of 16 bits and four channels, not compressed, take 420 MB
MOST_PARTS = 65_535  # of a PNG file, or strips of a TIFF file
MOST_HEADER_BYTES = 8_000_000  # what may stand before the pixels of a JPEG or GIF file
MOST_JUNK = 4096  # bytes between the parts of a JPEG or GIF file, and of the remarks in the head of a PPM file
SCAN = b"\xff\xda"  # begins a scan of a JPEG file
MOST_SCANS = 40  # of a progressive JPEG file; ten are usual, and each takes as long as a whole picture

ANOTHER_KIND = "JPEG and PNG work."
SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF", b"BM": "BMP",
              b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF", b"MM\0+": "TIFF"}
OTHERS = {b"%PDF": "a PDF document", b"%!PS": "PostScript", b"\xc5\xd0\xd3\xc6": "PostScript",
          b"8BPS": "a Photoshop document", b"\0\0\0\x0cjP  ": "JPEG 2000", b"\xff\x4f\xff\x51": "JPEG 2000",
          b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL", b"<svg": "a drawing in SVG", b"<?xml": "XML",
          b"<!doctype": "a web page", b"<html": "a web page", b"PK\x03\x04": "a zip archive", b"\0\0\x01\0": "an icon",
          b"version https://git-lfs": "a pointer of Git LFS, whose file git lfs pull brings", b"Rar!": "an archive",
          b"\x1f\x8b": "a gzip archive", b"FUJIFILM": "a raw photograph", b"IIRO": "a raw photograph",
          b"IIU\0": "a raw photograph"}
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
POINTERS = (34665, 34853, 40965)  # the tags that lead to further directories: EXIF, GPS, interoperability


def kind_of(path, file):
    """What an open file holds, a key of READERS. Raises FileError, naming what it is, for anything else."""
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise FileError(f"{path} has {size / 1e6:,.0f} MB; picture files of at most {MOST_BYTES // 10**6} MB are read. "
                        "Save it as JPEG first.")
    file.seek(0)
    head = file.read(64)
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if re.match(rb"P[1-6fF]\s", head):
        return "PPM"
    looks = "nothing at all" if not head else None
    if head[4:8] == b"ftyp":
        brands = head[8:12] + head[16:max(16, int.from_bytes(head[:4], "big"))]
        if b"avif" in brands or b"avis" in brands:
            return "AVIF"
        looks = "HEIC" if re.search(b"hei|hev|mif1|msf1", brands) else "a film"
    for start, what in OTHERS.items():
        if looks is None and head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(start.lower()):
            looks = what
    if looks and head:
        raise FileError(f"{path} is not a picture that can be read: it holds {looks}. Export it as JPEG or PNG; "
                        f"{ANOTHER_KIND}")
    raise FileError(f"{path} is not a picture that can be read (it holds {looks or 'none of the known kinds'}). "
                    f"{ANOTHER_KIND}")


def opened(where, file, kind):
    """Pillow's image, not yet decoded, of a size that is allowed."""
    from PIL import Image

    module, name = READERS[kind]
    try:
        reader = getattr(import_module(f"PIL.{module}"), name)
    except ImportError:
        raise FileError(f"{where} holds {kind}, which this Pillow cannot read. Export it as JPEG or PNG.") from None
    file.seek(0)
    try:
        image = reader(file, str(where))
    except Image.DecompressionBombError as error:  # WebP asks Pillow's own limit before it says how large it is
        pixels = re.search(r"\((\d+) pixels\)", str(error))
        raise _too_large(where, int(pixels[1]) if pixels else None) from None
    check_size(image, where, MOST_PLAIN_PIXELS if decoder_of(image) == "ppm_plain" else MOST_PIXELS)
    return image


def check_size(image, where, most=MOST_PIXELS):
    """Raise FileError for a Pillow image of more than `most` pixels, or with too long a side."""
    width, height = image.size
    if width * height > most:
        raise _too_large(where, width * height, most)
    if min(width, height) < 1 or max(width, height) > MOST_SIDE:
        raise FileError(f"{where} is {width:,} x {height:,} pixels; sides of 1 to {MOST_SIDE:,} are read. Cut or "
                        "shrink it first.")


def _too_large(where, pixels, most=MOST_PIXELS):
    has = f"{pixels / 1e6:,.0f}" if pixels else "too many"
    kind = " written as text" if most == MOST_PLAIN_PIXELS else ""
    return FileError(f"{where} has {has} megapixels; pictures{kind} of at most {most // 10**6} are read. Shrink it "
                     "first.")


def decoder_of(image):
    """What Pillow decodes the image with, str; None for one that is decoded already."""
    tile = getattr(image, "tile", None)
    return tile[0][0] if tile else None


def raw_mode_of(image):
    """How the values lie in the file, as Pillow calls it; empty for an image that is decoded already."""
    tile = getattr(image, "tile", None)
    arguments = tile[0][3] if tile else ""
    return arguments if isinstance(arguments, str) else str(arguments[0]) if arguments else ""


def check_unfolding(path, file, kind):
    """Refuse what a small file can hold that would take much time or memory, before Pillow sees it."""
    if kind == "PNG":
        _check_png(path, file)
    elif kind == "JPEG":
        _check_jpeg(path, file)
    elif kind == "GIF":
        _check_gif(path, file)
    elif kind == "PPM":
        file.seek(0)
        head = re.sub(rb"#[^\r\n]*", b"", file.read(MOST_JUNK))
        if len(head.split()) < 4:
            raise FileError(f"{path} has remarks in the place of pixels. Get it again. {ANOTHER_KIND}")
    elif kind == "TIFF":
        def read(offset, count):
            file.seek(offset)
            return file.read(count)

        check_directory(read, file.seek(0, os.SEEK_END))


def png_chunks(file):
    """Pairs (name, offset of the content) of a PNG file's parts."""
    offset = 8
    while True:
        file.seek(offset)
        head = file.read(8)
        if len(head) < 8:
            return
        yield head[4:], offset + 8
        offset += 12 + int.from_bytes(head[:4], "big")


def _check_png(path, file):
    """Compare the check sum of each part, which Pillow does not for pixels, and look for the last one."""
    for number, (name, at) in enumerate(png_chunks(file)):
        if number > MOST_PARTS:
            raise FileError(f"{path} consists of more than {MOST_PARTS:,} parts. Save it anew as PNG or JPEG.")
        file.seek(at - 8)
        left, found = int.from_bytes(file.read(4), "big") + 4, 0
        while left and (block := file.read(min(left, MOST_HEADER_BYTES))):
            found = zlib.crc32(block, found)
            left -= len(block)
        if left or file.read(4) != found.to_bytes(4, "big"):
            raise ValueError("a part of it is cut or changed: its check sum is wrong")
        if name == b"IEND":
            return
    raise ValueError("it ends before its last part")


def _check_jpeg(path, file):
    file.seek(0)
    head, at, junk = file.read(MOST_HEADER_BYTES), 2, 0
    while head[at:at + 2] != SCAN:
        if at >= len(head) or junk > MOST_JUNK:
            raise _no_pixels(path, at)
        if head[at] == 255 and len(head) > at + 3 and 192 <= head[at + 1] <= 254:  # a marker, a length
            at += 2 + int.from_bytes(head[at + 2:at + 4], "big")
        else:
            at, junk = at + 1, junk + 1
    scans = head.count(SCAN, at)
    while block := file.read(MOST_HEADER_BYTES):
        scans += block.count(SCAN)
    if scans > MOST_SCANS:
        raise FileError(f"{path} is stored in more than {MOST_SCANS} scans. Save it anew as JPEG.")


def _check_gif(path, file):
    """The remarks and other extensions before the first picture of a GIF file may be long, but not endless."""
    file.seek(0)
    head, junk = file.read(MOST_HEADER_BYTES), 0
    at = 13 + (3 << (head[10] & 7) + 1 if head[10] & 128 else 0)
    while head[at:at + 1] != b",":
        if at >= len(head) or junk > MOST_JUNK:
            raise _no_pixels(path, at)
        at, junk = at + 1, junk + 1
        if head[at - 1] == ord("!"):
            at += 1
            while at < len(head) and head[at]:
                at, junk = at + 1 + head[at], junk + 1


def _no_pixels(path, count):
    return FileError(f"{path} has no pixels in its first {count:,} bytes. Get it again. {ANOTHER_KIND}")


def check_directory(read, size, pointers=POINTERS):
    """Raise ValueError where the directory of a TIFF file, or of EXIF, names more bytes than there are: tags may all
    lead to the same place, and Pillow copies each. `read(offset, count)` gives bytes."""
    head = read(0, 16)
    order = "<" if head[:2] == b"II" else ">"
    big = 43 in head[2:4]
    start = struct.unpack_from(order + ("Q" if big else "L"), head, 8 if big else 4)[0]
    width, rest = (20, "HHQQ") if big else (12, "HHLL")
    left, todo = size, [start]
    while todo:
        at = todo.pop()
        count = struct.unpack(order + ("Q" if big else "H"), read(at, 8 if big else 2))[0]
        if count * width > size:
            raise ValueError("its directory is longer than the file")
        entries = read(at + (8 if big else 2), count * width)
        for number in range(len(entries) // width):
            tag, kind, values, content = struct.unpack_from(order + rest, entries, number * width)
            left -= values * TYPE_BYTES.get(kind, 0)
            if left < 0 or tag in (273, 324) and values > MOST_PARTS:  # where the strips or tiles begin
                raise ValueError("its directory names more than the file holds")
            if tag in pointers and len(todo) < 8:
                todo.append(content)
                left -= width
