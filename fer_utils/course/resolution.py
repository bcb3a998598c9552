"""Faces with fewer pixels, and what of them is left. Explained in chapter 03."""

import numpy as np

# The sides that chapter 03 compares. Each divides 48, so that a coarse pixel is the mean of whole fine ones.
RESOLUTIONS = (48, 24, 16, 12, 8, 6, 4, 3)


def shrink(images, side):
    """The mean of each block of pixels: (n, 48, 48) becomes float32 (n, side, side).

    Raises ValueError where `side` does not divide the side of the images.
    """
    count, size = len(images), images.shape[1]
    if size % side:
        raise ValueError(f"a side of {size} pixels cannot be cut into {side} equal blocks.")
    block = size // side
    return np.asarray(images, np.float32).reshape(count, side, block, side, block).mean(axis=(2, 4))


def as_blocks(small, size=48):
    """Coarse faces (n, side, side) with each pixel repeated, so that they have `size` pixels a side again."""
    times = size // small.shape[1]
    return small.repeat(times, axis=1).repeat(times, axis=2)


def coarsen(images, side):
    """Faces shrunk to side x side pixels and smoothly enlarged again: uint8, of the shape they came in.

    Nothing finer than the coarse pixels is left, and no edges of blocks are added.
    """
    from PIL import Image

    if side == images.shape[1]:
        return np.asarray(images, np.uint8)
    size = images.shape[1:]
    large = [np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
             for image in shrink(images, side)]
    return np.clip(np.round(large), 0, 255).astype(np.uint8)
