"""What every test shares: the `real_data` mark, and a cache of its own for tests that load faces."""

import os

import pytest


def pytest_collection_modifyitems(items):
    if os.environ.get("FER2013_SOURCE"):
        return
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(pytest.mark.skip(reason="FER2013_SOURCE does not name the FER-2013 photographs"))


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """The folder of an empty cache; no source is named."""
    monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FER2013_SOURCE", raising=False)
    return tmp_path / "cache"
