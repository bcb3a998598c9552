# %% [markdown]
# # What is an emotion?
#
# {{badges}}
#
# **Question.** Machines sort faces into seven emotions. What is it that they sort, and is it in the face?
#
# **After this chapter you can**
#
# 1. weigh three answers to what an emotion is, each with its evidence,
# 2. place words and faces on valence and arousal, and measure how far apart they are,
# 3. say what a single label loses, in bits,
# 4. find the limbic system's parts on a map, and say why an area for each emotion is disputed,
# 5. compute what an expression says about a feeling.
#
# **You need** chapter 00. **Time:** about 60 minutes; the cells run in seconds. **Data:** published numbers; recorded
# votes; one face of each class. **Source:** sections 1, 2.1, 2.2, 3.2 of the thesis [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## Why machines read faces
#
# Emotions help people to understand each other, and are a driving force of what they do. They also cause conflicts,
# and are a destructive force in mood and anxiety disorders. Voice and body carry them too, but faces, says the thesis,
# most of all. So a machine that reads faces might help: in health care, since depression and Alzheimer's disease change
# the face; in psychological research; in devices that respond to their users; in police work. Courts, security,
# schools, psychiatry and commerce rely on the idea that faces show feelings [23].
#
# Pictures and labels lie in NumPy *arrays*: rows of numbers to compute with all at once. Four lines show how.

# %%
import numpy as np

row = np.array([0, 7, 1, 2])
print(row[1], row[1:3])  # one place, or several, as in a list
print(row > 1)           # a question to each number
print(row[row > 1])      # the numbers that answer True
print(row / row.sum())   # arithmetic on each: here shares of the sum

# %% [markdown]
# Here is what a machine is taught on: faces, each with one of seven words. `images[labels == c][0]` is the first face
# whose label is `c`.

# %%
from fer_utils import EMOTIONS, load_faces
from fer_utils.course.figures import face_grid

images, labels = load_faces(splits=("public",)).public
faces = np.array([images[labels == c][0] for c in range(7)])
course.show(*face_grid(faces, EMOTIONS))

# %% [markdown]
# Each title is the word that belongs to the picture, and nothing else. Nobody asked the people in FER-2013's
# photographs what they felt. The drawings felt nothing. A network can learn which word goes with which *look*; that a
# look goes with a *feeling* is a second step, and this chapter is about that step.

# %% [markdown]
# ## Three answers to what an emotion is
#
# The thesis finds no consensus and sets two views side by side.
#
# - **Basic emotions**, *natural kinds* in the thesis, set apart by nature. Evolution gave us a few action plans for the
#   tasks of life. They start by themselves, like reflexes, but can be held back. Each name stands for a *family* of
#   related states; a signal, a physiology and the events before it tell one family from another, and experience shapes
#   it [5, 28]. Happiness, anger, sadness, fear, disgust and surprise are the usual six.
# - **Constructed emotion.** The brain predicts what the body needs and senses how it is doing: *interoception*. It
#   gives this a meaning by *concepts*, learned with language and culture. What a community agrees on is *social
#   reality*, as money is [6]. "Anger" then names a population of different instances, as "pet" names cats and goldfish.

# %% [markdown]
# The research traditions differ, too: the first looks for distinct reactions of brain, body and face, in animals as
# well; the second relies on self-report and on brain scans. The thesis would have both taken into account.
#
# A third family is missing there. In **appraisal** theories an event is judged: does it matter, does it help me, can I
# cope? The answers drive body, face and urge to act, and a word such as "anger" comes last, for a frequent pattern of
# answers [29].
#
# A fourth view is of faces alone. For Fridlund's **behavioural ecology** a face is no readout of a feeling but a move
# towards others: a scowl may say "back off" [30].
#
# Back to the thesis's two. Both have evidence, often on the same question. (A *meta-analysis* sums up many studies.)

# %% [markdown]
# | evidence from | for basic emotions | for construction |
# |---|---|---|
# | cultures | in a meta-analysis, all recognize the faces above chance [7] | best within one's own group [7]; the Himba of Namibia sorted faces otherwise; emotion words brought them nearer, yet much variation stayed [8]; new work in small societies finds diversity [31] |
# | moments | sixteen expressions fit the same scenes in twelve world regions, to seventy percent [32] | people in one of six emotions rarely show its predicted face [24] |
# | bodies | a review finds specific responses, at least for subtypes [27] | no pattern in over two hundred studies clearly tells categories apart [9] |
# | brains | scans tell six emotions apart [10]; cells in the hypothalamus start attacks in mice [18] | little evidence of one area for one emotion [11] |

# %% [markdown]
# The study of sixteen expressions is kin to this course: a deep network read six million videos. It had learned the
# expressions from people's labels. So it found which *looks* go with which *scenes*; what anybody felt was not
# measured.
#
# To "no pattern" one side answers that six stiff faces are too narrow a test, since dozens of expressions of face,
# body and voice are told apart [33], and that patterns over many areas differ where single areas do not [34].
#
# **Think first.** A classifier tells six emotions apart from brain scans, above chance. Does this show that each has a
# *fingerprint*, a pattern of its own that all its instances share?

# %% [markdown] tags=["answer"]
# No, replies the other side: varied populations can be told apart, too, if they differ on average [35]. And a
# classifier that is given the categories cannot discover them; without labels, groups need not match the words [36].

# %% [markdown]
# Let us invent bodies under each view: six categories, eight measures such as heartbeat and sweat. Each category has
# an average; an instance is its average plus chance. Under "fingerprints" chance is small beside what the averages
# differ by; under "populations" it is large.

# %%
from fer_utils.course.chapter_01 import affect, figures

bodies = {"fingerprints": affect.simulate_bodies(spread=0.3), "populations": affect.simulate_bodies(spread=2.0)}
course.show(*figures.bodies(bodies))

# %% [markdown]
# Each panel shows two of the eight measures and some instances; a colour is a category. A thin line leads from an
# instance to its category's average, a thick one from an average to the middle of all. Take the lengths in all eight
# measures, square them and add them up, a thick one once for each instance: the thin lines' part of the sum is the
# *variation inside* the categories.
#
# Now the simplest classifier judges: it answers the category whose average is nearest.

# %%
for name, (values, kinds) in bodies.items():
    accuracy, inside = affect.nearest_average(values, kinds), affect.share_inside(values, kinds)
    print(f"{name:13} accuracy {accuracy:.0%}, variation inside the categories {inside:.0%}")

# %% [markdown]
# Chance is one in six. Populations beat it well although most variation lies *inside* the categories.

# %%
assert accuracy > 2 / 6 and inside > 0.7
assert affect.nearest_average(*bodies["fingerprints"]) > 0.95

# %% [markdown]
# So "can be classified" does not decide between the views; how much instances vary, and with what, does. Keep this for
# the networks of this course: the classes are a tool, not a finding.

# %% [markdown]
# ## Core affect and the circumplex
#
# How pleasant is this moment, and how awake are you? **Valence** and **arousal** together are called *core affect*; on
# the second view it is the raw material of emotion. Russell asked people to sort emotion words, and found them in a
# circle around these two axes, the **circumplex** [2]. An angle then places a word. How strong the feeling is, the
# distance from the middle, is left out.

# %%
valence, arousal = affect.on_circle(affect.MEASURED["excited"])
print(f"excited: valence {valence:.2f}, arousal {arousal:.2f}")
course.show(*figures.circumplex())
assert len(affect.MEASURED) == 15 and len(affect.MEASURED) + len(affect.UNREAD) == 28

# %% [markdown]
# Inside are the eight places that Russell predicted. Outside, as dots, are 15 of his 28 words where people put them;
# the angles of the other 13, "angry" and "afraid" among them, we found in no source that we could read. The diamonds
# fill the gap from another study, which had words rated on valence and arousal directly [3].
#
# ### Exercise 1: how far apart are two feelings?
#
# Write the angle between two directions, in degrees from 0 to 180, whichever comes first. Mind the place where the
# circle closes.

# %% tags=["exercise"]
def angle_between(first, second):
    ...

# %% tags=["solution"]
def angle_between(first, second):
    apart = (first - second) % 360
    return min(apart, 360 - apart)

# %% tags=["check"]
from fer_utils.course.chapter_01 import checks

checks.check_angle_between(angle_between)

# %% [markdown]
# How good was the prediction? Compare the words that name one of the eight places almost literally, by your function
# once you have written it.

# %%
from fer_utils.course.checks import yours

angle = yours(angle_between, affect.angle)
pairs = {"pleased": "pleasure", "excited": "excitement", "aroused": "arousal",
         "miserable": "displeasure", "sleepy": "sleepiness"}
off = [float(angle(affect.MEASURED[word], affect.PREDICTED[place])) for word, place in pairs.items()]
print({word: round(degrees, 1) for word, degrees in zip(pairs, off)})
assert max(off) < 45 / 2  # no word is nearer to a neighbour's place than to its own

# %% [markdown]
# ### Place a face
#
# Now you, with the words of our classes and their direct ratings [3]. Here is the face of happiness, put somewhere.

# %%
course.show(*figures.place(faces, "happiness", valence=0.5, arousal=0.0))

# %% [markdown]
# **Predict, move, explain.** Put each face where you think its feeling belongs, and only then compare with the
# published rating. Which class do you place best? Which two faces end up almost on top of each other?

# %%
figures.explore_place(faces)

# %% [markdown]
# These are the ratings of all the words. Neutral was not rated; the origin is our choice.

# %%
course.show(*figures.layout(faces))

# %% [markdown]
# Two things strike the eye: fear and anger nearly coincide, and the lower right is empty. The next cell proves both,
# and looks at a third rating, *dominance*: whether one feels in control.

# %%
from itertools import combinations
from math import dist

flat = dict(zip(EMOTIONS, affect.rated_places()))
deep = dict(zip(EMOTIONS, affect.rated_places(dimensions=3)))
closest = min(combinations(EMOTIONS, 2), key=lambda pair: dist(flat[pair[0]], flat[pair[1]]))
print(f"{closest}: {dist(*(flat[emotion] for emotion in closest)):.2f} apart on the plane, "
      f"{dist(*(deep[emotion] for emotion in closest)):.2f} with dominance")
assert closest == ("anger", "fear") and not any(right > 0 > up for right, up in flat.values())

# %% [markdown]
# The plane cannot tell whether you want to strike or to flee; control tells. And of all that is calm and pleasant, the
# seven classes know nothing.

# %% [markdown]
# ## Twenty-seven categories, two dimensions, seven classes
#
# The thesis distinguishes *discrete* and *dimensional* models (section 3.2). A large study compared them: Cowen and
# Keltner showed 2,185 short videos and asked what they evoked [4]. Reports needed 27 categories, and categories
# described them better than valence and arousal. Yet these categories were not islands: smooth gradients led from one
# to the next.

# %%
videos, shared = 2185, set(affect.CATEGORIES) & set(EMOTIONS) | {"joy"}
print(f"{len(affect.CATEGORIES)} categories; FER-2013 has a name for {sorted(shared)}")
assert len(affect.CATEGORIES) == 27 and len(shared) == 6
assert not {"trust", "anticipation", "love"} & (set(affect.CATEGORIES) | set(EMOTIONS))

# %% [markdown]
# Trust, anticipation and love, which the thesis adds, are in neither list. Somebody who has seven words for all this
# must merge.
#
# How much is lost? Count yes-or-no questions. To find one of 8 cards, three suffice, as each halves what is left: 8, 4,
# 2, 1. The logarithm to base 2 counts halvings: $\log_2 8 = 3$ **bits**. One of 27 takes more than four questions, one
# of seven less than three.

# %%
before, after = np.log2(27), np.log2(7)
course.say(f"27 equally frequent categories hold {before:.2f} bits; seven words, however they are given, at most "
           f"{after:.2f}. At least {before - after:.2f} bits are lost before a network has seen a pixel.")
assert np.log2(8) == 3 and before > 4 and after < 3 and 1.9 < before - after < 2

# %% [markdown]
# Where some answers come more often, a rare one says more: one with the share $p$ says $-\log_2 p$ bits, and half of
# all, $-\log_2 \tfrac{1}{2} = 1$ bit. The average over all answers is the **entropy**, the doubt left about a drawn
# answer, for shares $p_i$:
#
# $$H = -\sum_i p_i \log_2 p_i.$$
#
# Two answers with the share $\tfrac{1}{2}$ give $H = \tfrac{1}{2} \cdot 1 + \tfrac{1}{2} \cdot 1 = 1$ bit.
#
# ### Exercise 2: entropy
#
# Write it for an array of counts. Shares of zero add nothing.

# %% tags=["exercise"]
def entropy(counts):
    ...

# %% tags=["solution"]
def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -np.sum(shares * np.log2(shares))

# %% tags=["check"]
checks.check_entropy(entropy)

# %% [markdown]
# Now real votes. Ten people looked at each photograph of FER-2013 again and chose one of ten words; their votes are
# called FER+ [26]. Here are three photographs' votes, by your function once you have written it.

# %%
from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.evaluation.results import dataset_facts
from fer_utils.text import percent

people, bits = dataset_facts()["people"], yours(entropy, affect.bits)
chosen = {"clear": people["examples"][0], "divided": people["examples"][2], "open": people["examples"][3]}
votes = {name: np.array([one["votes"].get(word, 0) for word in VOTED_FOR]) for name, one in chosen.items()}
doubt = {name: bits(counts) for name, counts in votes.items()}
course.show(*figures.votes(votes, doubt))
assert doubt["clear"] == 0 and np.isclose(doubt["divided"], 1) and doubt["open"] > 2

# %% [markdown]
# All ten saw anger in the first; the second is split like a coin; the third got six words. FER-2013 gives each a single
# one, and so hides the doubt. We chose the three to differ. Over all photographs:

# %%
every = people["agreement"]["all"]
course.say(f"Ten votes hold **{every['entropy']:.2f} bits** of doubt on average, a single label none. On "
           f"{percent(every['unanimous'], 0)} of {every['faces']:,} photographs all voters agree; on "
           f"{percent(every['no_majority'], 0)} no word has more than half of the votes.")
assert 0.8 < every["entropy"] < 1 and every["unanimous"] < 0.25 and every["no_majority"] > 0.2

# %% [markdown]
# ## The limbic map
#
# Which parts of the brain take part? The thesis follows the idea of a **limbic system**, a ring of structures around
# the brain's middle, and says itself that lists of its members differ. Here are its members and the others it names.
# The brain looks to the left; the white arch is the bridge between the halves.

# %%
from fer_utils.course.chapter_01 import limbic_map as limbic_figures

course.show(*limbic_figures.limbic_map())

# %% [markdown]
# **Predict, choose, explain.** Which of the eight would you expect to be active in fear and in nothing else? Choose one
# after the other, and read what follows the "But".

# %%
limbic_figures.explore_limbic_map()

# %% [markdown]
# None of them. For readers without a kernel, all the roles in words:

# %%
for name, (role, more, _) in limbic_figures.STRUCTURES.items():
    course.say(f"- **{name}**: {role} *But:* {more}")

# %% [markdown]
# One role is a piece of arithmetic. On the leading account, dopamine cells report the *prediction error*, reward minus
# expectation [14]. Let a signal be followed by a reward 19 times, and then not.

# %%
expected, errors = 0.0, []
for reward in [1.0] * 19 + [0.0]:
    errors.append(reward - expected)  # what the cells report, on this account
    expected += 0.3 * errors[-1]      # what is learned from it
print(f"first {errors[0]:+.2f}, nineteenth {errors[18]:+.2f}, withheld {errors[19]:+.2f}")
assert errors[0] == 1 and abs(errors[18]) < 0.01 and errors[19] < -0.99

# %% [markdown]
# A reward that is fully expected no longer counts; one that stays away is a loss. So the reward system does not simply
# repeat what feels good, as the thesis has it. The account is contested: in mice, dopamine seemed to say which cause
# went before a reward [37]; newer experiments fit prediction errors again, and not that rival [38].

# %% [markdown]
# ## Appraise, react, regulate
#
# The thesis orders the parts in time. Something is **appraised**: does it matter, is it good or bad for me? A
# **reaction** follows: the amygdala drives the hypothalamus, heartbeat and blood pressure rise, the face moves. The
# reaction may be **regulated**. Damage to these parts can take away the power to regulate, recognize or generate an
# emotion.
#
# Gross showed a disgusting film and gave one of two tasks [21]: think of it so that you feel nothing (*reappraisal*),
# or let nobody see what you feel (*suppression*). As a model of two lines:

# %%
def episode(appraised, reappraisal=0.0, suppression=0.0):
    felt = appraised * (1 - reappraisal)
    return felt, felt * (1 - suppression)  # what is felt, what is shown

plain, calmed, hidden = episode(1.0), episode(1.0, reappraisal=0.7), episode(1.0, suppression=0.7)
for name, (felt, shown) in {"plain": plain, "calmed": calmed, "hidden": hidden}.items():
    print(f"{name:7} felt {felt:.1f}, shown {shown:.1f}")

# %% [markdown]
# This is the pattern that Gross found: both tasks calm the face, but only reappraisal lowers the disgust, and
# suppression even raised signs of bodily strain. To a machine that sees the face alone, the last two are the same.

# %%
assert np.isclose(calmed[1], hidden[1]) and hidden[0] > 3 * calmed[0]
assert plain[1] > hidden[1] and plain[0] == hidden[0]

# %% [markdown]
# ## Is there a brain area for each emotion?
#
# The best case is fear and the amygdala. Patient SM lost hers to a disease. Snakes, spiders and a haunted house did not
# frighten her [12], and she does not recognize fear in faces. Then the case turned. She *could* recognize it when told
# to look at the eyes [20]. And she, like two others without an amygdala, panicked when she breathed air rich in carbon
# dioxide [19].
#
# Brain scans say the same in numbers. The amygdala is often active in fear, and in much else; so with other areas and
# emotions [11]. "Active in fear" does not turn round into "active, hence fear".

# %% [markdown]
# ### From sign to state, by counting
#
# A face makes it plain. Take a thousand faces, 100 of them angry. Let a scowl appear on 23 of these, and on 180 of the
# other 900.

# %%
course.show(*figures.tree(angry=100, scowling_angry=23, scowling_others=180))
print(f"angry among those who scowl: 23 / (23 + 180) = {23 / (23 + 180):.0%}")

# %% [markdown]
# You see a scowl, so only the two orange boxes are left; anger's part of them is the answer. It is near the tenth that
# were angry to begin with, for the 900 scowl nearly as often. In shares, with $P(\text{anger} \mid \text{scowl})$ for
# the part of the scowling who are angry, this is **Bayes' rule**:
#
# $$P(\text{anger} \mid \text{scowl}) = \frac{P(\text{scowl} \mid \text{anger})\; P(\text{anger})}{P(\text{scowl})}.$$
#
# ### Exercise 3: from sign to state
#
# A sign appears in a share `hit_rate` of the moments with a state, and in a share `false_alarm` of those without. A
# share `base_rate` of all moments has the state. Given the sign, how probable is the state? Both branches of the tree
# make up $P(\text{sign})$.

# %% tags=["exercise"]
def posterior(hit_rate, false_alarm, base_rate):
    ...

# %% tags=["solution"]
def posterior(hit_rate, false_alarm, base_rate):
    right = hit_rate * base_rate
    return right / (right + false_alarm * (1 - base_rate))

# %% tags=["check"]
checks.check_posterior(posterior)

# %% [markdown]
# Back to the brain. Poldrack counted in a database of scans [22]: Broca's area was active in 166 of 869 comparisons on
# language, and in 199 of 2,353 others. Suppose language was as likely as not before; what does activity there say? Your
# function answers.

# %%
after_sign = yours(posterior, affect.after_sign)
language = after_sign(166 / 869, 199 / 2353, 0.5)
course.say(f"Language is then **{percent(language, 0)}** probable: some evidence, no proof.")
assert round(language, 2) == 0.69  # as the paper says
assert np.isclose(after_sign(0.23, 0.2, 0.1), 23 / (23 + 180))  # the tree

# %% [markdown]
# And this is an area known for language.

# %% [markdown]
# ## From a face to a feeling
#
# People scowl in anger more often than by chance, but they also scowl for other reasons [23]. How often in anger? A
# meta-analysis has it for six emotions together: their full predicted face was found in 13 % of the cases, the full
# face or a part of it in 23 % [24]. Critics say that links of such strength are usual in psychology; the authors find
# the comparison unfair [39]. We take the larger figure for anger. How often people scowl otherwise is not known, so we
# assume three values.

# %%
whole, part = 13 / 100, 23 / 100
course.show(*figures.evidence(after_sign, hit_rate=part))

# %% [markdown]
# Read it at the left, where daily life is: anger is rare. The line of rare scowls climbs steeply; the line of common
# ones stays near the gray diagonal, where a scowl says nothing.

# %%
rare, common = after_sign(part, 0.01, 0.05), after_sign(part, 0.2, 0.05)
course.say(f"If 5 % of moments are angry, a scowl makes anger {percent(rare, 0)} probable "
           f"where scowls are rare otherwise, and {percent(common, 0)} where they are common. If only full faces "
           f"counted, {percent(whole, 0)}, a common scowl would speak against anger.")
assert common < 0.1 < 0.5 < rare and after_sign(whole, 0.2, 0.05) < 0.05 < common

# %% [markdown]
# **What a machine can claim.** "This face looks like what people call anger" can be tested, and this course tests it.
# "This person is angry" needs the situation, the person and their word. That is one reason for the prohibition that
# chapter 00 told of [25]. Chapter 02 looks at the face itself.

# %% [markdown]
# **Judge.** A shop is offered a camera that counts angry customers. Its maker has tested it: asked for a scowl, nearly
# all of the people in the test were recognized, and at rest hardly anybody was taken for angry. "So nine in ten whom it
# counts are angry." Would you believe that sentence? Write down your verdict with its reasons, and what you would ask
# the maker to measure.

# %% [markdown] tags=["rubric"]
# A good answer
#
# - tells the *look* from the *feeling*: the test compares the camera with an order to scowl, not with anybody's anger;
# - asks for all three numbers: how often angry customers scowl, how often others do, and how many are angry at all;
# - says that with few angry customers most scowls may come from others, as in the figure, however good the camera is;
# - asks for another test: customers in that shop, unposed, and their own word for what they felt;
# - gives a verdict that follows: it counts scowls, if that, and says little of anger.

# %% [markdown]
# ## What the thesis leaves open
#
# - **The 27 categories** stand under natural kinds (section 2.1). The study rests on self-report and finds gradients,
#   "contrary to discrete theories" in its own words [4]; it fits neither camp.
# - **That the origins of fear, anger and happiness are known** (section 2.2) contradicts the meta-analysis that section
#   2.1 cites [11].
# - **The limbic system as "the area" of emotion** is an old idea; many of its parts serve memory and the senses [13].
# - **Regulation** is more than suppression by the orbitofrontal cortex: in reappraisal, a meta-analysis finds control
#   areas at the side and the top of the frontal lobe at work, and in the parietal lobe [16].
# - **That categories reflect physiological processes** (section 3.2) is disputed, as this chapter shows.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 00.

# %%
course.quiz("01_what_is_an_emotion")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Three answers:* families with signals, instances made by concepts, patterns of appraisal; that a classifier works
#    decides nothing.
# 2. *Place:* two numbers or one angle; anger and fear coincide until dominance is added.
# 3. *Lost:* nearly two bits from 27 categories to seven words; nearly one more, on average, where one label hides ten
#    people's doubt. And no word is left for what is calm and pleasant.
# 4. *Map:* eight structures, each with more than one use; damage and scans speak against one area for one emotion.
# 5. *Sign and state:* hit rate, false alarms and base rate, all three.
#
# **Go further.** Keep a diary for a day: twenty times, note valence, arousal, a word, and whether your face showed it.
# What is your own hit rate?

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 1, 2.1, 2.2, 3.2.
# 2. J. A. Russell, *A circumplex model of affect*, 1980, [doi](https://doi.org/10.1037/h0077714).
# 3. J. A. Russell, A. Mehrabian, *Evidence for a three-factor theory of emotions*, 1977,
#    [doi](https://doi.org/10.1016/0092-6566%2877%2990037-X).
# 4. A. S. Cowen, D. Keltner, *Self-report captures 27 distinct categories of emotion bridged by continuous gradients*,
#    2017, [doi](https://doi.org/10.1073/pnas.1702247114).
# 5. P. Ekman, *Are there basic emotions?*, 1992, [doi](https://doi.org/10.1037/0033-295X.99.3.550).
# 6. L. F. Barrett, *The theory of constructed emotion*, 2017, [doi](https://doi.org/10.1093/scan/nsw154).
# 7. H. A. Elfenbein, N. Ambady, *Universality and cultural specificity of emotion recognition*, 2002,
#    [doi](https://doi.org/10.1037/0033-2909.128.2.203).
# 8. M. Gendron and others, *Perceptions of emotion from facial expressions are not culturally universal*, 2014,
#    [doi](https://doi.org/10.1037/a0036052).
# 9. E. H. Siegel and others, *Emotion fingerprints or emotion populations?*, 2018,
#    [doi](https://doi.org/10.1037/bul0000128).
# 10. H. Saarimäki and others, *Discrete neural signatures of basic emotions*, 2016,
#     [doi](https://doi.org/10.1093/cercor/bhv086).
# 11. K. A. Lindquist and others, *The brain basis of emotion*, 2012, [doi](https://doi.org/10.1017/S0140525X11000446).
# 12. J. S. Feinstein and others, *The human amygdala and the induction and experience of fear*, 2011,
#     [doi](https://doi.org/10.1016/j.cub.2010.11.042).
# 13. J. E. LeDoux, *Emotion circuits in the brain*, 2000, [doi](https://doi.org/10.1146/annurev.neuro.23.1.155).
# 14. W. Schultz and others, *A neural substrate of prediction and reward*, 1997,
#     [doi](https://doi.org/10.1126/science.275.5306.1593).
# 15. A. J. Calder and others, *Impaired recognition and experience of disgust following brain injury*, 2000,
#     [doi](https://doi.org/10.1038/80586).
# 16. J. T. Buhle and others, *Cognitive reappraisal of emotion: a meta-analysis*, 2014,
#     [doi](https://doi.org/10.1093/cercor/bht154).
# 17. K. C. Berridge, T. E. Robinson, *Liking, wanting, and the incentive-sensitization theory of addiction*, 2016,
#     [doi](https://doi.org/10.1037/amp0000059).
# 18. D. Lin and others, *Functional identification of an aggression locus in the mouse hypothalamus*, 2011,
#     [doi](https://doi.org/10.1038/nature09736).
# 19. J. S. Feinstein and others, *Fear and panic in humans with bilateral amygdala damage*, 2013,
#     [doi](https://doi.org/10.1038/nn.3323).
# 20. R. Adolphs and others, *A mechanism for impaired fear recognition after amygdala damage*, 2005,
#     [doi](https://doi.org/10.1038/nature03086).
# 21. J. J. Gross, *Antecedent- and response-focused emotion regulation*, 1998,
#     [doi](https://doi.org/10.1037/0022-3514.74.1.224).
# 22. R. A. Poldrack, *Can cognitive processes be inferred from neuroimaging data?*, 2006,
#     [doi](https://doi.org/10.1016/j.tics.2005.12.004).
# 23. L. F. Barrett and others, *Emotional expressions reconsidered*, 2019,
#     [doi](https://doi.org/10.1177/1529100619832930).
# 24. J. I. Durán, J.-M. Fernández-Dols, *Do emotions result in their predicted facial expressions? A meta-analysis of
#     studies on the co-occurrence of expression and emotion*, 2021, [doi](https://doi.org/10.1037/emo0001015).
# 25. Regulation (EU) 2024/1689 (AI Act), [article 5](https://eur-lex.europa.eu/eli/reg/2024/1689/oj).
# 26. E. Barsoum and others, *Training deep networks for facial expression recognition with crowd-sourced label
#     distribution*, 2016, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041).
# 27. S. D. Kreibig, *Autonomic nervous system activity in emotion: a review*, 2010,
#     [doi](https://doi.org/10.1016/j.biopsycho.2010.03.010).
# 28. P. Ekman, D. Cordaro, *What is meant by calling emotions basic*, 2011,
#     [doi](https://doi.org/10.1177/1754073911410740).
# 29. K. R. Scherer, A. Moors, *The emotion process: event appraisal and component differentiation*, 2019,
#     [doi](https://doi.org/10.1146/annurev-psych-122216-011854).
# 30. C. Crivelli, A. J. Fridlund, *Facial displays are tools for social influence*, 2018,
#     [doi](https://doi.org/10.1016/j.tics.2018.02.006).
# 31. M. Gendron and others, *Universality reconsidered: diversity in making meaning of facial expressions*, 2018,
#     [doi](https://doi.org/10.1177/0963721417746794).
# 32. A. S. Cowen and others, *Sixteen facial expressions occur in similar contexts worldwide*, 2021,
#     [doi](https://doi.org/10.1038/s41586-020-3037-7).
# 33. A. Cowen and others, *Mapping the passions: toward a high-dimensional taxonomy of emotional experience and
#     expression*, 2019, [doi](https://doi.org/10.1177/1529100619850176).
# 34. P. A. Kragel, K. S. LaBar, *Decoding the nature of emotion in the brain*, 2016,
#     [doi](https://doi.org/10.1016/j.tics.2016.03.011).
# 35. E. Clark-Polner and others, *Multivoxel pattern analysis does not provide evidence to support the existence of
#     basic emotions*, 2017, [doi](https://doi.org/10.1093/cercor/bhw028).
# 36. B. Azari and others, *Comparing supervised and unsupervised approaches to emotion categorization in the human
#     brain, body, and subjective experience*, 2020, [doi](https://doi.org/10.1038/s41598-020-77117-8).
# 37. H. Jeong and others, *Mesolimbic dopamine release conveys causal associations*, 2022,
#     [doi](https://doi.org/10.1126/science.abq6740).
# 38. L. Qian and others, *Prospective contingency explains behavior and dopamine signals during associative learning*,
#     2025, [doi](https://doi.org/10.1038/s41593-025-01915-4).
# 39. *Basic emotions do not reliably co-occur with predicted facial expressions: reply to Witkower et al. (2023)*,
#     Emotion 23, 2023, [doi](https://doi.org/10.1037/emo0001227).
#
# {{previous_next}}
