"""How much of a network's signal is dropout's noise, module by module: the measurement of chapter 10."""

import keras
import numpy as np
from keras import layers

from fer_utils.networks.squeezenet import squeezenet

PLACES = {"nothing": (), "squeezes": ("squeeze",), "expands": ("expand1x1", "expand3x3"),
          "all convolutions": ("squeeze", "expand1x1", "expand3x3")}


def dropout_noise(place, images, rate=0.2, seed=0):
    """Noise over signal after each of the eleven fire modules of an untrained thesis-like network.

    Signal is how much the maps differ from face to face, noise how much they differ from draw to draw of the dropout
    for one face; both are standard deviations, averaged over the values of a map.

    Arguments: place, a key of PLACES; images, uint8 (n, 48, 48), one draw is made for each; rate, the dropout rate.
    Returns a list of 11 ratios. Batch normalization is left out: it would normalize over the draws.
    """
    keras.utils.set_random_seed(seed)
    net = squeezenet("simple", extra=3, dropout=rate)
    for layer in net.layers:
        if isinstance(layer, layers.Dropout) and not any(f"_{part}_" in layer.name for part in PLACES[place]):
            layer.rate = 0.0
    ends = [f"fire{number}_bypass" for number in range(2, 13)]
    known = {layer.name for layer in net.layers}
    outputs = [net.get_layer(end if end in known else end.replace("bypass", "concat")).output for end in ends]
    maps = keras.Model(net.input, outputs)
    faces = np.asarray(images, dtype="float32")[..., None]
    one_face = np.repeat(faces[:1], len(faces), axis=0)
    spread = lambda x, training: [float(keras.ops.convert_to_numpy(values).std(axis=0).mean())  # noqa: E731
                                  for values in maps(x, training=training)]
    return [noise / signal for noise, signal in zip(spread(one_face, True), spread(faces, False))]
