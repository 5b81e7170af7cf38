"""Folds letters that look alike into one, so that a number or a name is the same in every script.

The table is made from the letters and digits of ``confusables.txt``, which belongs to Unicode Technical Standard 39,
that look like a Latin letter or a digit and are not already folded by Unicode's compatibility forms. Copyright ©
1991-2024 Unicode, Inc., used under the Unicode License v3 (https://www.unicode.org/license.txt).
"""

from __future__ import annotations

import unicodedata

LOOKS_LIKE = {
    "0": "ΟОՕ০ଠ୦ዐⲞⵔ〇ꓳ",
    "1": "ƖǀΙІӀ۱ᛁⲒⵏꓲ",
    "2": "ƧϨᒿꙄꛯꝚ",
    "3": "ƷȜЗӠⳌꝪꞫ",
    "4": "Ꮞ",
    "5": "Ƽ",
    "6": "бᏮⳒ",
    "8": "Ȣȣ৪੪",
    "9": "৭੧୨൭ⳊꝮ",
    "A": "ɑΑαАаᎪᗅꓮ",
    "B": "ƄΒВЬᏏᏴᑲᖯᗷꓐꞴ",
    "C": "СсᏟᴄⲤⲥꓚꮯ",
    "D": "ԁᎠᏧᑯᗞᗪꓒꓓ",
    "E": "ΕЕеҽᎬⴹꓰꬲ",
    "F": "ϜքᖴẝꓝꞘꞙꬵ",
    "G": "ƍɡԌցᏀᏳᶃꓖ",
    "H": "ΗНһհᎻᏂᕼⲎꓧ",
    "I": "ıɩɪιіӏᎥꙇꭵ",
    "J": "ͿϳЈјᎫᒍꓙꞲ",
    "K": "ΚКᏦᛕⲔꓗ",
    "L": "ᏞᒪⳐꓡ",
    "M": "ΜϺМᎷᗰᛖⲘꓟ",
    "N": "ΝոռⲚꓠ",
    "O": "οσоօ۵०੦૦௦౦೦ഠ൦๐໐ဝ၀ჿᴏᴑⲟꬽ",
    "P": "ΡρРрᏢᑭⲢⲣꓑ",
    "Q": "ԛգզⵕ",
    "R": "ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ",
    "S": "ƽЅѕՏᏕᏚꓢꜱꮪ",
    "T": "ΤТᎢⲦꓔ",
    "U": "ʋυՍսሀᑌᴜꓴꞟꭎꭒ",
    "V": "νѴѵ۷Ꮩᐯᴠⴸꓦꛟꮩ",
    "W": "ɯѡԜԝաᎳᏔᴡꓪꮃ",
    "X": "ΧХхᕁᕽᚷⲬⵝꓫꞳ",
    "Y": "ɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ",
    "Z": "ΖᏃᴢꓜꮓ",
}
"""For each Latin letter or digit, the letters of other scripts that look like it, in upper or in lower case."""

_FOLDED = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LATIN = {letter: latin for latin, letters in LOOKS_LIKE.items() for letter in letters}


def as_it_looks(text: str) -> str:
    """Return a text in upper case, without accents, and with one sign for all that look alike: 0 for O, 1 for I and l.

    Blanks and punctuation remain. ``"ІNV-O012"``, with a Cyrillic letter, and ``"lnv-0012"`` are both ``"1NV-0012"``.
    """
    plain = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    latin = (_LATIN.get(letter) or _LATIN.get(letter.upper()) or letter for letter in plain)
    return "".join(latin).upper().translate(_FOLDED)
