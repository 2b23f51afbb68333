"""Unicode's blocks."""

from __future__ import annotations

from itertools import pairwise

from gateway.core.unicode_blocks import BLOCKS


def test_blocks() -> None:
    assert BLOCKS["BasicLatin"] == ((0, 0x7F),)
    assert BLOCKS["Greek"] == BLOCKS["GreekandCoptic"] == ((0x370, 0x3FF),)
    assert BLOCKS["LowSurrogates"] == ()
    assert len(BLOCKS) > 300


def test_blocks_of_unicode_do_not_meet() -> None:
    ours = {"Greek", "CombiningMarksforSymbols", "PrivateUse", "Specials", "HighSurrogates", "HighPrivateUseSurrogates"}
    ranges = sorted(block for name, blocks in BLOCKS.items() for block in blocks if name not in ours)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))


def test_every_name_of_the_specification() -> None:
    """The blocks that XSD 1.0 Part 2 Appendix F.1.1 lists, spelled as there."""
    names = (
        "BasicLatin Latin-1Supplement LatinExtended-A LatinExtended-B IPAExtensions SpacingModifierLetters "
        "CombiningDiacriticalMarks Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati "
        "Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian HangulJamo Ethiopic Cherokee "
        "UnifiedCanadianAboriginalSyllabics Ogham Runic Khmer Mongolian LatinExtendedAdditional GreekExtended "
        "GeneralPunctuation SuperscriptsandSubscripts CurrencySymbols CombiningMarksforSymbols LetterlikeSymbols NumberForms "
        "Arrows MathematicalOperators MiscellaneousTechnical ControlPictures OpticalCharacterRecognition "
        "EnclosedAlphanumerics BoxDrawing BlockElements GeometricShapes MiscellaneousSymbols Dingbats BraillePatterns "
        "CJKRadicalsSupplement KangxiRadicals IdeographicDescriptionCharacters CJKSymbolsandPunctuation Hiragana Katakana "
        "Bopomofo HangulCompatibilityJamo Kanbun BopomofoExtended EnclosedCJKLettersandMonths CJKCompatibility "
        "CJKUnifiedIdeographsExtensionA CJKUnifiedIdeographs YiSyllables YiRadicals HangulSyllables PrivateUse "
        "CJKCompatibilityIdeographs AlphabeticPresentationForms ArabicPresentationForms-A CombiningHalfMarks "
        "CJKCompatibilityForms SmallFormVariants ArabicPresentationForms-B Specials HalfwidthandFullwidthForms OldItalic Gothic "
        "Deseret ByzantineMusicalSymbols MusicalSymbols MathematicalAlphanumericSymbols CJKUnifiedIdeographsExtensionB "
        "CJKCompatibilityIdeographsSupplement Tags"
    ).split()
    assert [name for name in names if name not in BLOCKS] == []
