"""What an operator looks at: channels, releases with verdicts, the latest delivery; and what it needs."""

from __future__ import annotations

import subprocess
import sys

from releases import NEW, NOW, OLD, Model, Shop

from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.evidence import read_evidence
from datacraft.delivery.gates import judge_release
from datacraft.delivery.overview import overview
from datacraft.delivery.verdicts import write_verdict
from datacraft.registry import Mandate
from datacraft.registry.channels import promote, read_pointer

GOOD = Model(wrong=frozenset(range(0, 240, 20)))

WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"scipy", "httpx", "apprise", "psutil", "tenacity", "optuna", "SALib"}:
            raise ImportError(name)
sys.meta_path.insert(0, Missing())
import datacraft.ui.releases.page
"""


def test_an_empty_registry_has_nothing(shop: Shop) -> None:
    found = overview(shop.store, NOW)
    assert (found.channels, found.releases, found.delivery) == ((), (), None)


def test_releases_come_with_their_verdicts_and_channels(shop: Shop) -> None:
    shop.publish(OLD, GOOD)
    shop.publish(NEW, GOOD)
    promote(shop.store, read_pointer(shop.store, "production"), OLD, Mandate("ada", "first", NOW))
    write_verdict(shop.store, judge_release(read_evidence(shop.store, NEW), DeliveryConfig().gates, NOW))
    newest, older = overview(shop.store, NOW).releases
    assert (newest.name, newest.channels, newest.gates is not None) == (NEW, (), True)
    assert (older.name, older.channels, older.gates) == (OLD, ("production",), None)


def test_what_serves_is_shown_however_old_it_is(shop: Shop) -> None:
    shop.publish(OLD, GOOD)
    shop.publish(NEW, GOOD)
    promote(shop.store, read_pointer(shop.store, "production"), OLD, Mandate("ada", "first", NOW))
    found = overview(shop.store, NOW, releases=1)
    assert [one.name for one in found.releases] == [NEW, OLD]


def test_a_damaged_release_or_verdict_is_shown_with_its_problem(shop: Shop) -> None:
    shop.publish(OLD, GOOD)
    shop.publish(NEW, GOOD)
    (shop.root / "models" / OLD / "best_model_metadata.json").write_text("{")
    (shop.root / "validations" / NEW).mkdir(parents=True)
    (shop.root / "validations" / NEW / "20260301T000000Z.json").write_text("[]")
    newest, older = overview(shop.store, NOW).releases
    assert newest.problem is not None
    assert older.metadata is None
    assert older.problem is not None


def test_the_page_needs_nothing_that_a_served_image_lacks() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
