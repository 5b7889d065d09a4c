"""The guard: what it flags in a reply, what it lets be, and what does not get round it.

The replies are written for the twelve invented scenarios (S01 to S12): for each what an analyst in
a hurry might ask, and how the same is asked well.
"""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_ui.work.guard import Rule, check, same_words
from inbox_ui.work.signposts import find_signpost, read_signposts
from inbox_ui.work.templates import asks, find_template, templates

TASKS = {
    "S01": (
        "Thank you. Can you get a copy of the vehicle checks he prints?",
        "Could you find out what Vee's real name is before your next shift?",
        "Keep an eye on DC Tait and let us know when he goes to Ashlock again.",
        "Next time, note the number of the car.",
    ),
    "S02": (
        "Please ask him who paid for Faro.",
        "Would you go back to the Blue Lantern and record the conversation?",
    ),
    "S03": (
        "Please download the overtime sheets for Q1 and Q2 as well.",
        "Can you check the system for the days he claimed?",
        "Get more documents about the driving school if you can.",
    ),
    "S04": (
        "Mia, could you keep talking to him, and take screenshots of every text?",
        "Try to get him to say it again.",
    ),
    "S05": ("Find out where he keeps it.", "Photograph the weapon when he is asleep."),
    "S06": (
        "Can you ask her whether he tracks the car?",
        "It would help if you could look at her phone.",
        "Please watch him when he collects the child.",
    ),
    "S07": (
        "Please send more screenshots of the chat.",
        "Stay in the group and keep a record of what they write.",
        "Ask your colleagues whether they saw it.",
    ),
    "S08": (
        "Allwch chi gael copi o'r fideo?",
        "Gofynnwch iddo pam y gwnaeth hynny.",
        "Tynnwch lun o'r neges.",
        "Cadwch lygad arno.",
        "Elli di ffeindio allan pwy arall oedd yno?",
        "Recordiwch y sgwrs nesaf.",
        "Anfonwch y fideo atom, os gwelwch yn dda.",
        "Anfonwch ragor o luniau sgrin.",
        "A oes gennych fwy o sgrinluniau?",
    ),
    "S09": ("Could you obtain the log of your 101 call?",),
    "S10": (
        "Can you look up which reports DS Lomond closed?",
        "Search the system for her brother-in-law's name.",
    ),
    "S11": ("Would you go and look at the locker at Greyfen station?", "Follow him to his car."),
    "S12": ("Please speak to him and make a note of what he says.",),
}
TELLS = {
    "S01": ("We already have other reports about DC Tait.", "You are not the first to tell us."),
    "S02": ("Nobody else has told us about Sgt Crane.", "This fits with what others have said."),
    "S03": ("We had heard of him before.", "An investigation into this officer is under way."),
    "S04": ("He has been reported before, so you're not alone in this.",),
    "S05": ("He is known to us.",),
    "S06": ("Someone else has also written about the PCSO.",),
    "S07": ("Three reports about Team C are with us.", "Your account matches what we hold."),
    "S08": (
        "Mae adroddiadau eraill amdano.",
        "Does neb arall wedi dweud hyn.",
        "Chi yw'r cyntaf i ddweud wrthym.",
        "Rydym eisoes yn gwybod amdano.",
    ),
    "S09": ("There are no complaints about him on file.",),
    "S10": ("Earlier reports about Ch Supt Greaves were lost.",),
    "S11": (
        "Another reporter named the same man.",
        "A second report from elsewhere agrees with you.",
        "Another person told us the same thing.",
        "Other officers have also written to us.",
    ),
    "S12": (
        "No one else has reported her.",
        "We have nothing on PC Marsh.",
        "We do not have any other complaints.",
        "We can confirm that she is under investigation.",
    ),
}
ASKS_WHO = (
    "What is your name?",
    "Mia, can you leave a phone number?",
    "Please send us your mobile number so that we can talk.",
    "Which team do you work in? Where do you work?",
    "Could we ring you on Tuesday?",
    "Please call us back on the line you rang before.",
    "Tell us who you are.",
    "How can we reach you?",
    "What is your rank and collar number?",
    "Would you meet us?",
    "We will call you on Monday.",
    "Beth yw eich enw?",
    "Rhowch eich rhif ffôn i ni, os gwelwch yn dda.",
    "Ffoniwch ni yfory.",
    "Pwy ydych chi?",
)
DOES_NOT_ASK_WHO = (
    "We do not want to know who you are.",
    "Please do not tell us your name.",
    "Never send us your phone number here.",
    "Do not call us about this from a work phone.",
    "We will not call you, and we cannot meet you.",
    "Did you ever give him your number?",
    "You can take your name back at any time.",
    "What is the name of the team?",
    "Which rank did he have?",
    "Peidiwch â rhoi eich enw i ni.",
)
FINE = {
    "S01": "How do you know about the money? Did you see it, or did somebody tell you?",
    "S02": "How did you find out about the holiday? Tell us only what you know already.",
    "S03": "Thank you for the files. Please do not open the system again or copy anything for us.",
    "S04": "He will not hear from us that it was you. You decide what happens next.",
    "S05": "If you are in danger now, call 999. We will not write anything that could harm you.",
    "S06": "When is it safe to look here again? You can take back her name at any time.",
    "S07": "Do you remember roughly when it was? A month is enough.",
    "S08": "Diolch. Sut ydych chi'n gwybod am hyn? Peidiwch â chasglu dim i ni.",
    "S09": "A complaint about service goes to the force. Was there a favour between the two men?",
    "S10": "Who must not see what you wrote? We will not pass it to that unit.",
    "S11": "What did the man's clothes look like, as far as you remember?",
    "S12": "We never say whether anyone has reported a person, or what we hold.",
}

PLAIN_TASKS = (
    "Any chance you can grab the sheet?",
    "Is there any chance of a copy?",
    "Tell us as soon as you hear.",
    "Let us know when he is next on duty.",
    "Write to us the moment you notice anything.",
    "Please keep us posted about him.",
    "Keep us informed.",
    "A copy would be very useful.",
    "It would help if we had the registration number.",
    "It'd be great if you got us the rota.",
    "We still need the list of names.",
    "Are you willing to take a look at his diary?",
    "Would you mind asking around?",
    "If you get the chance, see what is in the drawer.",
    "See whether he goes there again.",
    "Perhaps you could snap the board on your next shift.",
    "Send us the rota.",
    "Stay close to him.",
    "Keep your eyes open.",
    "Oes modd i chi gael gafael ar y daflen?",
    "Dywedwch wrthym cyn gynted ag y clywch.",
    "Rhowch wybod i ni pan fydd yn gweithio nesaf.",
    "Rhowch y newyddion diweddaraf i ni amdano.",
    "Byddai copi'n ddefnyddiol iawn.",
    "Byddai'n helpu pe bai'r rhif cofrestru gennym.",
    "Anfonwch y rota atom.",
    "Mae angen y rhestr arnom.",
    "Arhoswch yn agos ato.",
)
PLAIN_TELLS = (
    "Someone wrote to us about the same sergeant.",
    "Somebody rang us about him.",
    "Colleagues of yours have come to us too.",
    "Your account was confirmed by somebody else.",
    "What you say was backed up by another.",
    "It fits a pattern we have seen.",
    "This is part of a pattern.",
    "We have seen this before.",
    "That name has come up.",
    "His name came up last year.",
    "That name rings a bell.",
    "He is no stranger to us.",
    "We are not surprised.",
    "We've heard the same thing.",
    "We were told the same.",
    "We've been told that about him.",
    "She has form for this.",
    "He's got a history of it.",
    "You are one of several.",
    "We have more than one report.",
    "It is not an isolated case.",
    "We are looking into him.",
    "Ysgrifennodd rhywun atom am yr un rhingyll.",
    "Mae rhywun wedi dweud wrthym amdano.",
    "Cadarnhawyd eich hanes gan rywun arall.",
    "Mae'n rhan o batrwm.",
    "Mae'n cyd-fynd â phatrwm a welsom.",
    "Mae'r enw hwnnw wedi codi.",
    "Clywsom yr un peth.",
    "Rydym wedi clywed yr un peth.",
    "Mae ganddi hanes o wneud hyn.",
    "Rydych chi'n un o sawl un.",
)
PLAINLY_ASKS_WHO = (
    "Are you a police officer?",
    "Are you in the same team?",
    "Do you work there yourself?",
    "How long have you worked there?",
    "How long have you been in the force?",
    "When did you join?",
    "Which shift do you work on?",
    "What station are you based at?",
    "Were you on duty that night?",
    "Did you serve with him?",
    "Are you his sister?",
    "Were you one of his colleagues?",
    "What is your relationship to him?",
    "Are you related?",
    "Are you male or female?",
    "How old are you?",
    "What do you do for a living?",
    "Where are you based?",
    "Is he your husband?",
    "Ydych chi'n heddwas?",
    "Ydych chi'n gweithio yno?",
    "Ers faint ydych chi wedi gweithio yno?",
    "Ar ba shifft ydych chi'n gweithio?",
    "Oeddech chi ar ddyletswydd y noson honno?",
    "Ai chi yw ei chwaer?",
    "Ydych chi'n chwaer iddo?",
    "Ydych chi'n ddyn neu'n fenyw?",
    "Faint yw eich oed?",
    "Beth yw eich perthynas ag ef?",
    "Ai ef yw eich gŵr?",
)
ORDINARY = (
    "Did the same man come back?",
    "Did anyone say the same thing at the time?",
    "Roughly how many people were on the rota?",
    "Was the sergeant on duty that night?",
    "Which team do you mean?",
    "Which force do you think he works for?",
    "How long has this been going on?",
    "How long have you been worried about this?",
    "What was his relationship with her?",
    "Does he have a history of violence, as far as you know?",
    "Has he hurt her before?",
    "Did anything else come up in the conversation?",
    "Was his name mentioned in the chat?",
    "Do you know when the next time might be?",
    "Are you afraid of the sergeant?",
    "Are you safe at the moment?",
    "Are you a little safer now?",
    "Were you hurt?",
    "It would help to know whether you saw it yourself.",
    "Can you tell us roughly when it was?",
    "Did he say that he would do it again?",
    "Tell us if you feel unsafe.",
    "Tell us when it is safe to look here again.",
    "Please write to us as soon as you can if anyone is in danger.",
    "You do not need a copy, and we do not need proof.",
    "Was more than one person there?",
    "Was it confirmed by the sergeant?",
    "Was it a man or a woman?",
    "We have read your message and we have seen that you wrote in a hurry.",
    "We have seen your second message.",
    "Your account is enough as it is.",
    "Would you like us to leave anything out of what we pass on?",
    "Do you remember the colour of the car?",
    "Is there a person or a team that must not see this?",
    "Do not wait for him, and do not keep anything at work.",
    "The officer you named cannot see this.",
    "Take the time that you need.",
    "If you want to stop, you can stop at any time.",
    "Have you already told anyone about this?",
    "A rough number is enough, and a month is enough.",
    "Did you see what was in the envelope?",
    "Did somebody tell you about the money, or did you hear it?",
    "Ydych chi'n ddiogel ar hyn o bryd?",
    "Ydych chi'n ofni'r swyddog?",
    "Pa dîm ydych chi'n ei feddwl?",
    "Ers pryd mae hyn yn digwydd?",
    "Oes ganddo hanes o drais, hyd y gwyddoch?",
    "A ddaeth yr un dyn yn ôl?",
    "Ai dyn neu fenyw oedd y swyddog?",
    "A oedd y rhingyll ar ddyletswydd?",
    "Oes modd i chi ddweud pryd oedd hyn, yn fras?",
    "Dywedwch wrthym os ydych mewn perygl.",
    "Byddai mis yn ddigon.",
    "Nid oes angen copi arnom.",
    "Was he part of a larger group?",
    "May we ask about the car?",
    "People write to us from many forces.",
    "We are looking at what you wrote, and that takes time.",
    "Was it said by someone in that team?",
    "Do you have a chance to talk to somebody you trust?",
    "It would help if we could pass this on. May we?",
    "Please leave out your age.",
    "Which team do you have in mind?",
    "How long have you been in danger?",
    "How long were you in the house?",
    "Is he familiar to you?",
    "Keep in mind that her safety comes first.",
    "Did he ask for his next shift to be changed?",
    "You can always say no.",
    "Is it safe for your friend to look here?",
    "Gadewch allan eich oed.",
    "A oes rhywun wedi dweud hyn wrthych?",
    "Oedd mwy nag un person yno?",
    "Ydy eich perthynas yn ddiogel?",
)


def _rules(text: str) -> set[Rule]:
    return {each.rule for each in check(text)}


@pytest.mark.parametrize(
    ("scenario", "text"), [(each, text) for each, texts in TASKS.items() for text in texts]
)
def test_a_task_is_flagged(scenario: str, text: str) -> None:
    assert Rule.TASKING in _rules(text), scenario


@pytest.mark.parametrize(
    ("scenario", "text"), [(each, text) for each, texts in TELLS.items() for text in texts]
)
def test_what_says_that_a_report_exists_or_does_not_is_flagged(scenario: str, text: str) -> None:
    assert Rule.EXISTENCE in _rules(text), scenario


@pytest.mark.parametrize("text", PLAIN_TASKS)
def test_a_task_in_plain_words_is_flagged(text: str) -> None:
    assert Rule.TASKING in _rules(text)


@pytest.mark.parametrize("text", PLAIN_TELLS)
def test_a_plain_sentence_that_tells_of_a_report_is_flagged(text: str) -> None:
    assert Rule.EXISTENCE in _rules(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_reply_is_no_false_alarm(text: str) -> None:
    assert check(text) == ()


@pytest.mark.parametrize("text", [*ASKS_WHO, *PLAINLY_ASKS_WHO])
def test_a_question_for_who_the_reporter_is_is_flagged(text: str) -> None:
    assert Rule.IDENTITY in _rules(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK_WHO)
def test_a_warning_not_to_say_it_is_not_flagged(text: str) -> None:
    assert Rule.IDENTITY not in _rules(text)


@pytest.mark.parametrize(("scenario", "text"), FINE.items())
def test_what_is_asked_well_is_let_be(scenario: str, text: str) -> None:
    assert check(text) == (), scenario


def test_every_scenario_is_here() -> None:
    wanted = {f"S{number:02}" for number in range(1, 13)}
    assert set(TASKS) == set(TELLS) == set(FINE) == wanted


# -- what does not get round it -----------------------------------------------------------------

DISGUISES = [
    ("line breaks", "Please find\nout\r\nwho he is."),
    ("an empty line", "Please find\n\nout who he is."),
    ("case", "Please FIND oUt who he is."),
    ("spaces", "Please find   \t out who he is."),
    ("no-break spaces", "Please find\u00a0\u2003out who he is."),
    ("zero-width", "Please f\u200bi\u200cn\u200dd\ufeff \u2060out who he is."),
    ("soft hyphens", "Please fi\u00adnd o\u00adut who he is."),
    ("divided at the line's end", "Please pho-\ntograph it."),
    ("full width", "Please ｆｉｎｄ ｏｕｔ who he is."),
    ("turned round", "Please \u202efind out\u202c who he is."),
    ("accents", "Please fínd öut who he is."),
    ("combining marks", "Please fi\u0301nd ou\u0308t who he is."),
    ("mathematical letters", "Please 𝐟𝐢𝐧𝐝 𝐨𝐮𝐭 who he is."),
    ("marks between", "Please find, *out* who he is."),
    ("a hyphen", "Please find-out who he is."),
    ("a blank letter", "Please find\u3164 out who he is."),
    ("line separators", "Please find\u2028out who he is."),
    ("Welsh without its accents", "Cadwch lygad arno."),
]


@pytest.mark.parametrize(
    "text", [text for _, text in DISGUISES], ids=[name for name, _ in DISGUISES]
)
def test_no_disguise_hides_a_task(text: str) -> None:
    assert Rule.TASKING in _rules(text)


@pytest.mark.parametrize("mark", ["'", "’", "‘", "ʼ", "´", "＇", ""])
def test_no_kind_of_apostrophe_hides_what_is_told(mark: str) -> None:
    assert Rule.EXISTENCE in _rules(f"We{mark}ve already heard of him.")
    assert Rule.EXISTENCE in _rules(f"You{mark}re the first.")


def test_the_words_are_told_as_they_were_written() -> None:
    [found] = check("Thank you.\nPlease FIND\n  out who.")
    assert found.words == "Please FIND out"


@pytest.mark.parametrize(
    "text",
    [
        "Do not worry, find out who he is.",
        "Do not tell anyone but ask him.",
        "Never mind the rota and find out who he is.",
        "Don't hesitate to ask him.",
        "Why don't you ask him?",
        "Don't you want to find out who he is?",
        "Peidiwch â phoeni, ond gofynnwch iddo.",
        "We will be glad if you find out.",
        "We did well. Find out more.",
        "You did so well that you should ask him.",
    ],
)
def test_a_no_elsewhere_excuses_nothing(text: str) -> None:
    assert Rule.TASKING in _rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please do not look anything up or collect anything for us.",
        "You must not ask him, or search a system.",
        "We are not asking you to find out more.",
        "Never record a call for us.",
        "Please don’t photograph anything.",
        "We will find out what we can.",
    ],
)
def test_what_is_forbidden_or_ours_to_do_is_let_be(text: str) -> None:
    assert check(text) == ()


def test_a_silence_does_not_cover_what_is_told_beside_it() -> None:
    assert check("We cannot say whether there are other reports.") == ()
    told = "We cannot say who, but there are other reports."
    assert _rules(told) == {Rule.EXISTENCE}
    assert _rules("We cannot say more, we already have other reports.") == {Rule.EXISTENCE}


# -- what a force wrote -------------------------------------------------------------------------

QUESTION = (
    "Can the source state whether DC Tait met the male known as Vee at the Ashlock services on "
    "any date between the 3rd and the 9th of the month?"
)


@pytest.mark.parametrize(
    ("text", "binding"),
    [
        (QUESTION, True),
        (QUESTION.upper().replace(" ", "\n"), True),
        (f"A force asks: {QUESTION} Thank you.", True),
        ("Was it the male known as Vee at the Ashlock services?", False),
        ("Did DC Tait met the male known as Vee at the Ashlock services on any date?", True),
    ],
)
def test_a_force_s_own_words_are_flagged(text: str, binding: bool) -> None:
    found = [each for each in check(text, (QUESTION,)) if each.rule is Rule.COPIED]
    assert [each.binding for each in found] == [binding]


def test_the_same_in_words_of_ours_is_let_be() -> None:
    assert (
        check("As far as you know already, did the two men meet, and roughly when?", (QUESTION,))
        == ()
    )


def test_a_short_question_is_found_whole() -> None:
    [found] = check("Thanks. Who is Vee really? Bye.", ("Who is Vee really?",))
    assert (found.rule, found.binding) == (Rule.COPIED, True)
    assert check("Who is Vee?", ("Who?",)) == ()


# -- the wordings -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each.name for each in templates()])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_no_wording_of_ours_is_flagged(name: str, language: str) -> None:
    template = find_template(name)
    assert template is not None
    assert check(template.wording[language]) == ()
    assert template.wording[language].strip() == template.wording[language] != ""
    assert template.purpose
    assert asks(template.wording[language]) is template.asks


@pytest.mark.parametrize("signpost", [each.id for each in read_signposts()])
def test_no_message_of_a_signpost_is_flagged(signpost: str) -> None:
    found = find_signpost(signpost)
    assert found is not None
    assert {language: check(text) for language, text in found.messages.items()} == {
        "en": (),
        "cy": (),
    }


def test_the_welsh_wordings_say_that_they_are_to_be_reviewed() -> None:
    assert {each.reviewed["cy"] for each in templates()} == {"to be reviewed"}


def test_the_wordings_that_are_always_needed_are_there() -> None:
    needed = {"acknowledged", "nothing-to-share", "out-of-scope", "do-not-collect", "no-confirm"}
    silent = {each.name for each in templates() if not each.asks}
    assert needed <= silent


def test_a_wording_with_a_question_behind_it_asks() -> None:
    template = find_template("do-not-collect")
    assert template is not None
    assert asks(template.wording["en"] + "\n\nWho else was there?")
    assert not asks(template.wording["en"].replace("\n", " ").replace("'", "’"))


# -- whatever is typed --------------------------------------------------------------------------


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read(text: str) -> None:
    for each in check(text, (text,)):
        assert each.words
    assert same_words(text, text)


@given(st.text(string.punctuation.replace(".", "").replace("!", "").replace("?", "")
               .replace(":", "").replace(";", "").replace("'", "").replace("`", "") + " \n",
               min_size=1, max_size=6))  # fmt: skip
def test_what_stands_between_two_words_hides_nothing(between: str) -> None:
    assert Rule.TASKING in _rules(f"Please find{between}out who.")


@pytest.mark.parametrize(
    "text",
    ["can you " * 5_000, "find " * 8_000, "a" * 40_000, "😀" * 30_000, "\u200b" * 40_000,
     "do not " * 5_700, "can’t " * 6_600],
    ids=["can you", "find", "a", "emoji", "nothing", "do not", "can't"],
)  # fmt: skip
def test_the_longest_text_is_read(text: str) -> None:
    check(text, (text[:4_000],))
