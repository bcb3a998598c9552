"""The one reader of picture files: any common kind of picture in, upright 8-bit pixels or one clear error out.

What a value means is taken from the file (bits a channel, largest value, which end is white), never guessed from its
pixels; a file that does not say it is refused. So is what would take too much memory or time, before it is decoded.
Explained in chapters 00 and 05.
"""

import os
import re
import struct
import tempfile
import threading
import zlib
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path

import numpy as np

from fer_utils.files import FileError, file_of, reading
from fer_utils.text import printable

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

ONE_AT_A_TIME = threading.Lock()

AS_8_BITS = "Save it with 8 bits a channel, as JPEG or PNG."
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
TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270",
         7: "TRANSVERSE", 8: "ROTATE_90"}  # EXIF's orientation, and what makes it upright
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
POINTERS = (34665, 34853, 40965)  # the tags that lead to further directories: EXIF, GPS, interoperability


def read_picture(path, mode="RGB"):
    """A picture file as uint8 pixels, upright by its EXIF orientation: (height, width, 3), or with mode "L", gray,
    (height, width).

    JPEG, PNG, GIF, BMP, TIFF, WebP, PBM, PGM, PPM and, where Pillow has it, AVIF are read, whatever the name ends in;
    of an animation, the first frame. Transparency is taken away, the colours beneath it show. 16 bits a channel are
    scaled by what the file says of its values. Raises FileError, with the remedy, for anything else: a file that is
    missing, damaged, of another kind, of more than MOST_PIXELS, or that does not say what its values mean.
    """
    path = file_of(path)
    with reading(path, f"Get it again. {ANOTHER_KIND}"), open(path, "rb") as file:
        return _read(file, path, mode)


def as_picture(picture):
    """The pixels that a caller means, uint8 (height, width, 3), or (height, width) for a gray array.

    Takes the path of a file (`read_picture`), a Pillow image, or an array uint8 (height, width), (height, width, 1),
    (height, width, 3) or (height, width, 4), whose fourth channel, the transparency, is taken away. Raises ValueError,
    with the remedy, for everything else: values other than uint8 would be read as nearly black or as noise.
    """
    if isinstance(picture, (str, Path)):
        return read_picture(picture)
    if not isinstance(picture, np.ndarray):
        from PIL import Image

        if isinstance(picture, Image.Image):
            return _from_pillow(picture)
        raise ValueError(f"expected a picture: the path of a file, a Pillow image or a NumPy array, not "
                         f"{type(picture).__name__}. Make it an array with numpy.asarray, uint8 from 0 to 255.")
    check_uint8(picture)
    shape = picture.shape
    if 0 in shape or len(shape) not in (2, 3) or len(shape) == 3 and shape[2] not in (1, 3, 4):
        raise ValueError(f"expected a picture of shape (height, width), (height, width, 3) or (height, width, 4), got "
                         f"{shape}. {_remedy_of_shape(shape)}")
    picture = np.asarray(picture)
    return picture if picture.ndim == 2 else picture[..., 0] if shape[2] == 1 else picture[..., :3]


def check_uint8(pixels):
    """Raise ValueError, with the remedy, for an array whose values are not uint8."""
    if pixels.dtype == np.uint8:
        return
    if pixels.dtype.kind == "f" and pixels.size and np.isfinite(pixels).all():
        low, high = float(pixels.min()), float(pixels.max())
        remedy = f"They go from {low:.4g} to {high:.4g}: undo what changed them, then convert to uint8."
        if 0 <= low and high <= 1:
            remedy = "From 0 to 1: multiply by 255, round and convert to uint8."
        elif -1 <= low and high <= 1:
            remedy = "From -1 to 1: add 1, multiply by 127.5, round and convert to uint8."
        elif 0 <= low and high <= 255:
            remedy = "If they go from 0 to 255, round and convert to uint8."
    elif pixels.dtype.kind == "f":
        remedy = "Some are not finite: find out where they come from, then scale to 0 to 255 and convert to uint8."
    elif pixels.dtype.kind == "b":
        remedy = "False and True: multiply by 255 and convert to uint8."
    elif pixels.dtype.kind in "iu":
        remedy = "If they go from 0 to 255, convert with astype('uint8'); else scale them to that range first."
    else:
        remedy = "Give it numbers from 0 to 255, of dtype uint8."
    raise ValueError(f"expected uint8 pixels from 0 to 255, got {pixels.dtype}; were they normalized before? {remedy}")


def _remedy_of_shape(shape):
    if 0 in shape:
        return "It has no pixels."
    if len(shape) == 4:
        return "Give one picture at a time: pictures[0]."
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return "The channels come last: transpose it with numpy.moveaxis(picture, 0, -1)."
    if len(shape) == 3 and shape[2] == 2:
        return "Gray with transparency: take the first channel, picture[..., 0]."
    return "Give one picture, gray or RGB."


def _read(file, where, mode):
    kind = _kind(where, file)
    _check_unfolding(where, file, kind)
    return _pixels(_opened(where, file, kind), where, mode, file)


# What kind of file it is, and whether it may be opened


def _kind(path, file):
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


def _opened(where, file, kind):
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
    _check_size(image, where, MOST_PLAIN_PIXELS if _decoder(image) == "ppm_plain" else MOST_PIXELS)
    return image


def _check_size(image, where, most=MOST_PIXELS):
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


def _decoder(image):
    tile = getattr(image, "tile", None)
    return tile[0][0] if tile else None


def _raw_mode(image):
    """How the values lie in the file, as Pillow calls it; empty for an image that is decoded already."""
    tile = getattr(image, "tile", None)
    arguments = tile[0][3] if tile else ""
    return arguments if isinstance(arguments, str) else str(arguments[0]) if arguments else ""


def _check_unfolding(path, file, kind):
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

        _check_directory(read, file.seek(0, os.SEEK_END))


def _png_chunks(file):
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
    for number, (name, at) in enumerate(_png_chunks(file)):
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


def _check_directory(read, size, pointers=POINTERS):
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


# From Pillow's image to 8-bit pixels


def _from_pillow(image):
    name = printable(getattr(image, "filename", "") or "the picture")
    _check_size(image, name)
    with reading(name, f"Get it again. {ANOTHER_KIND}"):
        if image.format in READERS and _decoder(image) and image.tell() == 0:
            place = image.fp.tell()  # opened, not yet decoded: the file says what its values mean
            try:
                return _read(image.fp, name, "RGB")
            finally:
                image.fp.seek(place)
        return _pixels(image, name, "RGB")


def _pixels(image, where, mode, file=None):
    """Upright pixels, uint8. `file` is what the image was opened from; None for one that a caller made."""
    kind, raw = image.format if file else None, _raw_mode(image)
    bits = most = None  # how many bits of a value count, and the largest value, where the file says so
    inverted = False
    if kind == "PNG":
        bits = _png_bits(file)
    elif kind == "TIFF":
        most, inverted = _tiff_values(image, where)
    elif kind == "PPM" and image.mode not in ("1", "F"):
        most = _largest_of_pixmap(image)
    elif kind == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info:
        raise FileError(f"{where} has the four colours of print and does not say which way round. Save it as RGB.")
    if image.mode == "F":
        raise FileError(f"{where} holds numbers with a point, whose range no file says. {AS_8_BITS}")
    if image.mode == "I" and kind != "PPM" and "16" not in raw:
        raise FileError(f"{where} holds whole numbers of 32 bits, whose range is not known. {AS_8_BITS}")
    if image.mode == "LAB" or image.mode == "CMYK" and "16" in raw:
        raise FileError(f"{where} is stored in colours that are not read: {image.mode}, {raw}. Save it as RGB.")
    if kind == "PPM" and _decoder(image) in ("ppm", "raw") and image.mode not in ("1", "F"):
        stored = 8 if most and most < 256 else 16
        image = _eight_bits(_values_of_pixmap(image, file, stored, most), stored, where, most=most)
    else:
        with _complaints() if _decoder(image) == "libtiff" else nullcontext():
            image.load()
        turn = _turn(image)
        if image.mode.startswith("I"):
            if kind == "PPM" and most:
                most = 65535  # Pillow has scaled the values
            image = _eight_bits(np.asarray(image), 16, where, bits, most, inverted)
        elif "16" in raw and image.mode in ("RGB", "RGBA") and "BGR" not in raw:
            brightest = max(high for low, high in image.getextrema()[:3])
            if brightest < 128:  # Pillow keeps the upper byte of each value: of 0 to 255, nothing
                raise _unclear(where, 256 * brightest + 255)
        elif bits and bits < 8 and image.mode in ("L", "LA", "RGB", "RGBA"):
            image = _by_significant_bits(image, where, bits)
        if turn is not None:
            image = image.transpose(turn)
    image = _without_transparency(image)
    return np.asarray(image if image.mode == mode else image.convert(mode))


@contextmanager
def _complaints():
    """Raise ValueError for what libtiff writes to standard error: it tells of damage nowhere else, and goes on.

    Standard error is the whole process's, so one file is read so at a time.
    """
    with ONE_AT_A_TIME, tempfile.TemporaryFile() as heard:
        try:
            kept = os.dup(2)
        except OSError:  # there is no standard error
            yield
            return
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        heard.seek(0)
        if said := heard.read(400).decode(errors="replace").strip():
            raise ValueError(said)


def _without_transparency(image):
    """The colours beneath it show; Pillow warns, or raises, where it has to convert some of these modes itself."""
    if image.mode == "La":
        image = image.convert("LA")
    elif image.mode in ("RGBa", "PA") or image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return image


def _turn(image):
    """What turns the image upright, None for nothing; EXIF that cannot be read says nothing."""
    from PIL import Image

    with suppress(Exception):
        exif = image.info.get("exif") or b""
        exif = exif[6:] if exif.startswith(b"Exif\0\0") else exif
        if exif:
            _check_directory(lambda offset, count: exif[offset:offset + count], len(exif), pointers=())
        found = TURNS.get(image.getexif().get(0x0112))
        return getattr(Image.Transpose, found) if found else None


def _eight_bits(values, stored, where, bits=None, most=None, inverted=False):
    """Gray or RGB values of `stored` bits, 8 or 16, as a Pillow image of 8 bits a channel.

    The file may say the largest value, `most`, or how many bits count, which the standard of PNG puts in the upper part
    of a value, and some writers in the lower. Values of 16 bits that leave the highest unused are refused where nothing
    says what they mean: they may have 12 bits, or 8, in the place of 16.
    """
    from PIL import Image

    brightest, full = int(values.max()), most or 2**stored - 1
    if int(values.min()) < 0 or brightest > full:
        raise FileError(f"{where} holds values from {values.min()} to {brightest}, beyond 0 to {full}. {AS_8_BITS}")
    if not most:
        fewer = bits if bits and bits < stored else None
        upper = _in_upper_bits(values, stored, fewer or 8)
        if fewer and brightest < 2**fewer and not upper:
            full = 2**fewer - 1
        elif stored == 16 and 0 < brightest < 2**15 and not (upper and brightest >= 2**12):
            raise _unclear(where, brightest)
    table = (np.arange(full + 1) * 255 + full // 2) // full
    return Image.fromarray((table[::-1] if inverted else table).astype(np.uint8)[values])


def _in_upper_bits(values, stored, bits):
    """Whether the values use the upper `bits` alone: the lower ones are zero, or repeat the upper ones."""
    used = np.arange(2**bits)
    upper = used << stored - bits
    repeated, shift = upper.copy(), bits
    while shift < stored:
        repeated |= upper >> shift
        shift += bits
    fitting = np.zeros((2, 2**stored), bool)
    fitting[0, upper] = fitting[1, repeated] = True
    fitting[1, (used * (2**stored - 1) + (2**bits - 1) // 2) // (2**bits - 1)] = True  # scaled and rounded
    return any(bool(one[values].all()) for one in fitting)


def _by_significant_bits(image, where, bits):
    """PNG pixels of 8 bits of which fewer count: scaled where they lie in the lower ones."""
    colours = image.convert("L" if image.mode in ("L", "LA") else "RGB")
    values = np.asarray(colours)
    return _eight_bits(values, 8, where, bits) if values.max() < 2**bits else image


def _unclear(where, brightest):
    bits = max(brightest.bit_length(), 8)
    return FileError(f"{where} has 16 bits a channel, but its brightest value needs {bits} of them, and it does not "
                     f"say how many count: it may be dark, or hold {bits} bits. {AS_8_BITS}")


def _png_bits(file):
    """How many bits of each value count, by the chunk sBIT, or None."""
    for name, at in _png_chunks(file):
        if name == b"sBIT":
            file.seek(at - 8)
            length = int.from_bytes(file.read(4), "big")
            file.seek(at)
            bits = list(file.read(min(length, 4)))
            colours = bits[:1] if length in (1, 2) else bits[:3]
            return colours[0] if len(set(colours)) == 1 and colours[0] else None
        if name in (b"IDAT", b"IEND"):
            return None


def _tiff_values(image, where):
    """The largest value where the file says it, or None, and whether 0 is white where Pillow leaves it so.

    Refuses what Pillow would read in another way than it is meant.
    """

    def tag(number, default):
        value = image.tag_v2.get(number, default)
        return value if isinstance(value, tuple) else (value,)

    bits, photometric, planar = tag(258, 1), tag(262, 0)[0], tag(284, 1)[0]
    if any(one not in (1, 4) for one in tag(339, 1)):  # the sample format: unsigned, or not known
        what = "numbers with a point" if 3 in tag(339, 1) else "signed numbers"
        raise FileError(f"{where} holds {what}, whose range no file says. {AS_8_BITS}")
    if max(bits) > 16:
        raise FileError(f"{where} has {max(bits)} bits a channel. {AS_8_BITS}")
    if tag(254, 0)[0] == 1 or 50706 in image.tag_v2:
        raise FileError(f"{where} holds a raw photograph, or shows a small preview first. Export it as JPEG.")
    if tag(259, 1)[0] in (2, 3, 4):  # whose reader passes over damage
        raise FileError(f"{where} is packed like a fax. Save it anew as PNG.")
    if planar == 2 and (max(bits) != 8 or photometric not in (0, 1, 2, 3)):
        raise FileError(f"{where} keeps its channels apart, {max(bits)} bits each. {AS_8_BITS}")
    if photometric == 6 and _decoder(image) == "raw" and tag(530, (2, 2)) != (1, 1):
        raise FileError(f"{where} stores its colours at another size than its brightness. {AS_8_BITS}")
    if photometric == 3 and 0 < max(tag(320, 0)) < 256:  # Pillow takes the upper of two bytes
        raise FileError(f"{where} has a palette of 8 bits where TIFF has 16. Save it anew as PNG.")
    inverted = photometric == 0 and image.mode.startswith("I")
    if bits == (12,):
        return 4095, inverted
    largest = tag(281, 0)[0]  # of the picture's own values or of all possible ones: a full number of bits is the latter
    return largest if bits == (16,) and largest in [2**n - 1 for n in range(8, 16)] else None, inverted


def _largest_of_pixmap(image):
    """What a PBM, PGM or PPM file names as its largest value; None for 65535, which says no more than 16 bits."""
    arguments = image.tile[0][3]
    most = arguments[1] if _decoder(image) != "raw" else 65535 if "16" in _raw_mode(image) else 255
    return most if most < 65535 else None


def _values_of_pixmap(image, file, stored, most):
    """The values of a binary PGM or PPM file, which Pillow would scale one by one: a second a megapixel."""
    width, height = image.size
    channels = 3 if image.mode == "RGB" else 1
    file.seek(image.tile[0][2])
    data = file.read(width * height * channels * stored // 8)
    if len(data) < width * height * channels * stored // 8:
        raise ValueError("it ends before its last pixel")
    values = np.frombuffer(data, "u1" if stored == 8 else ">u2").reshape((height, width, channels)[:1 + channels])
    return np.minimum(values, most or 65535).astype(f"u{stored // 8}", copy=False)
