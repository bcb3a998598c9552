"""Descriptors: what recognition before deep learning looked at in a face instead of its pixels.

Explained in chapter 05. Each takes raw faces, uint8 (n, 48, 48) or (n, 48, 48, 1), values 0 to 255, and gives float32
(n, d), a row of d numbers for each face, whatever the other faces are: nothing here is learned. The settings are
keyword arguments; their defaults were chosen on a part of Training. All raise ValueError for faces of another
dtype or shape (`fer_utils.data.preprocessing.check_faces`). Thesis sections 3.4 and 3.5.
"""

import math

import numpy as np

from fer_utils.data.preprocessing import check_faces
from fer_utils.labels import SIZE


def pixels(images):
    """The pixels themselves between 0 and 1, row by row, float32 (n, 2304): what the other descriptors are held
    against."""
    return check_faces(images).reshape(-1, SIZE * SIZE) / np.float32(255)


def hog(images, *, cells=(6,), block=2, orientations=9):
    """Histograms of oriented gradients by scikit-image: in which directions, and how strongly, the gray changes.

    For each side in `cells`, in pixels, the face is cut into square cells; each cell has a histogram of `orientations`
    directions from 0 to 180 degrees, and each `block` by `block` neighbouring cells are brought to one contrast
    together (scikit-image's "L2-Hys"). Dalal and Triggs 2005 (doi:10.1109/CVPR.2005.177).
    """
    from skimage.feature import hog

    return _face_by_face(images, lambda face: np.concatenate([
        hog(face, orientations=orientations, pixels_per_cell=(cell, cell), cells_per_block=(block, block))
        for cell in cells]))


def lbp(images, *, radii=(2,), grid=6):
    """Local binary patterns by scikit-image: which of its eight neighbours are at least as bright as a pixel.

    For each radius, in pixels, every pixel gets one of 59 patterns: the 58 uniform ones, whose circle of neighbours
    changes at most twice between darker and brighter, and one for all others. The face is cut into `grid` by `grid`
    cells; each cell gives the shares of the 59 patterns among its pixels, which add up to 1. Raises ValueError for a
    grid that does not divide 48. Brightness and contrast do not matter, since only the order of gray values counts;
    in patches of one gray value the rounding of the interpolated neighbours can turn a pattern. Ojala and others 2002
    (doi:10.1109/TPAMI.2002.1017623); on faces Ahonen and others 2006 (doi:10.1109/TPAMI.2006.244).
    """
    from skimage.feature import local_binary_pattern

    patterns, side = 59, _cell_side(grid)
    rows, columns = np.indices((SIZE, SIZE)) // side
    first = (rows * grid + columns) * patterns  # where the histogram of each pixel's cell begins

    margin = math.ceil(max(radii))  # beyond the edge scikit-image sees black, which would depend on the brightness
    inside = slice(margin, margin + SIZE)

    def describe_face(face):
        face = np.pad(face, margin, mode="reflect")
        found = (local_binary_pattern(face, 8, radius, "nri_uniform")[inside, inside] for radius in radii)
        return np.concatenate([np.bincount((first + codes.astype(int)).ravel(), minlength=grid * grid * patterns)
                               for codes in found]) / side**2

    return _face_by_face(images, describe_face)


def gabor(images, *, wavelengths=(4, 7, 12), orientations=6, grid=6):
    """Gabor filters by scikit-image: how much of a wave of each length and direction there is, and where.

    Each of the filters, one for every length in `wavelengths` (pixels) and each of `orientations` directions over 180
    degrees, gives the strength (magnitude) of its wave at every pixel; the face is cut into `grid` by `grid` cells,
    and each cell gives the mean and the standard deviation of that strength. The face is first brought to mean 0 and
    standard deviation 1. Raises ValueError for a grid that does not divide 48. Daugman 1985
    (doi:10.1364/JOSAA.2.001160); on expressions Lyons and others 1998 (doi:10.1109/AFGR.1998.670949).
    """
    from scipy import fft
    from skimage.filters import gabor_kernel

    images, side = check_faces(images)[..., 0], _cell_side(grid)
    kernels = [gabor_kernel(1 / length, theta=np.pi * turn / orientations)
               for length in wavelengths for turn in range(orientations)]
    margin = max(length for kernel in kernels for length in kernel.shape) // 2
    shape = [fft.next_fast_len(SIZE + 2 * margin)] * 2
    # convolution is multiplication here, and each face is transformed once for all filters
    transforms = [fft.fft2(kernel.astype(np.complex64), shape) for kernel in kernels]
    described = np.empty((len(images), len(kernels), 2, grid, grid), np.float32)
    for start in range(0, len(images), 64):  # more at once would leave the processor's cache
        part = images[start:start + 64].astype(np.float32)
        part -= part.mean(axis=(1, 2), keepdims=True)
        part /= np.maximum(part.std(axis=(1, 2), keepdims=True), 1)  # a blank face stays blank
        seen = fft.fft2(np.pad(part, ((0, 0), (margin, margin), (margin, margin)), mode="symmetric"), shape)
        for number, (kernel, transform) in enumerate(zip(kernels, transforms)):
            down, across = (margin + length // 2 for length in kernel.shape)
            waves = fft.ifft2(seen * transform)[:, down:down + SIZE, across:across + SIZE]
            in_cells = np.abs(waves).reshape(-1, grid, side, grid, side)
            described[start:start + 64, number, 0] = in_cells.mean(axis=(2, 4))
            described[start:start + 64, number, 1] = in_cells.std(axis=(2, 4))
    return described.reshape(len(images), 2 * len(kernels) * grid * grid)


DESCRIPTORS = {"pixels": pixels, "hog": hog, "lbp": lbp, "gabor": gabor}


def describe(images, names, settings=None):
    """The descriptors of these names side by side, float32 (n, d).

    Arguments: names, of `DESCRIPTORS`, one as a str or several; settings, None or a dict from a name to the keyword
    arguments of its function. Raises ValueError for an unknown name, and for none.
    """
    names, settings = [names] if isinstance(names, str) else list(names), settings or {}
    unknown = [name for name in (*names, *settings) if name not in DESCRIPTORS]
    if unknown or not names:
        raise ValueError(f"there is no descriptor {', '.join(map(repr, unknown)) or '()'}; there are: "
                         f"{', '.join(DESCRIPTORS)}.")
    return np.hstack([DESCRIPTORS[name](images, **settings.get(name, {})) for name in names])


def _face_by_face(images, describe_face):
    """A row for each face, float32 (n, d), by a function of one face, uint8 (48, 48)."""
    images = check_faces(images)[..., 0]
    length = len(describe_face(np.zeros((SIZE, SIZE), np.uint8)))
    described = np.empty((len(images), length), np.float32)
    for row, face in zip(described, images):
        row[:] = describe_face(face)
    return described


def _cell_side(grid):
    """How many pixels a cell has a side where a face is cut into `grid` by `grid`. Raises ValueError for a rest."""
    if grid < 1 or SIZE % grid:
        raise ValueError(f"a face of {SIZE} by {SIZE} pixels cannot be cut into {grid} by {grid} equal cells; use a "
                         f"divisor of {SIZE}.")
    return SIZE // grid
