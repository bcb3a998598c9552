# %% [markdown]
# # Faces and muscles
#
# {{badges}}
#
# **Question.** Which muscles make an expression, what gives them orders, and what can we read from the result?
#
# **After this chapter you can**
#
# 1. say which nerve moves which muscle, and name the muscles of an expression,
# 2. tell commanded from uncommanded expressions, and what microexpressions do and do not reveal,
# 3. measure how long you must see a face to recognize its expression,
# 4. weigh the evidence for universal expressions against its limits,
# 5. predict what a failing nerve or weak movements do to a face and to a network.
#
# **You need** chapters 00 and 01. **Time:** about 65 minutes; the cells run in about a minute. **Data:** faces drawn
# here; published numbers. **Source:** sections 2.3 to 2.6 and 3.3 of the thesis [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## What a facial expression is
#
# A **facial expression** is a visible movement of the muscles of the face that others can perceive and interpret [1].
# It has two forms. As an *emotional response* it goes with a feeling; as *social communication* it tells somebody
# something. Both shape every expression: the first dominates in spontaneous ones, the second in those made on purpose.
# Accordingly two systems command the face, one automatic and one volitional.

# %% [markdown]
# ## Muscles and nerves
#
# The brain's orders to the face run through **cranial nerves**: pairs of nerves that leave the brain itself, not the
# spine, and are numbered. Three matter here: V, VII and III.
#
# The thesis sorts the muscles of the face into two families, which usually act together. **Mimetic muscles** lie under
# the skin and pull on it, as hardly any others in the body do (a small one of the palm does [41]); the **facial
# nerve**, VII, commands them [22]. By place they are orbital, nasal or oral: around eye, nose or mouth. **Muscles of
# mastication** move the jaw at its joint; the mandibular branch of the **trigeminal nerve**, V, commands them [23].
# Four are primary; accessory ones, such as the digastric, help.

# %%
from fer_utils.course.chapter_02 import muscle_map
from fer_utils.course.chapter_02 import muscles as anatomy
from fer_utils.text import table

course.show(*muscle_map.muscle_map())

# %% [markdown]
# On the right lie the muscles just under the skin, on the left the deeper ones; the pterygoids are behind the bone of
# the jaw. One muscle belongs to neither family: the *levator palpebrae superioris*, which nerve III commands. The table
# says what each muscle does, and in which of the expressions below it pulls. The column *units* names its movements by
# codes such as AU12; a later section explains them.

# %%
course.say(table(["muscle", "group", "what it does", "nerve, branch", "units", "pulls in"], anatomy.muscle_rows()))
course.show(*muscle_map.nerve_tree())

# %% [markdown]
# Both nerves fan out from before the ear. VII has five branches, and each serves certain muscles. V has three: all feel
# the skin, and the mandibular one also moves. People differ in where branches run and overlap.
#
# ### Under the skin
#
# Now go below the drawn skin. *Depth* runs from skin to nerves; fibres shorten because the skin they are fixed to
# moves, and turn red where they pull. Left and right are the *person's* own: their left is on the right of the picture.
# A small network, trained on drawn faces, reads the same face.
#
# **Predict, cut, explain.** Which fibres pull when a polite smile comes and goes? Cut *all of VII* on one side, and
# make the smile weaker: what does the network call half a smile? Which branch alone takes the smile away?

# %%
from fer_utils.course.chapter_02.explore_anatomy import explore_anatomy
from fer_utils.edge.litert import load_litert

net = load_litert("squeezenet-mini")
explore_anatomy(net)

# %% [markdown]
# Let a smile become weaker, step by step. At which strength does the network first miss it when one half is cut?

# %%
from fer_utils import EMOTIONS

half = muscle_map.half_a_smile(net)
course.show(*muscle_map.before_and_after(net, half["strength"]))
course.say(muscle_map.half_told(half))
assert half["whole"].argmax() == EMOTIONS.index("happiness") and half["half"][3] <= half["whole"][3]

# %% [markdown]
# The person means the same smile, and half of it is there. But the network has no class for *half a smile*: it names
# the nearest of the looks that it learned. No single branch takes the smile away in this model, since two serve its
# muscle, the *zygomaticus major*.

# %%
for branch in ("zygomatic", "buccal", "cervical"):
    left = anatomy.after_cut({"AU12": 1.0}, {("L", branch)})
    print(f"{branch} cut on the left: {left}")
assert anatomy.after_cut({"AU12": 1.0}, muscle_map.failing("L")) == {"AU12R": 1.0}

# %% [markdown]
# ### Action units
#
# What one muscle, or a few together, do to the look of a face is an **action unit** (AU). The Facial Action Coding
# System, FACS, lists them, so that a face can be written down as a tune is [2]. Its coders grade strength from A, a
# trace, over B, slight, C, marked, and D, severe, to E, the maximum; we write a number from 0 to 1. Not drawn here are
# AU8, AU11 (the *zygomaticus minor*), AU19, AU22, AU28 to AU30, AU32 to AU37, AU41 to AU46 but for AU43, and turns of
# the head. Who commands the others?

# %%
from collections import Counter

from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, without_nerve

print(Counter(unit.nerve for unit in ACTION_UNITS.values()))
jaw = [code for code, unit in ACTION_UNITS.items() if unit.nerve == "V"]
print("nerve V:", {code: ACTION_UNITS[code].name for code in jaw})
assert not any(ACTION_UNITS[code].sided for code in jaw)

# %% [markdown]
# Nearly all belong to VII. Those of V move the jaw, here as one; real pterygoids also push it sideways (AU30), and the
# rear belly of the digastric, which helps to open it, obeys VII. The rest move the eyes and the lid. To *close* an eye
# two nerves work: VII tightens the ring around it, and III lets the levator relax [42]. So where VII fails the lid
# still comes down a part of its way [43]; we draw half.

# %% [markdown]
# ## The six expressions
#
# Table 3.1 of the thesis describes each class in words. `EXPRESSIONS` translates it, phrase by phrase, into action
# units with intensities from 0 to 1.

# %%
from IPython.display import HTML

from fer_utils.course.chapter_02 import figures

HTML(figures.table_3_1())

# %% [markdown]
# Four phrases are not drawn, or not wholly. Relaxed eyebrows look like eyebrows at rest. An unfocused gaze would need
# eyes that turn apart. A tense jaw and an opened mouth exclude each other, and the thesis says *or*. A pale face is no
# movement. The last column also names what we added.

# %% [markdown]
# Fear and surprise both lift the brows and open the eyes. Only fear also draws the brows together (AU4) and the lips
# sideways (AU20); only surprise drops the jaw wide (AU27).

# %%
fear, surprise = set(EXPRESSIONS["fear"]), set(EXPRESSIONS["surprise"])
print("both:", sorted(fear & surprise))
print("fear only:", sorted(fear - surprise), " surprise only:", sorted(surprise - fear))
assert {"AU4", "AU20"} <= fear - surprise and "AU27" in surprise - fear
course.show(*figures.portraits({name: EXPRESSIONS[name] for name in ("fear", "surprise")}))

# %% [markdown]
# ### The face laboratory
#
# A slider for every unit, by region; presets for the classes; buttons for the side that the sliders move. Below stand
# the network's reading and the muscles at work.
#
# **Predict, move, explain.** Set *happiness*, then take away AU6, the cheek raiser. Does the
# network care? Then move AU12 on one side only. Which unit turns fear into surprise for the network?

# %%
from fer_utils.course.chapter_02 import face_laboratory

face_laboratory.explore_face(net)

# %% [markdown]
# Compare with what this network says:

# %%
course.say(face_laboratory.answers(net))

# %% [markdown]
# It learned from drawings by a rule that fixes which units go together; on faces that mix them otherwise its answers
# are guesses, however sure they look.

# %% [markdown]
# ### Exercise 1: which muscles make this face?
#
# Four faces, each made by one or two action units. Find them; the laboratory helps. For each letter return a set of
# codes, such as `{"AU4", "AU43L"}`; an L or R at the end says that only this side moves, the person's own left or
# right.

# %%
from fer_utils.course.chapter_02 import checks

course.show(*figures.riddles(checks.RIDDLES))

# %% tags=["exercise"]
def muscles(face):
    ...

# %% tags=["solution"]
def muscles(face):
    return {"A": {"AU1", "AU2"}, "B": {"AU9"}, "C": {"AU12L"}, "D": {"AU15", "AU17"}}[face]

# %% tags=["check"]
checks.check_muscles(muscles)

# %% [markdown]
# ## Commanded and uncommanded expressions
#
# The orders come on two ways. *Voluntary* ones (smile, please) come from the motor cortex and areas beside it. For
# *involuntary* ones (a joke) areas in the cingulate cortex matter, deep between the halves of the brain, which hear
# from the limbic system of chapter 01. At least five areas in each half take part [44]. The ways can fail apart: some
# patients cannot smile on request yet smile at a joke, with others it is the other way round [4]. Only a felt smile,
# Duchenne thought, lifts the cheeks [5].

# %%
smiles = {"polite: AU12": {"AU12": 0.9}, "Duchenne: AU12, AU6": {"AU12": 0.9, "AU6": 0.9}}
course.show(*figures.portraits(smiles))

# %% [markdown]
# It is a matter of degree: many people can make a Duchenne smile on request [6].
#
# With voluntary expressions we modify what others see, and sometimes deceive *ourselves*, to cope with stress [3]; one
# theory says that who believes his own smile deceives others better [7]. In a test by many laboratories, copying a
# smile lifted the mood, a little [8].

# %% [markdown]
# ## Microexpressions
#
# What if the two commands disagree? Ekman and Friesen filmed an interview with a psychiatric patient who hid distress
# behind optimism and self-control. They, and the interviewer, noticed brief expressions and gestures that did not fit.
# At the end the patient broke down, cried and admitted to not being well [9]. Such **microexpressions** are involuntary
# and gone in less than half a second [10].

# %% [markdown]
# Doctors might so understand patients who cannot or will not speak, police might find lies, anybody who works face to
# face might train [11]. The evidence is thinner. When people hid or feigned feelings, about 2 % of their expressions
# held a microexpression, never of the whole face, and sincere faces had them, too [12]. Training did not help to detect
# lies [13].
#
# **Think first.** One liar in five shows a microexpression, and so does one honest person in five. You see one. What do
# you know?

# %% [markdown] tags=["answer"]
# Nothing about lying: hit rate and false alarms are equal, as in chapter 01.

# %% [markdown]
# ### Your own threshold
#
# How brief is too brief for you? Experiments flash a face, and ask. But a screen shows whole pictures only, 60 a second
# on most.

# %%
from fer_utils.course.chapter_02 import flash

for hertz in (60, 144):
    shown = [f"{ms} → {flash.shown_duration(ms, hertz):.1f}" for ms in flash.DURATIONS]
    print(f"{hertz} pictures a second:", ", ".join(shown), "ms")

# %% [markdown]
# So an experiment must report what was *really* shown. Results are drawn as a **psychometric curve**: right answers
# against duration. With six answers to choose from, a guesser is right in one of six trials, so the curve starts there:
#
# $$p(t) = c + (1 - c)\,\frac{1}{1 + (\theta / t)^{s}},$$
#
# with the time $t$ that the face is shown, the chance $c$ of a lucky guess, the threshold $\theta$ and the slope $s$.
# At the threshold the curve is halfway between guessing and certainty; the slope says how steeply it climbs there.
#
# ### Exercise 2: the psychometric function
#
# Write it. `shown` and `threshold` are in milliseconds.

# %% tags=["exercise"]
def right_answers(shown, threshold, slope, chance):
    ...

# %% tags=["solution"]
def right_answers(shown, threshold, slope, chance):
    return chance + (1 - chance) / (1 + (threshold / shown) ** slope)

# %% tags=["check"]
checks.check_psychometric(right_answers)

# %% [markdown]
# Here are the answers of an observer who **does not exist**: a computer drew them from the formula with a threshold of
# 70 ms, ten for each duration. The print shows what to expect.

# %%
from fer_utils.course.checks import yours

share = yours(right_answers, flash.psychometric)
print({ms: f"{share(ms, 70, 3, flash.CHANCE):.0%}" for ms in flash.DURATIONS})
times, right = flash.simulated_answers(threshold=70)
course.show(*flash.curve(times, right, "A simulated observer, no person"))
assert 50 < flash.fit_threshold(times, right) < 100

# %% [markdown]
# The fit nearly finds the threshold again. Now you. A neutral face changes for a moment and is neutral again, so that
# no afterimage helps. **Predict** your threshold first. (If flashing pictures are bad for you, leave this out.)

# %%
flash.explore_threshold()

# %% [markdown]
# Your browser timed each face by the pictures that the screen drew; your answers are stored nowhere. Press *Again*:
# practice helps in this task [11]. And remember what made it easy: you knew when and where a face would come,
# with one of six emotions at nearly full strength, and nobody was talking.

# %% [markdown]
# ## Are expressions universal?
#
# Darwin asked first, with methods that are still used: questions to observers around the world, infants, people born
# blind, people with mental illness, photographs shown for judgement [14, 15]. He concluded that the main expressions
# are the same everywhere. What came later:

# %%
from fer_utils.course.chapter_02 import studies

rows = [[name, *cells] for name, cells in studies.UNIVERSALITY.items()]
course.say(table(["study", "for universality", "limits"], rows))

# %% [markdown]
# Take the two judo studies side by side.

# %%
countries, athletes, gold, gold_smiling = 35, 84, 14, 13
print(f"Athens: {athletes} athletes from {countries} countries; {gold_smiling / gold:.0%} of gold medallists smiled")
duchenne = {"winners, study 1": 0.15, "winners, study 2": 0.21}
print("Duchenne smiles among other judo winners:", {name: f"{share:.0%}" for name, share in duchenne.items()})
assert gold_smiling / gold > 4 * max(duchenne.values())

# %% [markdown]
# **Judge.** Same sport, same joy. Athens was photographed right after the match for a medal. The other study coded
# films, counted Duchenne smiles alone, and set moments with an audience apart; in those winners smiled. You may quote
# one of the two for the sentence "joy shows as a smile". Which one, and what do you write beside it?

# %% [markdown] tags=["rubric"]
# A good answer
#
# - sees that both can be right: they took different moments and different smiles, and what one samples decides what one
#   finds;
# - says what each counted: any smile in one moment, or Duchenne smiles over time;
# - names the audience as a rival explanation: the smile may be *to somebody* rather than *of* joy;
# - notices how few people were counted (14 gold medals), and that judo winners are not everybody;
# - quotes with the limit in the same sentence, or leaves the sentence out.

# %% [markdown]
# People also *look* differently: Western observers spread their glances over a face, East Asian ones dwell on the eyes,
# and confuse fear with surprise and disgust with anger, whose eyes are alike [24]. Barrett and others reviewed the
# field: people do smile in joy and scowl in anger more often than by chance, but one emotion is shown in many ways, and
# one face serves many emotions [25]. The thesis, too, ends in the middle: culture manages reactions, where it comes in
# time.

# %% [markdown]
# ## When nerve or movement fails
#
# In **Bell's palsy** nerve VII suddenly fails on one side, from forehead to chin. It is the most common paralysis of
# the face, and most people recover [26]. A stroke mostly spares the forehead, which both halves of the brain serve.
#
# ### Exercise 3: switch off a nerve
#
# Write what is left of a mixture when VII fails on `side`, "L" or "R". Keys such as `"AU12L"` name a side; units of the
# jaw, such as `"AU26"`, do not.

# %% tags=["exercise"]
def palsy(units, side):
    ...

# %% tags=["solution"]
def palsy(units, side):
    return {key: value for key, value in units.items()
            if not (key.endswith(side) and ACTION_UNITS[key[:-1]].nerve == "VII")}

# %% tags=["check"]
checks.check_palsy(palsy)

# %% [markdown]
# See it: one smile, written side by side, before and after. The person's left is on the right of the picture. (The
# package's `without_nerve` also takes keys without a side, such as `"AU12"`, and leaves a closing lid its half.)

# %%
fails = yours(palsy, lambda units, side: without_nerve(units, "VII", side))
smile = {"AU12L": 0.9, "AU12R": 0.9, "AU6L": 0.8, "AU6R": 0.8, "AU26": 0.3}
course.show(*figures.portraits({"healthy": smile, "VII fails on the left": fails(smile, "L")}))

# %% [markdown]
# Half a smile is left, and the jaw (nerve V) hangs as before. Which expressions depend least on VII?

# %%
from fer_utils.course.chapter_02 import patients

for emotion in EMOTIONS[:6]:
    print(f"{emotion:10} moved by other nerves: {', '.join(patients.other_nerves(emotion)) or 'nothing'}")

# %% [markdown]
# **Think first.** Which emotion will a network recognize best when half of the face does not move? And what will it
# call the others?

# %% [markdown] tags=["answer"]
# By the nerves, surprise: its widest signs, lids and jaw, are commanded by III and V. The others move towards a face at
# rest, which the network knows as *neutral*. The measurement follows.

# %% [markdown]
# **Parkinson's disease** makes movements rare, small and slow; in the face this is *hypomimia*, or masking [27]. People
# blink less, and the lids may stand wide open [42, 48]. Spontaneous expressions suffer more than posed ones, while
# feelings stay [47]; of posed ones studies disagree [48]. We draw one part of this: all intensities times 0.3.
#
# The people, poses and lights are the same under all three conditions. Chance draws twenty of them for each class,
# three times over, for the luck of one draw is large. (A draw starts from a number, its *seed*; another seed gives
# other people.) The network is one, trained on healthy faces. *Recall* is the share of a class's faces that it finds.

# %%
study = patients.measure(net)
course.show(*figures.recall_bars(study))

# %% [markdown]
# The thin lines are 95 % intervals for the luck of the people: with other people again and again, such an interval
# would hold the true share nineteen times in twenty. What they carry, with each person compared with themselves:

# %%
for condition in ("Bell's palsy", "hypomimia"):
    course.say(patients.told(study, condition))
    assert patients.called_neutral(study, condition) > patients.called_neutral(study, "healthy")
assert all(row["told"] != "better" for row in patients.losses(study, "hypomimia").values())

# %% [markdown]
# The network does not say "I cannot tell", it says *neutral*. People err likewise: health workers took patients with
# masked faces for less outgoing than they were [28]. How small may movements get?

# %%
amplitudes = (1.0, 0.7, 0.5, 0.3, 0.1)
hits, calm = [], []
for factor in amplitudes:
    change = lambda units, factor=factor: {code: value * factor for code, value in units.items()}
    by_class, share = patients.recalls(net, *patients.draw_patients(change, each=6))
    hits.append(by_class[:6].mean())
    calm.append(share)
course.show(*figures.amplitude_line(amplitudes, hits, calm))
assert hits[0] > hits[-1] + 0.3 and calm[-1] > calm[0] + 0.3

# %% [markdown]
# Recognition falls as movements shrink.
#
# **Predict, move, explain.** Below which strength does the network give up happiness? Earlier if one side is paralysed?
# Is it the same for surprise?

# %%
explore_anatomy(net, "happiness", depth=0)

# %% [markdown]
# One face, in steps of a tenth:

# %%
course.say(patients.give_up(net))

# %% [markdown]
# Mind what was measured: drawings, a small network, and each disease reduced to a number. Real faces also twitch, tire
# and compensate.

# %% [markdown]
# ## When perception changes
#
# Diseases also change how people read *others*. We do not simulate this: nobody knows how it looks from inside.

# %%
course.say(table(["condition", "what was found"], [[name, *cells] for name, cells in studies.PERCEPTION.items()]))

# %% [markdown]
# These are averages over groups; they diagnose nobody. Where a face shows little, or reads others badly, caregivers and
# family have it harder to understand.

# %% [markdown]
# ## What expressions do between people
#
# - **Mirroring.** We copy the faces we see, often unaware of it, which helps understanding [36]; friends more than
#   strangers or rivals [37].
# - **Vigilance.** A fearful face warns others. To make it widens one's field of view and the air flow through the nose
#   [38].
# - **Feedback.** Listeners answer with brows, smiles and nods while the other still speaks: a puzzled look asks for
#   more. When listeners were distracted, storytellers told their stories worse [39].
#
# In all three a face does something *to somebody*. Reading it is a skill that grows with practice [3].

# %% [markdown]
# > **Limits.** A face tells which muscles moved. With the situation and the person in mind one may guess more. Alone it
# > cannot tell what somebody feels, thinks or intends, whether they lie, or whether they are ill [25].
# >
# > **The law.** Article 5(1)(f) of the European Union's AI Act prohibits systems that infer the emotions of people at
# > work and in schools, except for medical or safety reasons [40]. Elsewhere such systems count as high-risk (annex
# > III), and people exposed to one must be told (article 50). One reason given is the weak science: expressions vary
# > with culture, situation and person.

# %% [markdown]
# ## What the thesis leaves open
#
# - **That microexpressions reveal the genuine state** (section 2.3.1) goes further than the studies [12, 13].
# - **That only mimetic muscles are attached to skin** (section 2.4): one of the palm is, too [41].
# - **Eyes "wide open"** (table 3.1) need the levator of the lid, which none of the groups in section 2.4 contains.
# - **"Asians"** (section 2.3.2): the study had thirty observers, half of them East Asian [21]; the finding on glances
#   stands in an earlier paper [24].
# - **That mimetic muscles start from bone** (section 2.4) does not hold for all, such as the risorius and the platysma.
# - **Depression lowers recognition of sadness** (section 2.5): a later meta-analysis did not find it [31].

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 01.

# %%
course.quiz("02_faces_and_muscles")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Muscles:* VII moves the mimetic muscles by five branches, V the jaw, III the lid; action units write it down.
# 2. *Two commands:* voluntary and involuntary ones take different ways; a microexpression is rare and no proof of a
#    lie.
# 3. *Threshold:* measured from right answers against the time really shown, above the level of guessing.
# 4. *Universality:* some agreement everywhere studied; display rules, audience and ways of looking change the rest.
# 5. *Failing movement:* weak faces are read as neutral; what other nerves command survives palsy.
#
# **Go further.** Sit before a mirror with the laboratory beside you. Which units can you move alone, and which only
# together?

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 2.3 to 2.6, 3.3.
# 2. P. Ekman, W. V. Friesen, J. C. Hager, *Facial Action Coding System*, second edition, 2002.
# 3. C. M. Klingner, O. Guntinas-Lichius, *Mimik und Emotion*, 2023, [doi](https://doi.org/10.1055/a-2003-5687).
# 4. H. C. Hopf and others, *Localization of emotional and volitional facial paresis*, 1992,
#    [doi](https://doi.org/10.1212/WNL.42.10.1918).
# 5. P. Ekman and others, *The Duchenne smile*, 1990, [doi](https://doi.org/10.1037/0022-3514.58.2.342).
# 6. S. D. Gunnery and others, *The deliberate Duchenne smile*, 2013, [doi](https://doi.org/10.1007/s10919-012-0139-4).
# 7. W. von Hippel, R. Trivers, *The evolution and psychology of self-deception*, 2011,
#    [doi](https://doi.org/10.1017/S0140525X10001354).
# 8. N. A. Coles and others, *A multi-lab test of the facial feedback hypothesis*, 2022,
#    [doi](https://doi.org/10.1038/s41562-022-01458-9).
# 9. P. Ekman, W. V. Friesen, *Nonverbal leakage and clues to deception*, 1969,
#    [doi](https://doi.org/10.1080/00332747.1969.11023575).
# 10. W.-J. Yan and others, *How fast are the leaked facial expressions*, 2013,
#     [doi](https://doi.org/10.1007/s10919-013-0159-8).
# 11. D. Matsumoto, H. S. Hwang, *Evidence for training the ability to read microexpressions of emotion*, 2011,
#     [doi](https://doi.org/10.1007/s11031-011-9212-2).
# 12. S. Porter, L. ten Brinke, *Reading between the lies*, 2008,
#     [doi](https://doi.org/10.1111/j.1467-9280.2008.02116.x).
# 13. S. Jordan and others, *A test of the micro-expressions training tool*, 2019,
#     [doi](https://doi.org/10.1002/jip.1532).
# 14. C. Darwin, *The Expression of the Emotions in Man and Animals*, 1872.
# 15. K. Wolf, *Measuring facial expression of emotion*, 2015, [doi](https://doi.org/10.31887/DCNS.2015.17.4/kwolf).
# 16. P. Ekman, W. V. Friesen, *Constants across cultures in the face and emotion*, 1971,
#     [doi](https://doi.org/10.1037/h0030377).
# 17. C. Crivelli and others, *The fear gasping face as a threat display in a Melanesian society*, 2016,
#     [doi](https://doi.org/10.1073/pnas.1611622113).
# 18. D. Matsumoto, B. Willingham, *The thrill of victory and the agony of defeat*, 2006,
#     [doi](https://doi.org/10.1037/0022-3514.91.3.568).
# 19. C. Crivelli and others, *Are smiles a sign of happiness?*, 2015,
#     [doi](https://doi.org/10.1016/j.evolhumbehav.2014.08.009).
# 20. W. V. Friesen, *Cultural differences in facial expressions in a social situation*, 1972; told in H. Hwang,
#     D. Matsumoto, 2015, [doi](https://doi.org/10.1007/978-81-322-1934-7_3).
# 21. R. E. Jack and others, *Facial expressions of emotion are not culturally universal*, 2012,
#     [doi](https://doi.org/10.1073/pnas.1200155109).
# 22. K. E. Westbrook and others, *Facial muscles*, [StatPearls](https://www.ncbi.nlm.nih.gov/books/NBK493209/).
# 23. H. Basit and others, *Mastication muscles*, [StatPearls](https://www.ncbi.nlm.nih.gov/books/NBK541027/).
# 24. R. E. Jack and others, *Cultural confusions show that facial expressions are not universal*, 2009,
#     [doi](https://doi.org/10.1016/j.cub.2009.07.051).
# 25. L. F. Barrett and others, *Emotional expressions reconsidered*, 2019,
#     [doi](https://doi.org/10.1177/1529100619832930).
# 26. E. Peitersen, *Bell's palsy: the spontaneous course*, 2002, [doi](https://doi.org/10.1080/000164802760370736).
# 27. M. T. M. Prenger and others, *Social symptoms of Parkinson's disease*, 2020,
#     [doi](https://doi.org/10.1155/2020/8846544).
# 28. L. Tickle-Degnen, K. D. Lyons, *Practitioners' impressions of patients with Parkinson's disease*, 2004,
#     [doi](https://doi.org/10.1016/S0277-9536%2803%2900213-2).
# 29. T. McLellan and others, *The recognition of facial expressions of emotion in Alzheimer's disease*, 2008,
#     [doi](https://doi.org/10.1111/j.1601-5215.2008.00315.x).
# 30. C. Bourke and others, *Processing of facial emotion expression in major depression*, 2010,
#     [doi](https://doi.org/10.3109/00048674.2010.496359).
# 31. M. N. Dalili and others, *Meta-analysis of emotion recognition deficits in major depressive disorder*, 2015,
#     [doi](https://doi.org/10.1017/S0033291714002591).
# 32. C. G. Kohler and others, *Facial emotion perception in schizophrenia*, 2010,
#     [doi](https://doi.org/10.1093/schbul/sbn192).
# 33. G. Domes and others, *Emotion recognition in borderline personality disorder*, 2009,
#     [doi](https://doi.org/10.1521/pedi.2009.23.1.6).
# 34. J. Cotter and others, *Social cognition in multiple sclerosis*, 2016,
#     [doi](https://doi.org/10.1212/WNL.0000000000003236).
# 35. E. Bora, N. Zorlu, *Social cognition in alcohol use disorder: a meta-analysis*, 2017,
#     [doi](https://doi.org/10.1111/add.13486).
# 36. C. Frith, *Role of facial expressions in social interactions*, 2009,
#     [doi](https://doi.org/10.1098/rstb.2009.0142).
# 37. U. Hess, A. Fischer, *Emotional mimicry as social regulation*, 2013,
#     [doi](https://doi.org/10.1177/1088868312472607).
# 38. J. M. Susskind and others, *Expressing fear enhances sensory acquisition*, 2008,
#     [doi](https://doi.org/10.1038/nn.2138).
# 39. J. B. Bavelas and others, *Listeners as co-narrators*, 2000, [doi](https://doi.org/10.1037/0022-3514.79.6.941).
# 40. Regulation (EU) 2024/1689 (AI Act), [articles 5 and 50, recital 44, annex
#     III](https://eur-lex.europa.eu/eli/reg/2024/1689/oj).
# 41. Elsevier Complete Anatomy, [Palmaris brevis
#     muscle](https://elsevier.com/resources/anatomy/muscular-system/muscles-of-upper-limb/palmaris-brevis-muscle/18491).
# 42. A. Esteban and others, *Eyelid movements in health and disease*, 2004,
#     [doi](https://doi.org/10.1016/j.neucli.2004.01.002).
# 43. F. VanderWerf and others, *Blink recovery in patients with Bell's palsy*, 2007,
#     [doi](https://doi.org/10.1167/iovs.06-0499).
# 44. R. M. Müri, *Cortical control of facial expression*, 2016, [doi](https://doi.org/10.1002/cne.23908).
# 45. U. Seidl and others, *Facial expression in Alzheimer's disease*, 2012,
#     [doi](https://doi.org/10.1177/1533317512440495).
# 46. M. Martinez and others, *Emotion detection deficits and decreased empathy in patients with Alzheimer's disease and
#     Parkinson's disease affect caregiver mood and burden*, 2018, [doi](https://doi.org/10.3389/fnagi.2018.00120).
# 47. M. C. Smith and others, *Spontaneous and posed facial expression in Parkinson's disease*, 1996,
#     [doi](https://doi.org/10.1017/S1355617700001454).
# 48. M. Bologna and others, *Facial bradykinesia*, 2013, [doi](https://doi.org/10.1136/jnnp-2012-303993).
#
# {{previous_next}}
