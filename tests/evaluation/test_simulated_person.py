"""A simulated person, and a life with an application that learns by heart, or not at all."""

from dataclasses import dataclass

from ayllu.evaluation import EvalQuestion, Habits, Life, Opinion, Prediction, SimulatedPerson

QUESTIONS = [EvalQuestion(f"q{at}", f"When was house number {at} built?", [str(1700 + at)], {"d": 1}) for at in range(300)]
UNANSWERABLE = EvalQuestion("u", "Who owns it?", [], {}, impossible=True)


@dataclass
class Said:
    short: str
    abstained: bool = False

    @property
    def answer(self) -> str:
        return f"{self.short} [1]"


REFUSAL = Said("Nothing in the documents answers it.", abstained=True)


def opinions(person: SimulatedPerson, right: bool) -> list[Opinion]:
    return [person.judge(each, Said(each.answers[0] if right else "In spring")) for each in QUESTIONS]


def test_thumbs_follow_what_is_right_but_for_a_tenth() -> None:
    person = SimulatedPerson(seed=1)
    for right, share in ((True, 0.9), (False, 0.1)):
        up = sum(each.rating == "up" for each in opinions(person, right)) / 300
        assert abs(up - share) < 0.05
    assert opinions(person, True) == opinions(SimulatedPerson(seed=1), True) != opinions(SimulatedPerson(seed=2), True)


def test_only_wrong_answers_are_corrected_and_mostly_in_free_wording() -> None:
    person = SimulatedPerson(seed=1)
    assert all(each.correction is None for each in opinions(person, True))
    corrections = [(at, each.correction) for at, each in enumerate(opinions(person, False)) if each.correction is not None]
    assert abs(len(corrections) / 300 - 0.27) < 0.07  # three tenths of those that were rated down
    assert all(str(1700 + at) in text for at, text in corrections)
    free = sum(text != str(1700 + at) for at, text in corrections) / len(corrections)
    assert abs(free - 0.8) < 0.12


def test_refusals_are_judged() -> None:
    person = SimulatedPerson(seed=1, habits=Habits(mistakes=0.0))
    assert person.judge(UNANSWERABLE, REFUSAL) == Opinion("up", None, "right")
    assert person.judge(QUESTIONS[0], REFUSAL).abstention == "wrong"
    assert person.judge(UNANSWERABLE, Said("Ida Holm")) == Opinion("down")


def test_what_is_asked_again_is_in_other_words() -> None:
    person = SimulatedPerson(seed=1)
    again = {person.ask_again(QUESTIONS[7], time) for time in range(20)}
    assert len(again) > 2
    assert all(words.lower().endswith("was house number 7 constructed?") for words in again)
    assert "In what year was house number 7 constructed?" in again
    written = SimulatedPerson(wordings={QUESTIONS[7].question: ["Since when is there a number 7?"]})
    assert written.ask_again(QUESTIONS[7]) == "Since when is there a number 7?"
    nato = EvalQuestion("n", "NATO was founded when?", ["1949"], {"d": 1})
    assert "NATO was established when?" in person.ask_again(nato)


def test_a_person_who_tosses_coins_says_nothing_of_the_answers() -> None:
    person = SimulatedPerson(seed=1, habits=Habits(random=True))
    for right in (True, False):
        judged = opinions(person, right)
        assert abs(sum(each.rating == "up" for each in judged) / 300 - 0.5) < 0.1
        assert all(each.correction is None and each.abstention is None for each in judged)


class House:
    """Answers every third question rightly, and with a memory, what it was told since."""

    def __init__(self, remembers: bool) -> None:
        self._remembers = remembers
        self._last = ""
        self._learned: dict[str, str] = {}

    async def ask(self, question: str) -> Said:
        number = next(word for word in question.split() if word.isdigit())
        self._last = number
        right = str(1700 + int(number))
        return Said(right if number in self._learned or int(number) % 3 == 0 else "In spring")

    def tell(self, answer: object, opinion: Opinion) -> bool:
        if self._remembers and opinion.correction is not None:
            self._learned[self._last] = opinion.correction
        return opinion.correction is not None


async def test_a_life_shows_what_was_learnt_on_what_comes_again_and_nothing_where_nothing_is() -> None:
    last = {}
    for remembers in (False, True):
        life = Life(SimulatedPerson(seed=3), House(remembers), QUESTIONS[:150], QUESTIONS[200:], seed=4)
        milestones = [await life.live(events) for events in (0, 60, 120)]
        assert [milestone.events for milestone in milestones] == [0, 60, 120]
        assert milestones[0].again_right is None
        assert {round(milestone.new_right or 0, 2) for milestone in milestones} == {0.33}
        last[remembers] = milestones[-1]
    assert last[False].again_right == last[False].first_right == last[False].reworded_right
    assert last[True].again_right > last[True].first_right + 0.1
    assert last[True].reworded_right == last[True].again_right
    assert last[True].accepted_lost == 0.0
    assert 0.1 < last[True].used < 0.3


def test_a_short_answer_is_right_by_its_words_and_prose_where_it_contains_the_right_one() -> None:
    person, question = SimulatedPerson(), EvalQuestion("q", "When?", ["in 1887"], {"d": 1})
    sentence = "The mill by the river was opened to the people of the village in 1887, they say."
    assert person.is_right(question, Said("1887"))
    assert person.is_right(question, Said(sentence))
    quoted = Prediction("q", f"{sentence} [1]\n\n> Quoted.", sentence, "draft", False, [], [], [], 0.9)
    assert not person.is_right(question, quoted)
    long = EvalQuestion("l", "Why?", [f"{sentence} The miller wanted it so."], {"d": 1})
    assert person.is_right(long, Said("It was opened to the people of the village in 1887 by the miller"))
