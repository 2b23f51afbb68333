from hypothesis import given
from hypothesis import strategies as st

from gateway.schema.ir import AnyUse, Element, ElementUse, Group, NamespaceTest, Particle, Wildcard
from gateway.schema.passes import elements_of, gapless, may_be_empty, tidy, times, totals, wildcards_of


def use(name: str, low: int = 1, high: int | None = 1) -> ElementUse:
    return ElementUse(Element(name, "T"), low, high)


def test_a_group_of_its_own_kind_goes() -> None:
    inner = Group("sequence", (use("a"), use("b")))
    assert tidy(Group("sequence", (inner, use("c")))) == Group("sequence", (use("a"), use("b"), use("c")))
    optional = Group("choice", (use("a"), use("b")), 0)
    assert tidy(Group("choice", (optional, use("c")))) == Group("choice", (use("a"), use("b"), use("c")), 0)


def test_an_optional_sequence_stays() -> None:
    group = Group("sequence", (Group("sequence", (use("a"), use("b")), 0), use("c")))
    assert tidy(group) == group


def test_a_repeating_group_of_one_name_is_that_name_repeating() -> None:
    widened: list[Particle] = []
    assert tidy(Group("sequence", (use("a"),), 0, None), widened) == use("a", 0, None)
    assert widened == []
    assert tidy(Group("sequence", (use("a", 2, 2),), 0, 3), widened) == use("a", 0, 6)
    assert widened == [use("a", 2, 2)]


def test_a_repeating_group_of_one_wildcard_is_that_wildcard() -> None:
    wildcard = Wildcard(NamespaceTest("any"), "lax")
    assert tidy(Group("choice", (AnyUse(wildcard),), 0, None)) == AnyUse(wildcard, 0, None)


def test_two_places_of_one_name_that_repeat_together() -> None:
    assert tidy(Group("sequence", (use("a"), use("a", 0)), 1, 2)) == use("a", 1, 4)


def test_nillable_at_one_place_is_nillable() -> None:
    nil = ElementUse(Element("a", "T", nillable=True))
    assert elements_of(Group("sequence", (use("a"), nil)))["a"].nillable
    assert wildcards_of(use("a")) == ()


counts = st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 4))).map(
    lambda pair: (pair[0], None if pair[1] is None else max(pair))
)


@given(inner=counts, outer=counts)
def test_gapless_is_right(inner: tuple[int, int | None], outer: tuple[int, int | None]) -> None:
    """Told gapless, every count between the least and the greatest can be reached; told not, one cannot."""
    top = 40
    sums = {0} if outer[0] == 0 else set()
    most = outer[1] if outer[1] is not None else top
    for times_over in range(max(outer[0], 1), most + 1):
        low = inner[0] * times_over
        high = top if inner[1] is None else inner[1] * times_over
        sums |= set(range(low, min(high, top) + 1))
    least = inner[0] * outer[0]
    bound = times(inner[1], outer[1])
    greatest = top // 2 if bound is None else min(bound, top // 2)
    whole = all(count in sums for count in range(least, greatest + 1))
    if gapless(inner, outer):
        assert whole


def particles(names: str = "abc") -> st.SearchStrategy[Particle]:
    leaf = st.builds(use, st.sampled_from(names), st.just(0) | st.just(1), st.sampled_from([1, 2, None]))
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            Group,
            st.sampled_from(["sequence", "choice"]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
            st.just(0) | st.just(1),
            st.sampled_from([1, 2, None]),
        ),
        max_leaves=6,
    )


@given(particles())
def test_tidying_keeps_names_counts_and_emptiness(particle: Particle) -> None:
    tidied = tidy(particle)
    assert set(elements_of(tidied)) == set(elements_of(particle))
    assert totals(tidied) == totals(particle)
    assert may_be_empty(tidied) == may_be_empty(particle)
    assert tidy(tidied) == tidied
