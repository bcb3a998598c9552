"""From Pillow's image to 8-bit pixels.

What a value means is taken from the file (bits a channel, largest value, which end is white), never guessed from its
pixels; a file that does not say it is refused.
"""

import tempfile
import threading
from contextlib import contextmanager, nullcontext, suppress

import numpy as np

from fer_utils.data.pictures.kinds import check_directory, decoder_of, png_chunks, raw_mode_of
from fer_utils.files import FileError, standard_error_into

TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270",
         7: "TRANSVERSE", 8: "ROTATE_90"}  # EXIF's orientation, and what makes it upright
ONE_AT_A_TIME = threading.Lock()

AS_8_BITS = "Save it with 8 bits a channel, as JPEG or PNG."
AS_8_BITS = "Save it with 8 bits a channel, as JPEG or PNG."


def to_pixels(image, where, mode, file=None):
    """Upright pixels, uint8. `file` is what the image was opened from; None for one that a caller made."""
    kind, raw = image.format if file else None, raw_mode_of(image)
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
    if kind == "PPM" and decoder_of(image) in ("ppm", "raw") and image.mode not in ("1", "F"):
        stored = 8 if most and most < 256 else 16
        image = _eight_bits(_values_of_pixmap(image, file, stored, most), stored, where, most=most)
    else:
        with _complaints() if decoder_of(image) == "libtiff" else nullcontext():
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

    One file is read so at a time, or one would be told of another's damage.
    """
    with ONE_AT_A_TIME, tempfile.TemporaryFile() as heard:
        with standard_error_into(heard):
            yield
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
            check_directory(lambda offset, count: exif[offset:offset + count], len(exif), pointers=())
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
    for name, at in png_chunks(file):
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
    if photometric == 6 and decoder_of(image) == "raw" and tag(530, (2, 2)) != (1, 1):
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
    most = arguments[1] if decoder_of(image) != "raw" else 65535 if "16" in raw_mode_of(image) else 255
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
