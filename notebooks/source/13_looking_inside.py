# %% [markdown]
# # Looking inside: what a network sees, and where it fails
#
# {{badges}}
#
# **Question.** A network is right for seven faces out of ten. For which faces, in which light, and for whom is it not?
#
# **After this chapter you can**
#
# 1. measure what a change of the picture costs a network, with an interval,
# 2. compare matched pairs, and say for whom a network is worse,
# 3. say where a network should not be used, and why.
#
# **You need** chapters 02, 03, 10 and 12. **Time:** about 45 minutes; the cells run in under a minute. **Data:**
# recorded answers on FER-2013 and on drawn people, the same with and without the dataset. **Source:** sections 3.5 and
# 6.4 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## One face, eleven changes
#
# PublicTest shows faces cut alike and lit well enough to be found. A camera is less kind. A network is **robust**
# against a change when its answers stay what they were. So we take faces whose label we know, change them, and ask
# again.

# %%
import numpy as np

from fer_utils.course.chapter_13 import failures
from fer_utils.course.figures import face_grid
from fer_utils.data import load_faces, load_schematic

drawn = load_schematic("private").private
face = drawn.images[4]
course.show(*face_grid(*failures.examples(face), columns=6))

# %% [markdown]
# The number says how strong: degrees, pixels, gray levels. Mask and glasses sit where the faces of FER-2013 lie *on
# average*; on a single photograph they may miss by a pixel or two. For drawings we know where each mouth is, and put
# them there.
#
# The two files that ship answered all of PublicTest under each change and strength. What follows is read from that
# record.

# %%
from fer_utils.evaluation.robustness import recorded_robustness

record = recorded_robustness()
course.show(*failures.curves(record, "photographs"))

# %% [markdown]
# Each panel begins with the faces as they are; the band is the 95 % interval of the accuracy. Some lines stay flat for
# a while: the training had shifted, turned and mirrored its faces. No training had shown darkness or noise.
#
# Here is the larger file at the strengths drawn above. The loss is **paired**: the same face before and after, so that
# only faces count whose answer went from right to wrong, or back. And there are some fifty intervals. At 95 % each,
# two or three would miss the truth by luck. So each is made wider until all hold together 95 % of the time
# (**Bonferroni**: the 5 % are divided by the number of intervals).

# %%
network = "squeezenet-fer-deep"
course.say(failures.losses_table(record, "photographs", network))

# %% [markdown]
# Read a row from left to right: what happens, how often the network is then right, how many points that is from
# before, and the corrected interval. "Cannot be told" is a verdict, too. The last column names the confusion that
# became more frequent by the most points, where one can be told.
#
# Do not take a record's word for it. One change, measured again here: on the photographs where you have them, else on
# the drawings.

# %%
from fer_utils import load_network, predict_probabilities
from fer_utils.edge.litert import load_litert
from fer_utils.evaluation.robustness import at, changed

faces = load_faces(("train", "public"))
kind, name = ("photographs", "squeezenet-fer-tiny") if faces.is_real else ("drawings", "squeezenet-mini")
mini = load_network("squeezenet-mini")
answer = load_litert(name).predict if faces.is_real else lambda images: predict_probabilities(mini, images)
images, labels = faces.public if faces.is_real else drawn
right = answer(changed(images, "darkness", 0.25)).argmax(axis=1) == labels
recorded = at(record, kind, name, "darkness", 0.25)
print(f"{kind}: {right.mean():.1%} now, {recorded['accuracy']:.1%} recorded")
assert abs(right.mean() - recorded["accuracy"]) < 0.01

# %% [markdown]
# Mirroring and a shift by two pixels are the mildest changes there are: whoever looks at the picture sees the same
# face. They stand beside every accuracy of this course from here on.

# %%
course.say(failures.plain_table(record, "photographs"))

# %% [markdown]
# **Predict, then move:** under a mask, which emotion is lost first, and which is still found? And behind sunglasses?

# %%
course.show(*failures.change_at(record, "photographs", network, "mask", 3, face))

# %%
failures.explore_changes(record, "photographs", network, face)

# %% [markdown]
# ## The same person, with glasses
#
# "Is the network worse for people with beards?" The photographs cannot tell: nobody wrote down who has one, and
# bearded people differ from others in more than a beard. A drawn person can be drawn again with *one* thing changed
# and all else as it was: pose, light, smile, even the noise. Such a **matched pair** is its own control.

# %%
from fer_utils.evaluation import groups

bare, truth = groups.draw("glasses", "none", first=60)
round_, _ = groups.draw("glasses", "round", first=60)
course.show(*failures.pair((bare[0], round_[0]), ("without", "with glasses")))

# %% [markdown]
# ### Exercise: a paired difference
#
# `before` and `after` are arrays of True and False: is each face read right without and with the change? Give back the
# difference of the two accuracies (after less before) and the two ends of its 95 % interval. Each face counts +1
# (won), -1 (lost) or 0; a mean of $n$ numbers has the standard error $s / \sqrt{n}$, and the interval reaches 1.96 of
# these to each side.

# %% tags=["exercise"]
def paired_difference(before, after):
    ...

# %% tags=["solution"]
def paired_difference(before, after):
    change = after.astype(int) - before.astype(int)
    half = 1.96 * change.std() / np.sqrt(len(change))
    return change.mean(), change.mean() - half, change.mean() + half

# %% tags=["check"]
from fer_utils.course.chapter_13 import checks

checks.check_paired_difference(paired_difference)

# %% [markdown]
# Your function (ours, until yours is written) on these few pairs, and beside it the interval that two sets of
# *different* people would have.

# %%
from fer_utils.course.checks import yours

before, after = (predict_probabilities(mini, part).argmax(axis=1) == truth for part in (bare, round_))
gap, low, high = yours(paired_difference, checks.paired_difference)(before, after)
apart = 1.96 * np.sqrt((before.var() + after.var()) / len(truth))
course.say(f"With glasses {failures.points(gap)} points, {failures.interval(low, high)} in pairs; with other people in "
           f"each set it would be {failures.interval(gap - apart, gap + apart)}.")
assert high - low < 2 * apart

# %% [markdown]
# Pairs are surer, for the same number of drawings. The record has many more people, and other things that can change.

# %%
by_group = groups.recorded_groups()
course.show(*failures.group_differences(by_group))

# %% [markdown]
# A dot is the difference from the reference of the same people, the bar its interval, corrected for all dots. Where a
# bar touches the line, nothing can be told.

# %%
worse = [row for row in groups.failures(by_group) if row["told"] == "worse"]
for row in worse[:5]:
    lost = [emotion for emotion, one in groups.recalls(by_group, row["group"], row["level"]).items()
            if one["told"] == "worse"]
    print(f"{row['group']} {row['level']}: {failures.points(row['difference'])} points; "
          f"emotions that can be told: {', '.join(lost) or 'none alone'}")
assert worse and all(row["difference_high"] < 0 for row in worse)

# %% [markdown]
# ### Failure gallery: two things changed at once
#
# A camera lets in light for longer when skin is dark; the drawn people are exposed so. Change the skin *without* the
# exposure, and the picture gets darker as well. Which of the two would you report as "worse for dark skin"?

# %%
for name in ("skin", "skin, one exposure"):
    row = groups.levels(by_group, name)[-1]
    print(f"{name}: {failures.points(row['difference'])} points, "
          f"{failures.interval(row['difference_low'], row['difference_high'])}, {row['told']}")

# %% [markdown]
# ## A group that training did not see
#
# Where does such a loss come from? One suspect is the training set: whoever is missing there is read worse. The
# network of drawings was trained anew without all people with glasses, and, as a **control**, without as many people
# drawn at random; then without others. Three seeds each; new people were read.

# %%
course.show(*failures.left_out(by_group))
course.say(failures.left_out_table(by_group))

# %% [markdown]
# What can these drawings say about photographs? That such a loss *can* arise and how to look for it. Not how large it
# is for real people: a drawn beard is a few gray shapes. For photographs one needs pictures of people who agreed and
# said who they are. Buolamwini and Gebru did so for programs that tell women from men: wrong for up to a third of the
# women with dark skin, and for fewer than one in a hundred men with light skin [1].

# %% [markdown]
# ## Sure, and wrong?
#
# Chapter 12 found that labels err. Now take the mistakes on PrivateTest in the order of the network's confidence. Ten
# people looked at each of these faces ({{FER+}}). With whom do most of them side: with the network, with the label, or
# with neither?

# %%
from fer_utils.evaluation.mistakes import recorded_mistakes, sides

confused = recorded_mistakes()
course.show(*failures.sides(confused))

# %% [markdown]
# The left end is the surest: the network insists, the label says otherwise. The band is the 95 % interval.

# %%
surest, all_ = sides(confused, 100), sides(confused)
assert surest["network"]["low"] > surest["label"]["high"]
course.say(f"Among the 100 surest mistakes, most people side with the network on {surest['network']['share']:.0%} of the "
           f"faces and with the label on {surest['label']['share']:.0%}; among all {all_['n']}, on "
           f"{all_['network']['share']:.0%} and {all_['label']['share']:.0%}.")

# %% [markdown]
# So "most confident mistakes" are mostly doubtful labels, and a poor place to look for a network's weakness. With the
# photographs at hand, look at some; they are shown here and never stored.

# %%
if faces.is_real:
    from fer_utils.data import image_keys
    from fer_utils.evaluation.results import recorded_probabilities

    private = load_faces("private").private.images
    keys = recorded_probabilities(confused["run"])["keys"]
    course.show(*face_grid(*failures.confident_mistakes(confused, private, image_keys(private), keys)))
else:
    print("Without the photographs there is nothing to show here; the curve above is recorded.")

# %% [markdown]
# ## What the dataset believes
#
# A network learns what its dataset calls happy. Two ways to see that. Above: the mean of the training faces that the
# network is surest of. Below: **activation maximization**. We guess faces, keep those that raise one emotion's
# probability most, guess around them, and go on. Left alone this ends in noise that fools the network. So a guess is a
# sum of **principal components**, the pictures in which training faces vary most, and a far-fetched sum costs.

# %%
from fer_utils import EMOTIONS
from fer_utils.course.chapter_13 import believed

learned = faces.train.images[:3000]
means = believed.certain_means(learned, answer(learned))
made = believed.imagined(answer, believed.PlausibleFaces(learned))
course.show(*face_grid([*means, *made], [f"surest: {one}" for one in EMOTIONS] + [f"made up: {one}" for one in EMOTIONS]))
assert (answer(made).argmax(axis=1) == np.arange(7)).all()

# %% [markdown]
# Each made-up face is one that the network is sure of, and no person. Read happiness aloud: what is brighter and
# darker in it than in the mean of all seven?

# %%
course.show(*failures.against_the_mean(made, EMOTIONS.index("happiness")))

# %% [markdown]
# Where the network looks is a band across cheeks and mouth: raised cheeks catch the light, and the lips are a wide
# dark line. Nothing else of being happy is in it. That is the belief: *happiness is a bright cheek above a wide
# mouth*. Whoever smiles out of politeness is happy to it, and a happy person who does not smile is not.

# %% [markdown]
# ## Where it must not be used
#
# One table for all of it, every figure with its interval: the classes, changes and groups on which the network fails.

# %%
course.say(failures.failing(record, by_group, confused))

# %% [markdown]
# From the table follow uses that nobody should try: in the dark, in a crowd with masks, on faces that a palsy changed;
# and wherever a wrong word about one person has consequences for that person. From chapter 01 follows more: even a
# right word names an expression, no feeling.
#
# Some uses are forbidden, however well a network does. In the European Union, article 5(1)(f) of the AI Act prohibits
# systems that infer emotions of people at work and in education, except for medical or safety reasons. It has applied
# since February 2025 [2].

# %% [markdown]
# **Judge.** A bus company wants to watch its drivers' faces "for safety": who looks angry is sent home. A colleague
# shows you an accuracy of seven in ten, measured on PublicTest, and says that this is better than nothing. What do you
# ask, what do you measure, and what do you answer?

# %% [markdown] tags=["rubric"]
# A good answer
#
# - sees that this is a workplace, where inferring emotions is prohibited, and doubts that "angry" is a matter of safety
#   only because somebody says so,
# - asks for the recall and precision of anger, not the accuracy of seven classes,
# - names the changes that a bus brings (darkness, sunglasses, turned heads) and asks for the loss under each, on pairs,
#   with intervals,
# - asks who among the drivers would be read worse, and that this be measured with people who agreed,
# - says what a wrong answer costs the driver, and that an expression is no feeling.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback.

# %%
course.quiz("13_looking_inside")

# %% [markdown]
# ## What you take away
#
# 1. *Robustness* is measured by the same faces before and after a change: a paired loss, with an interval that knows how
#    many were tried.
# 2. *Groups* are compared by pairs that differ in one thing; drawings allow that, photographs hardly do.
# 3. *Confident mistakes* are often doubtful labels, and some uses are wrong however high an accuracy is.
#
# **Go further.** Add a change of your own to `CHANGES`, such as half of the face in shadow, and measure it on the
# drawings.

# %% [markdown] tags=["references"]
# ## References
#
# 1. J. Buolamwini and T. Gebru, *Gender Shades: intersectional accuracy disparities in commercial gender classification*,
#    PMLR 81, 2018, [proceedings.mlr.press](https://proceedings.mlr.press/v81/buolamwini18a.html). Its summary was read.
# 2. Regulation (EU) 2024/1689 (AI Act), [articles 5 and 113](https://eur-lex.europa.eu/eli/reg/2024/1689/oj).
# 3. A. Agresti and Y. Min, *Simple improved confidence intervals for comparing matched proportions*, Statistics in
#    Medicine 24, 2005, [doi:10.1002/sim.1781](https://doi.org/10.1002/sim.1781). Cited from memory.
# 4. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.5 and 6.4.
#
# {{previous_next}}
