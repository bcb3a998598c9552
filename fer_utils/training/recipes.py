"""Recipes: everything about a training run that is not the network. Plain data, so a run record can hold it."""

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Recipe:
    """How to train. Chapter 11 explains each field, chapter 16 those from `mixup` on.

    Attributes:
        optimizer: "adam", "adamw" or "sgd" (with Nesterov momentum 0.9).
        learning_rate: constant, or the peak of the one-cycle schedule.
        schedule: "constant" or "one-cycle" (linear rise over the first fifth, then a cosine to zero).
        weight_decay: for adamw and sgd, decoupled from the gradient (Loshchilov and Hutter 2019).
        batch_size, epochs: faces a step; passes over the training faces.
        patience: stop after so many epochs without a better PublicTest accuracy; None runs to the end.
        augmentation: "thesis", "modern", "strong", "framing" or "none" (`fer_utils.data.augmentation`).
        label_smoothing: share of the target spread over all classes.
        class_weights: weigh classes by n / (k n_j) (`fer_utils.data.preprocessing`).
        dropout_ramp: epochs over which dropout inside fire modules rises to its rate; 0 starts at full rate.
        clip: global gradient norm clipping (Keras's `global_clipnorm`): the largest norm of the whole gradient;
            0 does not clip.
        mixup: faces and targets are mixed in pairs, with shares from Beta(mixup, mixup); 0 does not mix
            (Zhang and others 2018).
        average: momentum of the exponential moving average (EMA) of the weights, which is what is kept and scored;
            0 keeps the weights.
        l1, l2: penalty on the sum of absolute values, or of squares, of the kernels.
        teacher_share: alpha of distillation, the weight of the soft targets beside the labels; above 0 it needs
            teachers (`fer_utils.training.distillation`). They answer the faces as the student sees them where
            `augmentation` is "none", otherwise the faces as they are.
        frozen: what training leaves alone: "" nothing, "body" everything but the head, the name of a layer everything
            up to that layer (chapter 08).
    """

    name: str
    optimizer: str
    learning_rate: float
    schedule: str
    batch_size: int
    epochs: int
    augmentation: str
    weight_decay: float = 0.0
    patience: int | None = None
    label_smoothing: float = 0.0
    class_weights: bool = False
    dropout_ramp: int = 0
    clip: float = 0.0
    mixup: float = 0.0
    average: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    teacher_share: float = 0.0
    frozen: str = ""

    def as_dict(self):
        return asdict(self)


MODERN = Recipe("modern", "adamw", 2e-3, "one-cycle", batch_size=128, epochs=30, augmentation="modern",
                weight_decay=0.02, label_smoothing=0.05, dropout_ramp=5)

# One recipe for every network of a comparison (chapters 08 to 10), gentle enough for networks without normalization,
# and the start of the search in chapter 16, whose steps change one thing each.
COMPARISON = Recipe("comparison", "adamw", 1e-3, "one-cycle", batch_size=256, epochs=60, augmentation="modern",
                    weight_decay=0.02, dropout_ramp=5, clip=1.0)

# Chapter 08: a network for ImageNet on faces. First its head alone, then its last blocks too, then everything; each
# goes on from the one before. `from-random` is `fine-tuned` for the same network from random weights.
FINE_TUNED = replace(COMPARISON, name="fine-tuned", batch_size=128, epochs=22, dropout_ramp=0)
FROZEN = replace(FINE_TUNED, name="frozen", learning_rate=5e-3, weight_decay=0.0, epochs=8, frozen="body")
LAST_BLOCKS = replace(FINE_TUNED, name="last-blocks", epochs=3, frozen="blocks_10_add")

# `modern` once more, with two teachers in place of smoothing, for a network that `modern` has trained. Chapter 16.
TAUGHT = replace(MODERN, name="taught", augmentation="none", label_smoothing=0.0, teacher_share=0.8)

# For the large networks that teach: without strong changes and mixing they would learn the faces by heart.
TEACHER = replace(COMPARISON, name="teacher", learning_rate=2e-3, weight_decay=0.05, augmentation="strong", mixup=0.2,
                  average=0.998)

RECIPES = {recipe.name: recipe for recipe in [
    # Thesis sections 5.1 and 5.4 and, for the batch, 6.3. Learning rate, epochs, patience and the sizes of shift,
    # shear and zoom are not stated there: they are Keras's default and our choice.
    Recipe("thesis", "adam", 1e-3, "constant", batch_size=256, epochs=60, patience=10, augmentation="thesis",
           class_weights=True),
    MODERN,
    # For the bundled schematic faces: a minute or two.
    Recipe("quick", "adamw", 3e-3, "one-cycle", batch_size=32, epochs=30, augmentation="modern", weight_decay=0.01),
    COMPARISON,
    replace(COMPARISON, name="comparison-512", batch_size=512),
    replace(COMPARISON, name="thesis-augmentation", augmentation="thesis"),
    replace(COMPARISON, name="strong-augmentation", augmentation="strong"),
    replace(COMPARISON, name="faster", learning_rate=3e-3),
    replace(COMPARISON, name="sgd", optimizer="sgd", learning_rate=0.1, weight_decay=5e-3),
    replace(COMPARISON, name="smoothing", label_smoothing=0.1),
    replace(COMPARISON, name="mixup", mixup=0.2),
    replace(COMPARISON, name="average", average=0.998),
    replace(COMPARISON, name="weighted", class_weights=True),
    replace(COMPARISON, name="l1", weight_decay=0.0, l1=1e-5),
    replace(COMPARISON, name="l2", weight_decay=0.0, l2=1e-4),
    replace(COMPARISON, name="distilled", augmentation="none", teacher_share=0.8),
    FROZEN, LAST_BLOCKS, FINE_TUNED, replace(FINE_TUNED, name="from-random"),
    TAUGHT,
    replace(TAUGHT, name="taught-from-scratch", epochs=50),  # for a network that nothing has trained yet
    # The finalists of chapter 16 and their teachers.
    TEACHER,
    replace(TEACHER, name="teacher-long", epochs=200),
    replace(COMPARISON, name="distilled-long", epochs=200, learning_rate=3e-3, weight_decay=0.05, augmentation="none",
            mixup=0.2, average=0.998, teacher_share=0.8),
    # For a small network without a teacher at hand: it learns to answer a changed face as the teacher answered the face
    # as it is, and those answers come with the course. Chapter 16.
    replace(COMPARISON, name="from-answers", learning_rate=3e-3, batch_size=128, dropout_ramp=0, average=0.998,
            teacher_share=0.8),
    # To finish a trained network: what it answers to the faces as they are becomes its answer to the same faces cut
    # wider, narrower and off the middle, as a detector cuts them. Chapters 13 and 16.
    Recipe("framed", "adamw", 2e-4, "one-cycle", batch_size=128, epochs=6, augmentation="framing", weight_decay=0.02,
           clip=1.0, teacher_share=0.7),
]}


def different_fields(a, b):
    """The fields, but for the name, in which two recipes differ."""
    return {field for field in a.keys() | b.keys() if field != "name" and (a.get(field) or 0) != (b.get(field) or 0)}
