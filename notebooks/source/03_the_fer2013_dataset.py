# %% [markdown]
# # FER-2013 with open eyes: 35,887 faces and their labels
#
# {{badges}}
#
# **Question.** What is in the dataset that all our networks learn from, and what are its labels worth?
#
# **After this chapter you can**
#
# 1. say how the faces were found and labelled, and what is not known of the people,
# 2. show why a set that has chosen can no longer report,
# 3. measure how far people agree with labels, and explain why networks can be ahead,
# 4. find copies across splits, and say what they do to a score,
# 5. say how little the classes differ, and what 48 by 48 pixels keep.
#
# **You need** chapter 00; arrays (chapter 01). **Time:** about 80 minutes; the cells run in under a minute. **Data:**
# the faces the banner names; what was measured on FER-2013 is recorded. **Source:** thesis [4], sections 3.1, 4.1, 5.1.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## Look first
#
# One call gives the faces this chapter runs on: pictures of 48 by 48 gray pixels with values from 0 to 255, and for
# each a **label**, a number from 0 to 6 that stands for an emotion.

# %%
import numpy as np

from fer_utils import EMOTIONS, load_faces

faces = load_faces()
for split in ("train", "public", "private"):
    images, labels = faces.split(split)
    print(f"{split:8} images {images.shape} {images.dtype}, labels {labels.shape}")

# %% [markdown]
# The faces come in three parts, which are called **splits**; what each is for comes below. Here is the first training
# face of each label.

# %%
from fer_utils.course.figures import face_grid

images, labels = faces.train
first = [int((labels == c).argmax()) for c in range(7)]
course.show(*face_grid(images[first], EMOTIONS))

# %% [markdown]
# ## Where the faces come from
#
# The photographs of FER-2013 were found by an image search on the web [1]. The searchers took 184 words for emotions,
# such as "blissful" and "enraged", and combined them with words for gender, age and ethnicity into nearly 600 queries.
# They kept the first 1,000 pictures of each. A program cut out the faces. People threw out pictures that did not fit
# the word, corrected the cut, and removed some copies. The rest was shrunk to 48 by 48 gray pixels. A part was taken
# for a contest, and each search word became one of seven emotions.
#
# So a label is *the word that somebody searched for, and that nobody threw out*. Whoever is in the picture was not
# asked.

# %%
from fer_utils.evaluation.results import dataset_facts

facts = dataset_facts()
words, queries, kept_of_each = 184, 600, 1_000  # as [1] tells it
whole = sum(sum(counts.values()) for counts in facts["counts"].values())
course.say(f"Of up to {queries * kept_of_each:,} pictures found, {whole:,} are in the dataset.")

# %% [markdown]
# **Who is in them?** No record says how old the people are or where they live. A program may guess it, with errors of
# its own; a study did so, to measure the imbalance of twenty such datasets [5]. What can be known is who had a chance:
# people whom the web shows under English words, whom the program could find, hence mostly upright, uncovered and seen
# from the front. Some pictures bear the mark of a photo agency: there a model posed for the word. The thesis (section
# 3.1) calls the expressions mainly spontaneous; we know of no count.
#
# **Who is not in them?** Whoever the web or the program did not find. And nobody gave consent, which is why no
# photograph is stored with this course.

# %% [markdown]
# ## Balance
#
# From here on look at FER-2013 itself. What follows was measured on it and recorded, so you see it with or without a
# copy. First, how many faces each emotion has.

# %%
from fer_utils.text import percent

train = facts["counts"]["train"]
most, least = max(train, key=train.get), min(train, key=train.get)
print(train)
course.say(f"There are {train[most] / train[least]:.1f} faces of {most} for each of {least}.")

# %% [markdown]
# Is that an accident of Training, or do all three splits have this shape? They have different sizes, so compare shares
# instead of counts.
#
# ### Exercise 1: shares
#
# Write a function that gives the share of each of the seven classes among `labels`, an array of numbers from 0 to 6.

# %% tags=["exercise"]
def class_shares(labels):
    ...

# %% tags=["solution"]
def class_shares(labels):
    return np.bincount(labels, minlength=7) / len(labels)

# %% tags=["check"]
from fer_utils.course.chapter_03 import checks

checks.check_class_shares(class_shares)

# %% [markdown]
# Your function now draws the figure. The labels of each split are rebuilt from their counts; their order does not
# matter here.

# %%
from fer_utils.course.chapter_03 import figures, own
from fer_utils.course.checks import yours

shares_of = yours(class_shares, own.class_shares)
label_lists = {split: np.repeat(np.arange(7), list(counts.values()))
               for split, counts in facts["counts"].items()}
shares = {split: np.asarray(shares_of(some), float) for split, some in label_lists.items()}
course.show(*figures.balance(shares))

# %% [markdown]
# The three bars of each emotion are nearly equal. Are the differences more than luck? Deal the same labels into three
# splits at random, a thousand times, and see how often a difference comes out as large.

# %%
rng, everything = np.random.default_rng(0), np.concatenate(list(label_lists.values()))

def largest_difference(parts):
    rows = np.array([own.class_shares(part) for part in parts])
    return (rows.max(axis=0) - rows.min(axis=0)).max()

real, ends = largest_difference(label_lists.values()), [28_709, 28_709 + 3_589]  # Training, then PublicTest
dealt = [largest_difference(np.split(rng.permutation(everything), ends)) for _ in range(1000)]

# %%
by_luck = np.mean(np.array(dealt) >= real)
assert by_luck > 0.05
course.say(f"The largest difference is {100 * real:.1f} points; among random deals, {percent(by_luck, 0)} "
           "have one as large. The three splits cannot be told from a random deal.")

# %% [markdown]
# So the imbalance belongs to the dataset. It matters twice: rare emotions are seen rarely in training, and they hardly
# count in the share of right answers, the **accuracy**. Whoever always says happiness already has this:

# %%
always = shares["public"][EMOTIONS.index(most)]
assert shares["public"].argmax() == EMOTIONS.index(most)
print(f"always {most}: {percent(always)} right on PublicTest")

# %% [markdown]
# ## Three splits, three uses
#
# FER-2013 comes divided as the contest of 2013 divided it [1]. The thesis calls the parts training, validation and
# testing, our code `train`, `public` and `private`.
#
# - **Training** is what a network learns from.
# - **PublicTest** is for choosing, for instance between two networks.
# - **PrivateTest** is for the final report. It stayed secret in the contest.
#
# Why not choose and report on the same faces? Because choosing spoils them. To see that, take networks that know
# nothing: each answers at random, as often happiness as Training has it, and so on.

# %%
rng = np.random.default_rng(0)
answers = {split: rng.choice(7, (100, len(label_lists[split])), p=shares["train"])
           for split in ("public", "private")}
print("answers of 100 networks:", answers["public"].shape)

# %% [markdown]
# ### Exercise 2: choose the best
#
# Write a function that says which network is right most often. `answers` has a row for each network and a column for
# each face. Give back the number of the row. (Of such a table, `mean(axis=1)` takes the mean along each row,
# `mean(axis=0)` down each column.)

# %% tags=["exercise"]
def best_of(answers, labels):
    ...

# %% tags=["solution"]
def best_of(answers, labels):
    return (answers == labels).mean(axis=1).argmax()

# %% tags=["check"]
checks.check_best_of(best_of)

# %% [markdown]
# Now choose on PublicTest, and ask the network of your choice about PrivateTest.

# %%
choose = yours(best_of, own.best_of)
accuracy = {split: (answers[split] == label_lists[split]).mean(axis=1) for split in answers}
best = int(choose(answers["public"], label_lists["public"]))
assert accuracy["public"][best] > accuracy["private"][best] + 0.01
course.say(f"The best of 100 is right on {percent(accuracy['public'][best])} of PublicTest, "
           f"and on {percent(accuracy['private'][best])} of PrivateTest.")

# %%
course.show(*figures.coin_flips(accuracy["public"], accuracy["private"], best))

# %% [markdown]
# Each point is a network. The marked one stands at the right end, for that is how it was chosen. Upwards it stands
# anywhere: its score was luck with these faces, and luck does not carry over. The more you choose among, the more luck
# the winner has.

# %%
for number in (10, 100, 1000):
    guesses = rng.choice(7, (number, len(label_lists["public"])), p=shares["train"])
    scores = (guesses == label_lists["public"]).mean(axis=1)
    print(f"best of {number:5}: {percent(scores.max())}, mean of all {percent(scores.mean())}")

# %% [markdown]
# ### Failure gallery: choosing on PrivateTest
#
# Somebody chooses the network on PrivateTest and reports its score there. What would the winner score on faces that had
# no part in the choice? A network that guesses has learned nothing from Training, so those faces are fresh to it.

# %%
lucky = int(choose(answers["private"], label_lists["private"]))
reported = accuracy["private"][lucky]
fresh_answers = rng.choice(7, len(label_lists["train"]), p=shares["train"])
worth = np.mean(fresh_answers == label_lists["train"])
assert reported == accuracy["private"].max() and reported > worth + 0.01
course.say(f"Reported: {percent(reported)}. On fresh faces: {percent(worth)}.")

# %% [markdown]
# Nothing looks wrong, for the score was really reached. The symptom shows only where fresh faces are left. Real
# networks differ in more than luck, so less of their score is lost. But it is the same trick to test a network at
# hundreds of points of its training and to keep the best, and well-known code does it with PrivateTest [7].

# %% [markdown]
# ## What people say of the same faces
#
# Three years after the contest, as chapter 01 told, ten people looked at each face again and chose one of ten names:
# the seven emotions, contempt, unknown, or not a face. Their votes are called **FER+** [3]. The last three are left out
# of the percentages, as a label is always one of the seven. How often do people say what the label says?

# %%
people = facts["people"]["agreement"]["all"]
course.show(*figures.agreement(people["by_emotion"]))

# %%
fear = people["by_emotion"]
assert 0.6 < people["most_people"] < 0.66 and fear["most_people"]["fear"] < 0.2
course.say(f"On {people['judged']:,} faces, what most people say is the label "
           f"{percent(people['most_people'])} of the time, what one person says {percent(people['one_person'])}. "
           f"For {percent(people['no_vote'])} of all faces nobody chose the label; "
           f"for faces labelled fear it is {percent(fear['no_vote']['fear'], 0)}.")

# %% [markdown]
# A smile is a smile to nearly everybody, but most faces found under words for fear do not look afraid to people. What
# do they look like? In the next figure each row is a label, and the numbers say how all ten kinds of votes for its
# faces are spread.

# %%
course.show(*figures.votes(facts["people"]["votes"]["all"]))

# %% [markdown]
# Read the row of fear: the votes go to neutral, sadness and surprise first. A search word says what somebody wanted the
# picture to mean; people see the picture alone.
#
# Do people at least agree with each other?

# %%
ceiling = facts["people"]["ceiling"]
assert people["one_person"] < people["two_people"] < ceiling["at_least"]
course.say(f"Two people who look at the same face choose the same emotion {percent(people['two_people'])} "
           f"of the time. {people['not_a_face']} pictures are no face to at least half of the people, "
           f"and {sum(facts['leakage']['blank'].values())} have a single gray value.")

# %% [markdown]
# So there is a **ceiling**. Suppose that a label were the word of one more person. Then the best answer is what most
# people say. If the ten both choose the answer and judge it, it looks better than it is. If nine choose and the tenth
# judges, it looks a little worse. The truth lies between:

# %%
best_traced = 0.7682  # seven networks together, on PrivateTest, as [6] states it
assert ceiling["at_least"] < best_traced < ceiling["at_most"]
course.say(f"The best possible answer would be right between {percent(ceiling['at_least'])} and "
           f"{percent(ceiling['at_most'])} of the time. The best result we could trace has {percent(best_traced)}.")

# %% [markdown]
# But the ceiling rests on its supposition, and that is doubtful: a label agrees with a person less often than a second
# person does.
#
# On your own machine, with a copy of FER-2013, the next cell shows pictures that FER+ set aside: no faces, and some
# that lie on their side. They are not stored with the notebook.

# %%
if faces.is_real:
    course.show(*face_grid(figures.not_faces(faces.public, "public"), range(1, 100)))
else:
    print("Nothing to see in the drawings: each of them is a face.")

# %% [markdown]
# What should be done with doubtful faces? Here are five of PublicTest, with their label and their votes.

# %%
for example in facts["people"]["examples"]:
    told = ", ".join(f"{choice} {number}" for choice, number in example["votes"].items())
    print(f"label {example['label']:8} votes: {told}")

# %% [markdown]
# **Judge.** Which would you keep, which relabel, which drop? Write a rule that decides all five, and say what it would
# cost.

# %% [markdown] tags=["rubric"]
# - The rule is written before any score is seen, and applies to every face, not to those that a network gets wrong.
# - Relabelling by votes changes the question from "which word was searched for?" to "what do most people see?". Either
#   may be asked; results on one cannot be compared with results on the other.
# - A tie is no error. It can be kept as two halves, or left out of Training; dropping it from a test makes the test
#   easier than the world.
# - What is no face may go from Training; from a test only if the number is reported.
# - Ten strangers are not the truth either.

# %% [markdown]
# ## Label it yourself
#
# How well would *you* do? First a recorded example: one vote of FER+ for each of thirty faces, a network's answers to
# the same faces, and all votes for PublicTest. Rows are labels, columns are answers, and what is right lies on the
# diagonal. Such a table is called a **confusion matrix**.

# %%
from fer_utils.course.labelling import label_yourself, labelling_figure

taggers = {"FER+, all of PublicTest": facts["people"]["votes"]["public"]}
course.show(*labelling_figure(others=taggers))

# %% [markdown]
# Thirty faces are few: the brackets say between which figures the accuracy may lie by the luck of the faces. Predict
# your own accuracy, then label thirty. Your answers stay in a file on your machine.

# %%
label_yourself(faces, others=taggers if faces.is_real else None)

# %% [markdown]
# ## How can a network be ahead of people?
#
# In an experiment of 2013, people were right on 65±5 % of FER-2013 [1]. Our network is right on more. Does it read
# faces better than people?
#
# **Think first.** The network has seen 28,709 faces with their labels. What had the people of FER+ been shown?

# %% [markdown] tags=["answer"]
# No labels. They were asked what they see. The network was shown, again and again, what *this* label giver says, and
# that is what it is tested on.

# %% [markdown]
# Here are people and network on the same faces of PrivateTest.

# %%
private = facts["people"]["private"]
course.show(*figures.against_labels(private))
print(f"our network: {facts['leakage']['network']['name']}, trained in the run {private['run']}")

# %% [markdown]
# And the 65±5 % of 2013? They come from another, small experiment. FER+ gives less:

# %%
votes = np.array(facts["people"]["votes"]["public"])  # ten columns, the seven emotions first
one_here, with_unsure = private["against_labels"]["one person"], np.trace(votes) / votes.sum()
assert 0.58 < people["one_person"] < one_here < 0.59 and 0.555 < with_unsure < 0.565
course.say(f"One person is right on {percent(people['one_person'])} of all faces and {percent(one_here)} of these; "
           f"on PublicTest, with \"cannot tell\" as wrong, {percent(with_unsure)}.")

# %% [markdown]
# On the left, all are held against the labels. One person is right least often. What most of ten say is
# better, since single slips drop out. The third bar lets a simple method learn from Training which label goes with
# which votes; nobody looks at a face again, and the answers move several points nearer to the labels. That step is
# knowledge of the label giver's habits: which word the search puts to which look, and how often. The network has it
# too, and sees the face besides.
#
# On the right, all are held against what most *other* people say. Here the order turns round.

# %%
differences = private["differences"]
assert all(change["difference"] > 2 * change["half_interval"] for change in differences.values())
ahead, behind = differences["network - one person, against labels"], differences["one person - network, against people"]
course.say(f"Against labels the network is {100 * ahead['difference']:.1f}±{100 * ahead['half_interval']:.1f} points "
           f"ahead of one person; against people it is {100 * behind['difference']:.1f}±"
           f"{100 * behind['half_interval']:.1f} points behind.")

# %% [markdown]
# The number after ± is for the luck of the faces: repeated with other faces again and again, such an interval would
# hold the true difference nineteen times in twenty. Three trainings of the network from other starts differ by less
# than a point. And notice the label itself: it is further from what people see than the network that learned from it.
#
# Fear shows the habit best.

# %%
said, found = private["answered"], private["recall"]
print("faces called fear:", {who: percent(said[who]["fear"], 0) for who in ("label", "one person", "network")})
print("of those labelled fear, found:", {who: percent(found[who]["fear"], 0) for who in ("one person", "network")})
seeds = [row["against_labels"] for row in private["seeds"].values()]
assert found["network"]["fear"] > 2 * found["one person"]["fear"] and max(seeds) - min(seeds) < 0.01

# %% [markdown]
# People rarely say fear; the labels often do, and the network has picked that up. So the answer is: **ahead at guessing
# this dataset's labels, behind at seeing what people see.** "Above human level" means no more here.

# %% [markdown]
# ### Failure gallery: labels in another order
#
# Folders named after emotions are often numbered by the alphabet: anger, disgust, fear, happiness, neutral, sadness,
# surprise. FER-2013 puts neutral last. Mix the two up, and everything still runs.

# %%
from sklearn.metrics import confusion_matrix

from fer_utils.course.figures import confusion
from fer_utils.evaluation.results import recorded_probabilities

recorded = recorded_probabilities(private["run"])
predicted, right_labels = recorded["probabilities"].argmax(axis=1), recorded["labels"]
alphabetical = np.argsort(np.argsort(EMOTIONS))[right_labels]  # the place of each name in the alphabet
mixed = confusion_matrix(alphabetical, predicted)
course.show(*confusion(mixed, "labels in another order"))

# %%
before, after = (np.mean(predicted == some) for some in (right_labels, alphabetical))
rows = mixed / mixed.sum(axis=1, keepdims=True)
moved = [4, 5, 6]  # where the two orders differ
assert after < before - 0.2 and rows[moved, moved].max() < 0.2
assert rows[moved].max(axis=1).min() > 0.5 and rows[3, 3] > 0.8
course.say(f"Accuracy on all {len(predicted):,} faces falls from {percent(before)} to {percent(after)}. "
           f"(The figure above is of {private['faces']:,}, those that people took for faces.)")

# %% [markdown]
# The symptom is in the matrix: three classes are almost empty on the diagonal, and each has a full cell elsewhere in
# its row. Real confusion is never that tidy. `load_fer2013` refuses a copy with such labels.

# %% [markdown]
# ## The same photograph twice
#
# A search finds some pictures more than once. A test face that is identical, byte for byte, to a training face is no
# test: a method that remembers can look it up.
#
# ### Exercise 3: find duplicates
#
# Write a function that tells, for each test image, whether an identical image is among the training images: an array or
# list of true and false. On FER-2013, 28,709 by 3,589 faces are a hundred million pairs, so do not compare each with
# each.

# %% tags=["exercise"]
def has_duplicate(test_images, train_images):
    ...

# %% tags=["solution"]
def has_duplicate(test_images, train_images):
    known = {image.tobytes() for image in train_images}
    return np.array([image.tobytes() in known for image in test_images])

# %% tags=["check"]
checks.check_has_duplicate(has_duplicate)

# %% [markdown]
# Now let it search the faces of this notebook, and compare with what is recorded of FER-2013.

# %%
find = own.quick_enough(yours(has_duplicate, own.has_duplicate), faces.private.images, images)
leakage = facts["leakage"]
mine = np.sum(find(faces.private.images, images))
print(f"{faces.name}, PrivateTest: {mine} of {len(faces.private.images):,} faces have a duplicate in Training")
print("recorded of FER-2013:", {pair: row["faces"] for pair, row in leakage["exact"].items()})
assert not faces.is_real or mine == leakage["exact"]["private-train"]["faces"]

# %% [markdown]
# Bytes are strict. A copy that is a little brighter, or cut out one pixel further left, escapes them. To find it,
# measure how alike two pictures are.
#
# ### Exercise 4: near copies
#
# Write the **correlation** of the pixels of two pictures: subtract from each its mean, multiply pixel by pixel and add
# up, and divide by what the two give with themselves (the root of the product). It is 1 for a copy of any brightness,
# and near 0 for unrelated pictures. NumPy has it, too.

# %% tags=["exercise"]
def alike(a, b):
    ...

# %% tags=["solution"]
def alike(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]

# %% tags=["check"]
checks.check_alike(alike)

# %% [markdown]
# Take a face, a brighter copy, a copy moved by one pixel, and another face.

# %%
compare = yours(alike, own.alike)
one, another = images[:2]
others = {"brighter": np.clip(one.astype(int) + 25, 0, 255).astype(np.uint8),
          "moved by a pixel": np.roll(one, 1, axis=1), "another face": another}
for what, other in others.items():
    print(f"{what:17} duplicate {bool(find(other[None], one[None])[0])!s:5}  alike {compare(one, other):.3f}")

# %% [markdown]
# For every face of PublicTest without an identical copy, the most similar training face was looked for in this way,
# shifted by up to three pixels. Here is how similar it is. Where do copies begin? Mirrored faces help: they are as much
# like faces as any, but hardly ever copies.

# %%
course.show(*figures.similarity(leakage["similarity"], leakage["threshold"]))

# %% [markdown]
# Up to 0.82 the mirrored faces stand higher; then the lines cross. Mirrored faces soon end, while the others go on and
# rise to a last hill: copies. The dotted line was drawn where mirrored faces are almost gone, after looking at pairs on
# both sides of it. Most pairs just left of it are copies as well, and copies that were cut out larger or smaller are
# not found: the counts are too small.

# %%
for pair in leakage["exact"]:
    exact, near = (leakage[kind][pair] for kind in ("exact", "near"))
    print(f"{pair:15} identical {exact['faces']:5,} ({percent(exact['same_label'], 0)} with the same label), "
          f"near {near['faces']:5,} ({percent(near['same_label'], 0)})")
copies = sum(leakage[kind]["public-train"]["faces"] for kind in ("exact", "near"))
edges, as_they_are, mirrored = (np.array(leakage["similarity"][key]) for key in ("edges", "faces", "mirrored"))
low, left_of_line = edges[:-1] < 0.82, (edges[:-1] >= 0.86) & (edges[:-1] < leakage["threshold"])
missed = (as_they_are - mirrored)[left_of_line].sum()

# %%
assert (mirrored > as_they_are)[low].all() and (as_they_are > 1.5 * mirrored)[edges[:-1] >= 0.86].all()
assert 1 / 6.5 < copies / len(label_lists["public"]) < 1 / 5.5
assert 1 / 5.5 < (copies + missed) / len(label_lists["public"]) < 1 / 4.5
course.say(f"Left of the line, from 0.86 on, there are {missed} more faces than mirrored ones.")

# %% [markdown]
# For one test face in six we found a copy in Training; with those left of the line it is rather one in five. And the
# same photograph does not always bear the same label. What does all this do to scores? First a cheat that reads no face
# at all. It looks each test face up among its copies, and says happiness where there is none.

# %%
cheat = leakage["cheat"]["public"]
assert cheat["near"] > always + 0.1
course.say(f"Always happiness: {percent(always)}. With identical copies: {percent(cheat['exact'])}. "
           f"With near ones too: {percent(cheat['near'])}.")

# %% [markdown]
# Now methods that are meant honestly. A *linear model* weighs each pixel (chapter 04). The *nearest neighbour* gives
# each face the label of the most similar training face. The last is our network.

# %%
course.show(*figures.methods(leakage["public_accuracy"]))

# %%
nearest = leakage["differences"]["nearest neighbour - linear model on pixels"]
assert nearest["difference"] + nearest["half_interval"] < 0
course.say(f"On the {leakage['alone']:,} faces without a copy that we found, the nearest neighbour is "
           f"{-100 * nearest['difference']:.1f}±{100 * nearest['half_interval']:.1f} points behind the linear model.")

# %% [markdown]
# The nearest neighbour lives on copies. Does our network, too? Its score on duplicates is higher; but they could be
# easy faces. People never saw Training, so they tell.

# %%
on, off = private["against_labels_on_duplicates"], private["against_labels_without_duplicates"]
easier, gained = (on[who] - off[who] for who in ("one person", "network"))
assert gained > easier + 0.1
course.say(f"On duplicates one person agrees with the label {100 * easier:.1f} points more often than elsewhere, "
           f"the network {100 * gained:.1f} points: from {percent(off['network'])} to {percent(on['network'])}.")

# %% [markdown]
# The rest points to memory, and the other faces still hold near copies. So every result of this course is recorded
# twice: on all faces, and on those without an identical copy.

# %% [markdown]
# **Judge.** Should we delete the duplicates from Training? From the test sets? And those whose labels contradict each
# other?

# %% [markdown] tags=["rubric"]
# - Deleting them from Training is the cleaner experiment: what is left in the test is then fresh.
# - Every published figure was trained with them, so ours would be compared with theirs on other terms.
# - Deleting them from the test changes the test; reporting both scores keeps the comparison and shows the leak.
# - A contradiction says that at least one label is not what the picture shows. It is worth counting, for it measures
#   the noise.

# %% [markdown]
# ## How little the classes differ
#
# Average all happy training faces, pixel by pixel, and so for each emotion. What is left is what the faces of a class
# have in common.

# %%
means = facts["mean_faces"]
course.show(*face_grid(means, EMOTIONS))

# %% [markdown]
# The mouth of happiness is wide and bright, the mouth of surprise is an open oval. The next figure subtracts one
# average from another; how light the photographs are as a whole is taken off.

# %%
course.show(*figures.difference(means, "happiness", "sadness"))

# %% [markdown]
# Orange is where the happy faces are brighter, purple where they are darker: in a smile the folds beside the mouth are
# darker, cheeks and chin brighter.
#
# **Predict, then move.** Which two emotions have the palest difference? Is it the pair that our network confuses most?

# %%
figures.explore_difference(means)

# %% [markdown] tags=["answer"]
# No. The palest difference is that of anger and fear. The network confuses sadness with neutral most, and six pairs are
# paler than that one.

# %%
from itertools import combinations

flat, table = np.reshape(means, (7, -1)).astype(float), confusion_matrix(right_labels, predicted)
flat -= flat.mean(axis=1, keepdims=True)  # how light the photographs are
apart, mixed_up = {}, {}
for a, b in combinations(range(7), 2):
    apart[EMOTIONS[a], EMOTIONS[b]] = np.abs(flat[a] - flat[b]).mean()
    mixed_up[EMOTIONS[a], EMOTIONS[b]] = (table[a, b] + table[b, a]) / table[[a, b]].sum()

# %%
palest, confused = sorted(apart, key=apart.get), max(mixed_up, key=mixed_up.get)
assert palest[0] == ("anger", "fear") and confused == ("sadness", "neutral") == palest[6]
for pair in (palest[0], confused):
    print(f"{' and '.join(pair)}: {apart[pair]:.1f} gray levels apart, {percent(mixed_up[pair], 0)} confused")

# %% [markdown]
# How large are such differences beside those within a class? Pixels vary from face to face; their **variance** is the
# mean squared distance from their mean. It splits into a part *between* the class averages and a part *within* the
# classes.

# %%
share = facts["between_class_share"]
assert share < 0.05
course.say(f"Only **{percent(share)}** of the variance of FER-2013's pixels lies between the seven averages.")

# %% [markdown]
# The rest is light, pose, age, hair. It does not follow that little can be learned, for pixels may tell more together
# than each by itself. Two pixels show it: both change with the light, and one is a little brighter in class 1.

# %%
kind, light = rng.integers(0, 2, 1000), rng.normal(0, 50, 1000)
left, right = light, light + 2 * kind
between = np.var([right[kind == c].mean() for c in (0, 1)]) / np.var(right)
assert between < 0.02 and np.array_equal(right - left > 1, kind == 1)
print(f"between the classes: {percent(between, 2)}; told apart by the difference of two pixels: all")

# %% [markdown]
# So the small share says only that no single pixel will do. A method has to compare pixels.

# %% [markdown]
# ## What 48 by 48 pixels keep
#
# Would fewer pixels do? Faces were shrunk by averaging blocks, and three methods had to read them.

# %%
from fer_utils.evaluation.results import recorded_experiment

kept, trained = facts["resolution"], recorded_experiment("resolution")
sides = kept["sides"]
assert kept["network"]["run"] == private["run"]  # our network from above
methods = {
    "linear model, fitted anew": {s: [a] for s, a in zip(sides, kept["linear_model"])},
    f"small network, {trained['epochs']} epochs anew on {trained['faces']:,} faces": {
        int(s): a for s, a in trained["public_accuracy"].items()},
    "our network, trained on 48 pixels": {s: [a] for s, a in zip(sides, kept["network"]["accuracy"])}}
course.show(*figures.accuracy_by_side(methods))

# %% [markdown]
# Three methods, three answers. The linear model hardly notices that pixels are missing, so it reads nothing fine. The
# small network learned from faces of each size; the bars span three trainings from different starts. Ours reads most
# and falls furthest: it has met sharp faces alone.

# %%
linear, network = (dict(zip(sides, a)) for a in (kept["linear_model"], kept["network"]["accuracy"]))
small = {int(s): np.mean(a) for s, a in trained["public_accuracy"].items()}
assert abs(linear[48] - linear[12]) < 0.02 and small[48] > small[6] + 0.05 and network[12] < network[48] - 0.2
course.say(f"From 48 to 12 pixels a side the linear model loses {100 * (linear[48] - linear[12]):.1f} "
           f"points, the small network {100 * (small[48] - small[12]):.1f}, and ours, unprepared, "
           f"{100 * (network[48] - network[12]):.1f}.")

# %% [markdown]
# Not every expression needs the same detail. The next figure shows faces of this notebook with few pixels, and beside
# them what our network answers to FER-2013 at that size.

# %%
course.show(*figures.coarse_faces(images, labels, kept["network"]))

# %% [markdown]
# **Predict, then move.** Which emotions does the network lose first, and which does it seem to keep at 16, 8 and 3
# pixels? Look at the second bars of those: is it so good at them?

# %%
figures.explore_coarse_faces(images, labels, kept["network"])

# %% [markdown] tags=["answer"]
# Neutral and disgust go first. At 16 pixels sadness seems to stay; but the network calls every third face sad, so it is
# no merit that it finds the sad ones. Later it falls for one name after the other: happiness at 8, anger at 3. A share
# of faces found means little without the share of faces so named; chapter 04 makes two scores of this, recall and
# precision.

# %%
place = sides.index(16)
found = {emotion: row[place] for emotion, row in kept["network"]["recall"].items()}
still = {emotion: found[emotion] / kept["network"]["recall"][emotion][0] for emotion in EMOTIONS}
assert sorted(still, key=still.get)[:2] == ["disgust", "neutral"] and max(still, key=still.get) == "sadness"
for emotion, side, least in (("sadness", 16, 0.33), ("happiness", 8, 0.6), ("anger", 3, 0.8)):
    assert kept["network"]["answered"][emotion][sides.index(side)] > least
print("still found with 16 pixels:", {emotion: percent(share, 0) for emotion, share in still.items()})

# %% [markdown]
# ## Among other databases
#
# The thesis chose FER-2013 for its size and for faces that were not posed in a laboratory. It compares seven databases,
# in numbers taken from Mollahosseini and others [2].

# %%
course.show(*figures.databases())

# %% [markdown]
# By pictures FER-2013 is the third largest; a count of pictures is no count of people. Three of the databases hold all
# seven expressions. And in FER-2013, too, two expressions fill much of the row.

# %%
by_split = facts["counts"].values()
total = {emotion: sum(counts[emotion] for counts in by_split) for emotion in EMOTIONS}
assert tuple(total.values()) == figures.DATABASES["FER2013"]
sizes = {database: sum(row) for database, row in figures.DATABASES.items()}
assert sorted(sizes, key=sizes.get)[-3] == "FER2013"
assert [database for database, row in figures.DATABASES.items() if all(row)] == ["DISFA", "SFEW", "FER2013"]
course.say(f"Neutral and happiness: {percent((total['neutral'] + total['happiness']) / whole, 0)}.")

# %% [markdown]
# ## An aside: Deep Lake
#
# The thesis loads FER-2013 with **Deep Lake** (section 5.1), a store for arrays. FER-2013 fills 83 MB and fits into
# memory, so we read it once. The store is for what does not fit. Put some of our faces into a new one.

# %%
from tempfile import mkdtemp

from fer_utils.data.forms.deep_lake import import_deeplake

assert round(whole * 48 * 48 / 1e6) == 83  # megabytes
try:
    deeplake = import_deeplake()  # in a way that survives TensorFlow
except ImportError as error:
    deeplake = None
    print(f"Deep Lake is not available here ({error}); read on without it.")

# %%
if deeplake:
    lake = deeplake.create(f"{mkdtemp()}/faces")
    lake.add_column("images", deeplake.types.Array("uint8", shape=[48, 48]))
    lake.add_column("labels", "int32")
    lake.append({"images": images[:500], "labels": labels[:500].astype("int32")})
    lake.commit("500 faces")

# %% [markdown]
# A dataset has columns; a new one can be added later. Rows are asked for by a condition, much as in the database
# language SQL. The answer is a *view*: it knows which rows it means, and reads pictures only when they are used.

# %%
if deeplake:
    lake.add_column("brightness", "float32")
    lake["brightness"][:] = images[:500].mean(axis=(1, 2)).astype("float32")
    lake.commit("how bright each face is")
    dark = lake.query("SELECT * WHERE labels = 3 ORDER BY brightness LIMIT 5")
    assert (dark["labels"][:] == 3).all() and dark["images"][:].shape == (5, 48, 48)
    print("darkest happy faces:", dark["brightness"][:].round(), [state.message for state in lake.history])

# %% [markdown]
# Each commit is kept, so an experiment can name the state of its data. Datasets on a server can be *streamed* in
# training: batches arrive while the network computes. That is not run here.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 00.

# %%
course.quiz("03_the_fer2013_dataset")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Origin:* a label is a search word that nobody threw out. The people are unknown.
# 2. *Splits:* of one shape. Training to learn, PublicTest to choose, PrivateTest to report once; the winner of a choice
#    has had luck.
# 3. *People:* most people's answer is the label about two times in three, for fear far less. A network is ahead because
#    it knows this label giver's habits; at seeing what people see it is behind.
# 4. *Copies:* we found one for one test face in six; rather one in five has one. Report with them and without.
# 5. *Differences:* under a twentieth of the pixels' variance lies between classes, so compare pixels. With 12 a side a
#    linear model loses nearly nothing, our network far more.
#
# **Go further.** Find near copies with `nearest_copies` of `fer_utils.data.copies`. Below which similarity do
# different people appear?

# %% [markdown] tags=["references"]
# ## References
#
# 1. I. J. Goodfellow and others, *Challenges in representation learning*, 2013,
#    [arXiv:1307.0414](https://arxiv.org/abs/1307.0414).
# 2. A. Mollahosseini, D. Chan, M. H. Mahoor, *Going deeper in facial expression recognition using deep neural
#    networks*, WACV 2016, [doi:10.1109/WACV.2016.7477450](https://doi.org/10.1109/WACV.2016.7477450).
# 3. E. Barsoum and others, *Training deep networks for facial expression recognition with crowd-sourced label
#    distribution*, 2016, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041).
# 4. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.1, 4.1 and 5.1.
# 5. I. Dominguez-Catena, D. Paternain, M. Galar, *Metrics for dataset demographic bias: a case study on facial
#    expression recognition*, 2023, [arXiv:2303.15889](https://arxiv.org/abs/2303.15889).
# 6. L. Pham and others, *Residual masking network*, ICPR 2020,
#    [code and results](https://github.com/phamquiluan/ResidualMaskingNetwork).
# 7. J. Wu, *Facial-Expression-Recognition.Pytorch*, `mainpro_FER.py`,
#    [code](https://github.com/WuJie1010/Facial-Expression-Recognition.Pytorch).
#
# {{previous_next}}
