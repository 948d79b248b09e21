"""What is invalid is said in one sentence that somebody can read, however much it is."""

from backcast.web.core.refusals import Fault, Invalid


def test_the_same_sentence_is_said_once():
    assert str(Invalid([Fault("a", "Empty."), Fault("b", "Empty."), Fault("c", "Too long.")])) == "Empty.; Too long."


def test_of_many_faults_the_first_are_said_and_all_are_kept():
    error = Invalid([Fault(str(n), f"Fault {n}.") for n in range(20_000)])
    assert str(error).endswith("Fault 19. (+19980)")
    assert len(error.faults) == 20_000
