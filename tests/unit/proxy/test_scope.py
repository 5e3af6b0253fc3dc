"""Who is decrypted: by rules, and not where clients refuse our certificate."""

from filterproxy.proxy.scope import Patience, Reach, Scope
from filterproxy.report.events import Kind

HOURS = 3600.0


class Clock:
    """Seconds that a test lets go by."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def make(reach: Reach = Reach.RULES, patience: Patience | None = None) -> tuple[Scope, Clock]:
    clock = Clock()
    return Scope(reach, lambda host: host.lower().endswith("news.example"), patience, clock), clock


def test_only_hosts_with_rules_are_read_unless_all_are() -> None:
    scope, _ = make()
    assert [scope.covers(host) for host in ("news.example", "other.example", "")] == [True, False, False]
    scope, _ = make(Reach.ALL)
    assert [scope.covers(host) for host in ("news.example", "other.example", "")] == [True, True, False]


def test_nothing_is_handed_through_while_no_client_trusts_the_ca() -> None:
    scope, _ = make()
    assert {scope.refused("news.example") for _ in range(10)} == {Kind.CA_NOT_TRUSTED}
    assert scope.decrypts("news.example")


def test_three_refusals_hand_a_host_through_for_ten_minutes() -> None:
    scope, clock = make()
    scope.accepted("www.news.example")
    kinds = [scope.refused("app.news.example") for _ in range(3)]
    assert kinds == [Kind.CERTIFICATE_REFUSED, Kind.CERTIFICATE_REFUSED, Kind.HOST_PASSED_THROUGH]
    assert not scope.decrypts("APP.news.example.")
    assert scope.decrypts("www.news.example")
    clock.now = 599.0
    assert not scope.decrypts("app.news.example")
    clock.now = 601.0
    assert scope.decrypts("app.news.example")
    assert scope.refused("app.news.example") is Kind.CERTIFICATE_REFUSED  # it counts from one again


def test_refusals_long_apart_do_not_count_together() -> None:
    scope, clock = make()
    scope.accepted("www.news.example")
    for _ in range(6):
        assert scope.refused("app.news.example") is Kind.CERTIFICATE_REFUSED
        clock.now += HOURS / 10


def test_a_host_that_was_read_is_never_handed_through() -> None:
    scope, _ = make()
    scope.accepted("www.news.example")
    assert {scope.refused("www.news.example") for _ in range(10)} == {Kind.CERTIFICATE_REFUSED}
    assert scope.decrypts("www.news.example")


def test_only_so_many_hosts_are_remembered() -> None:
    scope, _ = make(patience=Patience(hosts=10))
    scope.accepted("www.news.example")
    for number in range(100):
        for _ in range(3):
            scope.refused(f"h{number}.news.example")
        scope.refused(f"i{number}.news.example")
    assert max(len(table) for table in (scope._refused, scope._through, scope._read)) == 10
    assert scope.decrypts("h0.news.example")
    assert not scope.decrypts("h99.news.example")
