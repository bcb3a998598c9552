"""One small network, kept from overfitting in several ways: nothing, lasso (L1), ridge (L2), dropout, batch
normalization.

Section 8 of the thesis proposes to try the first two beside the last two. Chapter 16.
"""

import keras
import numpy as np
from keras import layers

from fer_utils.data.preprocessing import one_hot
from fer_utils.networks.common import classification_head, raw_face_input
from fer_utils.networks.squeezenet import fire_module

# Each way with the strengths that are tried, as arguments of `regularized_network`.
REGULARIZERS = {
    "nothing": [{}],
    "L1": [{"l1": 1e-5}, {"l1": 1e-4}],
    "L2": [{"l2": 1e-4}, {"l2": 1e-3}],
    "dropout": [{"dropout": 0.05}, {"dropout": 0.1}],
    "batch normalization": [{"normalize": "squeeze"}, {"normalize": "all"}],
}


def regularized_network(l1=0.0, l2=0.0, dropout=0.0, normalize="none"):
    """Three fire modules for raw faces, an uncompiled Keras model.

    `l1` and `l2` weigh the sum of absolute values, or of squares, of all kernels in the loss (Tibshirani 1996; Hoerl
    and Kennard 1970); `dropout` and `normalize` go to `fer_utils.networks.squeezenet.fire_module`.
    """
    inputs, x = raw_face_input()
    x = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu", kernel_initializer="he_normal",
                      name="conv1")(x)
    for number, (squeeze, expand) in enumerate([(12, 24), (16, 32), (24, 48)], start=2):
        x = layers.MaxPooling2D(2, name=f"pool{number - 1}")(x)
        x = fire_module(x, squeeze, expand, expand, dropout=dropout, normalize=normalize, name=f"fire{number}")
    x = layers.Flatten(name="flatten")(x)
    net = keras.Model(inputs, classification_head(x, pool=False), name="regularized")
    if l1 or l2:
        for layer in net.layers:
            if hasattr(layer, "kernel"):
                layer.kernel.regularizer = keras.regularizers.L1L2(l1, l2)
    return net


def fit_once(faces, way, *, limit, epochs, seed=0):
    """Train `regularized_network(**way)` on the first `limit` faces, unchanged, and say how well it does.

    Returns a dict: "train_accuracy" and "public_accuracy" at the end, "small" (share of kernel values below 0.001 in
    size).
    """
    keras.utils.set_random_seed(seed)
    net = regularized_network(**way)
    net.compile(keras.optimizers.Adam(2e-3), "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    x, y = faces.train.images[:limit, ..., None], one_hot(faces.train.labels[:limit])
    net.fit(x, y, batch_size=64, epochs=epochs, verbose=0)
    kernels = np.concatenate([keras.ops.convert_to_numpy(v).ravel() for v in net.trainable_variables
                              if v.path.endswith("kernel")])
    public = faces.public.images[..., None], one_hot(faces.public.labels)
    return {"train_accuracy": float(net.evaluate(x, y, batch_size=256, verbose=0)[1]),
            "public_accuracy": float(net.evaluate(*public, batch_size=256, verbose=0)[1]),
            "small": float(np.mean(np.abs(kernels) < 1e-3))}
