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
# 3. say in a few sentences what a network is and what training does,
# 4. say what its answer is worth, and show a photograph that it reads wrong,
# 5. find your way through the course, and name what this technology must not be used for.
#
# **You need** a little Python. **Time:** about 35 minutes; the first answer comes within two. **Data:** a portrait that
# ships with scikit-image; the course's faces; recorded answers of our network.

# %% tags=["bootstrap"]

# %% [markdown]
# Run each cell with Shift+Enter, from the top. The one above finds the course on this computer; the next one loads it
# and says what it runs on.

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# If you see a blue-edged box above, the set-up works. It tells you which faces this course uses on your computer: your
# copy of FER-2013, a well-known set of photographs, or the drawings that come with the course. Everything runs with
# either.

# %% [markdown]
# ## Read a face
#
# Here is a photograph: astronaut Eileen Collins, taken by NASA. Two steps turn it into an answer. A *detector* finds
# the face; a *network* of our own names its expression.

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
# one, a share of belief, its *probability*, for each emotion that FER-2013 knows. Let us hold the answer to that.

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
# ## What has just answered you
#
# A **network** is a long formula: a picture goes in as numbers, and after many multiplications and sums seven numbers
# come out. The numbers that it multiplies by are called its **parameters**. At first they are drawn at random, and so
# is the answer. **Training** shows the network one face after another together with the word that people chose for it,
# the **label**, and each time moves every parameter a little, so that the answer comes nearer to that word. After many
# thousands of faces the parameters hold what those faces have in common, and the network answers to a face that it has
# never seen.
#
# The next cell says how many parameters and how many faces that were.

# %%
from fer_utils.evaluation.results import load_run
from fer_utils.networks import DEFAULT_NETWORK

run = load_run(DEFAULT_NETWORK)
parameters, seen = run["scores"]["parameters"], run["data"]["train"]
course.say(f"Our network, `{run['model']}`, has {parameters:,} parameters. It was shown {seen:,} faces of FER-2013, "
           f"{len(run['history'])} times each.")

# %% [markdown]
# Nobody wrote a rule about smiles into it. (Beside the labels it was also shown what larger networks answer; chapter 16
# tells why.) Chapter 04 builds such a machine in ten lines; chapters 07 to 11 take a real
# one apart.

# %% [markdown]
# ## See what the network sees
#
# The network never saw the astronaut's suit. It got 48 by 48 gray pixels, cut out and shrunk as the faces of FER-2013
# were.

# %%
from fer_utils.course.figures import face_grid
from fer_utils.data.photographs import cut_face, find_faces

box = find_faces(photograph)[0]
small = cut_face(photograph, box)
assert small.shape == (48, 48) and small.dtype == "uint8"
course.show(*face_grid([small], ["48 x 48 pixels"], columns=2))

# %% [markdown]
# So little is enough to see a smile, for you and for the network. Keep this picture in mind: all the networks of this
# course look at faces of this size.

# %% [markdown]
# ## A smile read wrong
#
# A camera in bad light adds *grain*: every pixel comes out somewhat too bright or too dark, by chance. The next cell
# adds a good deal of it to the same photograph.
#
# **Predict.** Will you still see the smile? And what will the network say?

# %%
from fer_utils.course.chapter_00 import figures
from fer_utils.edge.litert import load_litert

net = load_litert(DEFAULT_NETWORK)
grainy = figures.with_grain(photograph, strength=80)
face = cut_face(grainy, box)
belief = net.predict(face[None])[0]
course.show(*figures.one_reading(grainy, face, belief, box))

# %% [markdown]
# You see a smiling woman in a bad picture. The network sees something else, and gives more than half of its belief to
# it.

# %%
from fer_utils import EMOTIONS

wrong = EMOTIONS[belief.argmax()]
assert wrong != "happiness" and belief.max() > 0.5
course.say(f"Now it says **{wrong}**, with {100 * belief.max():.0f} % of its belief. Happiness keeps "
           f"{100 * belief[EMOTIONS.index('happiness')]:.0f} %.")

# %% [markdown]
# Faces with such grain were not among those it was shown. Outside of what it knows, a network need not become careful.
# To see how far that goes, show it a picture with nothing in it at all: gray levels drawn by lot.

# %%
import numpy as np

nothing = np.random.default_rng(0).integers(0, 256, (48, 48)).astype("uint8")
belief = net.predict(nothing[None])[0]
assert belief.max() > 0.9
course.show(*figures.one_reading(nothing, nothing, belief))

# %% [markdown]
# Nine tenths of its belief, and more, go to one word. It has no way to say "there is no face". Whatever comes in, one
# whole belief is shared out among seven words. So the belief alone cannot tell you what an answer is worth, unless the
# picture is of the kind that the network learned from.

# %% [markdown]
# ## An exercise, and how exercises work
#
# What can tell it is many faces whose labels are known. To look through them we need to find an emotion's place among
# the seven numbers, which is its place in this list.

# %%
print(EMOTIONS)

# %% [markdown]
# Here is your first exercise. Replace the dots, run the cell, then run the check below it. The hints unfold one after
# another; open one only when you are stuck. The solution is folded, too.
#
# Write a function that gives the position of an emotion in `EMOTIONS`, counted from 0.

# %% tags=["exercise"]
def position(emotion):
    ...

# %% tags=["solution"]
def position(emotion):
    return EMOTIONS.index(emotion)

# %% tags=["check"]
from fer_utils.course.chapter_00 import checks

checks.check_position(position)

# %% [markdown]
# From here on the chapter uses your function. Where you have not written one, it takes ours.

# %%
from fer_utils.course.checks import yours

position = yours(position, EMOTIONS.index)

# %% [markdown]
# ## What is that answer worth?
#
# FER-2013 keeps some of its photographs apart, under the name **PrivateTest**. Our network was not trained on them, and
# nothing about it was chosen by looking at them. What it answered to each was recorded once, with the labels. So take
# all those faces that it called happy about as firmly as it called the astronaut. (Chapter 01 explains the arrays in
# this cell; here it is enough to read what it prints.)

# %%
from fer_utils.evaluation.results import recorded_probabilities
from fer_utils.text import percent

recorded = recorded_probabilities(DEFAULT_NETWORK)
labels, answers = recorded["labels"], recorded["probabilities"].argmax(axis=1)
sure = recorded["probabilities"].max(axis=1)
alike = (answers == position("happiness")) & (sure >= 0.85) & (sure < 0.95)
course.say(f"{alike.sum()} of {len(labels):,} faces were called happiness with 85 to 95 %. "
           f"**{percent((labels[alike] == answers[alike]).mean(), 0)}** of them are so labelled.")

# %% [markdown]
# So for a face like those of FER-2013, such an answer is nearly always what people would have said, too. It is a happy
# case. Here are all answers, sorted by how firm they were.

# %%
course.show(*figures.right_by_belief(labels, recorded["probabilities"]))

# %% [markdown]
# Read it from the left. Where the network gave less than half of its belief to its answer, it was wrong more often than
# right. Where it gave nearly all, it was nearly always right. The diamonds are the belief itself: on faces of its own
# kind the network means about what it says, within ten *points* (points are differences of percentages); where it is
# off, it is mostly too modest. Chapter 12 looks closer. The next cell gives the two ends and the whole.

# %%
right = labels == answers
unsure = right[sure < 0.5].mean()
assert unsure < 0.5 and right[sure > 0.9].mean() > 0.9
course.say(f"Right where the belief was below 50 %: {percent(unsure, 0)} of {(sure < 0.5).sum()}. Above 90 %: "
           f"{percent(right[sure > 0.9].mean(), 0)} of {(sure > 0.9).sum()}. Over all {len(labels):,} faces: "
           f"**{percent(right.mean(), 1)}**, the network's *accuracy*.")

# %% [markdown]
# That is one network. Trained again from other random parameters it comes out a little different, so one figure is
# never the whole story. These are the trainings that we recorded.

# %%
from fer_utils.evaluation.results import seeds_of

again = [run["scores"]["private"]["accuracy"] for run in seeds_of(run["model"], run["recipe"]["name"])]
course.say(f"{len(again)} trainings: {', '.join(percent(one) for one in again)}; on average {percent(np.mean(again))}, "
           f"with a standard deviation (their usual distance from it) of {100 * np.std(again, ddof=1):.1f} points.")

# %% [markdown]
# People asked to do the same agree with the labels of this dataset about two times in three [1]. How a network can be
# ahead of people, and what that says about the labels, is a question for chapters 03 and 12.
#
# And emotions differ. Of the faces called by each name, how many are so labelled? Of those so labelled, how many are
# found?

# %%
for emotion in ("happiness", "anger", "fear"):
    called, labelled = answers == position(emotion), labels == position(emotion)
    print(f"{emotion:10} called {called.sum():4}, right {right[called].mean():4.0%};"
          f"  labelled {labelled.sum():4}, found {right[labelled].mean():4.0%}")

# %% [markdown]
# **Judge.** Two people want to use this network. One sorts her own holiday pictures, to find the happy ones, and looks
# at them herself. The other wants to find the angry people in a queue at a counter. For whom is the answer good enough?
# Write two or three sentences before you compare.

# %% [markdown] tags=["rubric"]
# A good answer
#
# - uses the figures: nine in ten against about two in three,
# - asks what a mistake costs, and whom: a picture missed, or a person treated as angry who is not,
# - notices that pictures of a queue, from above and in bad light, are not like those of FER-2013, so that the figures
#   may not hold there at all,
# - says that the label is an expression as others named it, and no proof of what somebody feels,
# - asks whether the people know and agree.

# %% [markdown]
# ## Check that widgets work
#
# Many chapters have explorers: you move a slider and a picture follows. This one changes how many pixels the face
# keeps. First the picture without a slider, as you would see it on a page that cannot run Python.

# %%
course.show(*figures.coarse_face(small, side=12))

# %% [markdown]
# Predict, then move: down to how many pixels can you still tell that she smiles? And the eyes?

# %%
figures.explore_coarse_face(small)

# %% [markdown]
# If the picture follows the slider, widgets work here. If you see only a line of text, run the cell once more; where it
# stays so, the course still works: each explorer has its fixed picture above it.

# %% [markdown]
# ## What you will build
#
# The course starts from one bachelor's thesis [4] and goes on from there. It asks what emotions are and how faces show
# them, takes the photographs of FER-2013, tries large networks and small ones, and ends with a customized *SqueezeNet*
# that is small enough for a little device. These are the two networks at its centre, as the thesis reports them.

# %%
from fer_utils.evaluation.results import THESIS

for name, quoted in THESIS.items():
    print(f"{name:18} {quoted['parameters']:>11,} parameters, accuracy {percent(quoted['accuracy'], 2)}")
assert THESIS["squeezenet-custom"]["accuracy"] > THESIS["vgg16"]["accuracy"]

# %% [markdown]
# The small network is ahead of one twenty times its size. You will rebuild both, see what each part contributes, and
# find out how far such a figure can be trusted. The network that read the astronaut is about as large as the small one.

# %%
theirs = THESIS["squeezenet-custom"]["parameters"]
assert abs(parameters / theirs - 1) < 0.05 and THESIS["vgg16"]["parameters"] / theirs > 20
course.say(f"{parameters:,} parameters against {theirs:,}: {percent(1 - parameters / theirs)} fewer.")

# %% [markdown]
# ## How the course works
#
# - **Chapters** are numbered and build on each other. A word that is a link, such as {{loss}}, leads to the
#   glossary of chapter 04 and shows its meaning where the pointer rests on it.
# - **Numbers** that were measured are computed in a cell near them, or read there from recorded *runs*: trainings on
#   the real FER-2013 that we kept. When a better network is recorded, they change with it.
# - **Two kinds of faces.** FER-2013 holds photographs gathered from the web, so it does not come with the course; the
#   [README](../README.md) says how to get it. Drawn faces do come with it, and have a small network of their own. A
#   network trained on photographs reads many of the drawings as well, as chapter 08 measures. Drawings are far easier,
#   so scores on them say little about photographs.
#
# Here is the whole way.

# %%
from fer_utils.course.chapter_00 import syllabus

chapters = syllabus.chapters()
course.show(*figures.course_map(chapters))

# %% [markdown]
# Follow the numbers. Colours mark the parts; each box says what you can do after it, and how many minutes it takes to
# read and do. Whoever knows machine learning may jump to chapter 07; nobody should skip chapter 03.

# %%
minutes = [row["minutes"] for row in chapters if row["minutes"]]
course.say(f"The {len(minutes)} chapters that are written take about **{sum(minutes) / 60:.0f} hours** together.")

# %% [markdown]
# And here are seven faces of the set that this notebook runs on, with the answer of the network for that set over each
# and the label in parentheses.

# %%
from fer_utils import load_faces
from fer_utils.networks.weights import network_for

data = load_faces(splits=("public",))
images, known = data.public.images[:7], data.public.labels[:7]
told = load_litert(network_for(data)).predict(images).argmax(axis=1)
titles = [f"{EMOTIONS[a]}\n({EMOTIONS[label]})" for a, label in zip(told, known)]
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
# - **No face is found in your picture.** The detector knows faces seen from the front, larger than about forty pixels
#   in a picture of usual size.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. One of them is about the next section: guess first.

# %%
course.quiz("00_start_here")
course.open_checks()

# %% [markdown]
# ## What you will not learn here
#
# A face shows an expression. It does not show what somebody feels, wants or is. A network learns which *labels* people
# gave to pictures. Reviews of the research find no expression that reliably reveals an emotion across people and
# situations [2].
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
# 3. *A network* is a formula with many parameters; training moves them until its answers come near the labels.
# 4. *Worth:* firm answers to faces like those it knows are nearly always as people would label them; a grainy smile was
#    called something else, and a picture of nothing got a firm answer, too.
# 5. *Way and limits:* the map shows the way. An expression is not a feeling, and a label is not the truth.
#
# **Go further.** From a terminal, `python -m fer_utils predict IMAGE` does the same; `--json` gives it to another
# program. How strong may the grain be before the smile is lost? Change `strength` and see.

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
