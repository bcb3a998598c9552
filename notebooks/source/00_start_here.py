# %% [markdown]
# # Start here: a network reads a face
#
# {{badges}}
#
# **Question.** What does it take to read the emotion in a photograph, and what is that answer worth?
#
# **After this chapter you can**
#
# 1. tell that your set-up works, widgets included,
# 2. read the emotion from a photograph in a few lines, and from one of your own,
# 3. find your way through the course, its exercises and its two kinds of faces,
# 4. name what this technology must not be used for.
#
# **You need** a little Python. **Time:** about 20 minutes; the first answer comes within two. **Data:** a portrait that
# ships with scikit-image; the course's faces.

# %% tags=["bootstrap"]

# %% [markdown]
# Run each cell with Shift+Enter, from the top. The first one loads the course and says what it runs on.

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# If you see a blue-edged box above, the set-up works. It tells you which faces this course uses on your computer: your
# copy of FER-2013, or the drawings that come with the course. Everything runs with either.

# %% [markdown]
# ## Read a face
#
# Here is a photograph: astronaut Eileen Collins, taken by NASA. Two steps turn it into an answer. A *detector* finds
# the face; a *network* of our own, trained on the photographs of FER-2013, names its expression.

# %%
from fer_utils import predict_image
from fer_utils.data.photographs import example_photograph

photograph = example_photograph()
faces = predict_image(photograph)

# %%
from fer_utils.course.figures import found_faces

course.show(*found_faces(photograph, faces))

# %% [markdown]
# The box is what the detector found. The bars are the network's answer: not one word but seven numbers that add up to
# one, a share of belief for each emotion that FER-2013 knows. Let us hold the answer to that.

# %%
answer = faces[0]["probabilities"]
assert len(faces) == 1 and len(answer) == 7
assert abs(sum(answer.values()) - 1) < 1e-5
said = faces[0]["emotion"]
course.say(f"The network says **{said}**, with {100 * answer[said]:.0f} % of its belief.")

# %% [markdown]
# ### Try it yourself
#
# Put the path of a picture of your own in the next cell, in quotes in place of the dots. A frontal, upright face works
# best. The picture stays on your computer (on Colab, in your Colab session).

# %%
my_picture = ...

if my_picture is not ...:
    from fer_utils.data.photographs import read_photograph

    mine = read_photograph(my_picture)
    course.show(*found_faces(mine, predict_image(mine)))

# %% [markdown]
# ## See what the network sees
#
# The network never saw the astronaut's suit. It got 48 by 48 gray pixels, cut out and shrunk as the faces of FER-2013
# were.

# %%
from fer_utils.course.figures import face_grid
from fer_utils.data.photographs import cut_face, find_faces

small = cut_face(photograph, find_faces(photograph)[0])
assert small.shape == (48, 48) and small.dtype == "uint8"
course.show(*face_grid([small], ["48 x 48 pixels"], columns=2))

# %% [markdown]
# So little is enough to see a smile, for you and for the network. Keep this picture in mind: all the networks of this
# course look at faces of this size.

# %% [markdown]
# ## Check that widgets work
#
# Many chapters have explorers: you move a slider and a picture follows. This one changes how many pixels the face
# keeps. First the picture without a slider, as you would see it on a page that cannot run Python.

# %%
from fer_utils.course.chapter_00.figures import coarse_face, explore_coarse_face

course.show(*coarse_face(small, side=12))

# %% [markdown]
# Predict, then move: down to how many pixels can you still tell that she smiles? And the eyes?

# %%
explore_coarse_face(small)

# %% [markdown]
# If the picture follows the slider, widgets work here. If you see only a line of text, run the cell once more; where it
# stays so, the course still works: each explorer has its fixed picture above it.

# %% [markdown]
# ## What you will build
#
# The course follows one bachelor's thesis [4] from its first question to its last, and then goes on. The thesis asks
# what emotions are and how faces show them; it takes the photographs of FER-2013, prepares them, tries large networks
# and small ones, and ends with a customized SqueezeNet that is small enough for a little device. It reports these
# figures.

# %%
from fer_utils.evaluation.results import THESIS
from fer_utils.text import percent

for name, quoted in THESIS.items():
    print(f"{name:18} {quoted['parameters']:>11,} parameters, {percent(quoted['accuracy'], 2)}")
assert THESIS["squeezenet-custom"]["accuracy"] > THESIS["vgg16"]["accuracy"]

# %% [markdown]
# The small network is ahead of one twenty times its size. You will rebuild both, see what each part contributes, and
# find out how far such a figure can be trusted. The network that read the astronaut is our own, smaller still; this is
# what it reached on photographs that it had never seen.

# %%
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.evaluation.results import load_run

run = load_run(DEFAULT_NETWORK)
course.say(f"`{run['model']}`: {run['scores']['parameters']:,} parameters, "
           f"{percent(run['scores']['private']['accuracy'], 2)} on FER-2013's PrivateTest, "
           f"macro F1 {run['scores']['private']['macro_f1']:.3f}.")

# %% [markdown]
# Between two faces in three and three in four, then. People asked to do the same agree with the labels of this dataset
# about two times in three [1]. Either is far from what the word "recognition" promises. Chapter 12 shows which emotions
# such a network gets right.

# %% [markdown]
# ## How the course works
#
# - **Chapters** are numbered and build on each other: emotions and faces first, then data, networks, training,
#   evaluation, and at last small devices. They are listed in the [README](../README.md).
# - **Exercises** have dots where your answer goes, then a hint, a check and a folded solution. Here is one.
#
# The network names an emotion by its position in `EMOTIONS`. At which position, counting from 0, stands what it said of
# the astronaut?

# %%
from fer_utils import EMOTIONS

print(EMOTIONS)

# %% tags=["exercise"]
position = ...

# %% [markdown] tags=["hint"]
# `EMOTIONS.index("anger")` is 0. You want the position of `faces[0]["emotion"]`.

# %% tags=["solution"]
position = EMOTIONS.index(faces[0]["emotion"])

# %% tags=["check"]
from fer_utils.course.chapter_00 import checks

checks.check_position(position, faces[0]["emotion"])

# %% [markdown]
# - **Numbers** in the text are computed in the cell above them, or read from recorded runs on the real FER-2013.
#   Nothing is typed in by hand, so a better network changes the text by itself.
# - **Two kinds of faces.** FER-2013 holds photographs gathered from the web, so it does not come with the course; the
#   README says how to get it. The schematic faces do come with it, and have a network of their own: one trained on
#   photographs says nothing about drawings.

# %%
from fer_utils import load_faces, load_network, predict_probabilities
from fer_utils.networks.weights import network_for

data = load_faces(splits=("public",))
net = load_network(network_for(data))
images, labels = data.public.images[:7], data.public.labels[:7]
answers = predict_probabilities(net, images).argmax(axis=1)

# %% [markdown]
# Seven faces of the set this notebook runs on, with the network's answer over each and the label in parentheses.

# %%
titles = [f"{EMOTIONS[a]}\n({EMOTIONS[label]})" for a, label in zip(answers, labels)]
course.show(*face_grid(images, titles))

# %% [markdown]
# Where the two words differ, the network is wrong by the label. Whether the label is right is a question of its own,
# and one that this course comes back to.

# %% [markdown]
# ## When something does not work
#
# - **A cell shows an error about a missing package.** Start the course with `make course`, or install the packages with
#   `pip install -r requirements.txt`.
# - **The banner names the drawings, though you have FER-2013.** Set `FER2013_SOURCE` to the file or folder before you
#   start JupyterLab, or run `python -m fer_utils data --source PATH` once.
# - **A cell seems to hang.** The first call of a network prepares it and takes some seconds; no cell of the course
#   needs more than two minutes.
# - **The results look odd after you changed cells.** Choose *Kernel*, then *Restart Kernel and Run All Cells*.
# - **No face is found in your picture.** The detector knows upright faces seen from the front, larger than forty
#   pixels.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. One of them is about the next section: guess first.

# %%
course.quiz("00_start_here")

# %% [markdown]
# ## What you will not learn here
#
# A face shows an expression. It does not show what somebody feels, wants or is. A network learns which *labels* people
# gave to pictures; on FER-2013 people themselves agree with the labels about two times in three [1]. Reviews of the
# research find no expression that reliably reveals an emotion across people and situations [2].
#
# So this course will not teach you to judge people: not in hiring, policing, schooling or medicine, and not without
# their knowledge. In the European Union, systems that infer emotions at work and in schools are prohibited, with
# exceptions for medical and safety reasons [3]. Use what you build here on yourself, on friends who agreed, and on
# drawings.

# %% [markdown]
# ## What you take away
#
# 1. *Set-up:* the banner says what a chapter runs on, and the slider moved.
# 2. *Read a face:* `predict_image` finds faces and gives seven probabilities for each.
# 3. *Find your way:* dots are for you to fill in; numbers are computed or recorded.
# 4. *Limits:* an expression is not a feeling, and a label is not the truth.
#
# **Go further.** From a terminal, `python -m fer_utils predict IMAGE` does the same; `--json` gives it to another
# program.

# %% [markdown] tags=["references"]
# ## References
#
# 1. I. J. Goodfellow and others, *Challenges in representation learning*, 2013,
#    [arXiv:1307.0414](https://arxiv.org/abs/1307.0414).
# 2. L. F. Barrett and others, *Emotional expressions reconsidered*, Psychological Science in the Public Interest 20,
#    2019, [doi:10.1177/1529100619832930](https://doi.org/10.1177/1529100619832930).
# 3. Regulation (EU) 2024/1689 (Artificial Intelligence Act), article 5(1)(f),
#    [eur-lex](https://eur-lex.europa.eu/eli/reg/2024/1689/oj).
# 4. S. Zima, *Creating a Python-based Automated System for Recognizing Emotions from Facial Expressions*, bachelor's
#    thesis, Brno University of Technology, 2024.
#
# {{previous_next}}
