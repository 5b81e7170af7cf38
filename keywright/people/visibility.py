"""The mask through which a person sees a case, by the person's rights."""

from __future__ import annotations

from keywright.model.fields import Extraction
from keywright.people.permissions import Rights
from keywright.privacy.masking import Mask, mask_of


def mask_for(rights: Rights, extraction: Extraction | None) -> Mask:
    """Return the mask through which a person sees a case: an empty one for people who may see personal data."""
    return mask_of(extraction, () if rights.personal else None)
