"""The shape of codes survives being stored, whatever the codes are, and a file cannot bring in a slow or broken one."""

from __future__ import annotations

import re

import pytest

from keywright.profiles.prints import plain
from keywright.profiles.profile import Profile, profile_from_json, profile_to_json
from keywright.profiles.shapes import shape_of

LONG = [
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    "a8098c1a-f86e-11da-bd1a-00112444be1e",
    "16fd2706-8baf-433b-82eb-8c7fada847da",
    "6fa459ea-ee8a-3ca4-894e-db77e160355e",
    "886313e1-3b8a-5372-9b90-0c9aee199e5d",
]


def test_a_profile_of_long_mixed_codes_can_be_read_back() -> None:
    shape = shape_of(LONG)

    assert re.fullmatch(shape, plain(LONG[0]))
    profile = Profile(shapes={"invoice_number": shape})
    assert profile_from_json(profile_to_json(profile)) == profile


@pytest.mark.parametrize("shape", [r"\d{1,99}\d{1,99}\d{1,99}x", r"\d{9,1}", "a{2}{3}", r"(\d{1,9}){1,9}", "a*"])
def test_a_file_with_a_slow_or_broken_shape_is_no_layout(shape: str) -> None:
    stored = {**profile_to_json(Profile()), "shapes": {"invoice_number": shape}}

    with pytest.raises(ValueError, match="not the shape"):
        profile_from_json(stored)
