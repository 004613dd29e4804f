"""Words for what a photograph shows: `python -m training.sight.concepts WORDNET OUT`.

WORDNET is the folder of WordNet 3.0's database (Debian's wordnet-base: /usr/share/wordnet); OUT is
the table that `rag.models.seeing.photographs` reads: a concept a line, narrow ones first, the
classes of ImageNet that it covers and its words.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from timm.data import ImageNetInfo

CLASSES: Final = 1000
UNSURE: Final = frozenset(
    {111, 398, 409, 419, 446, 456, 506, 530, 549, 559, 600, 602, 644, 688, 729, 741, 761, 769}
    | {772, 778, 782, 798, 810, 823, 851, 872, 878, 892, 916, 917, 918, 921, 922}
)
"""Classes with a chance of .1 and more on two or more of 285 charts, drawings and papers: web site,
menu, clocks, envelope, crossword puzzle, hook, oscilloscope, rule and the like."""

MAX_WORDS: Final = 3
"""Words of a concept: the first that WordNet names are the commonest."""

WIDE: Final = frozenset(
    "abstraction adhesive agent anapsid area armor article artifact attire attribute barrier "
    "bovid canine carnivore cartilage cartilaginous_fish causal_agent causal_agency charity "
    "chordate coelenterate cognition commodity communication condiment container conveyance "
    "course covering craft crustacean cutter decapod_crustacean device diapsid durables "
    "echinoderm entity equipment establishment event fastener feline fluid foodstuff framework "
    "furnishing gallinaceous_bird game garment gastropod good group housing implement "
    "ingredient instrument instrumentality invertebrate lagomorph liquid living_thing "
    "lepidopterous_insect machine matter measure mechanism mollusk musteline_mammal "
    "neckwear nutriment object obstruction organism oscine part passerine peripheral "
    "person placental primate produce psychological_feature relation restraint rodent "
    "ruminant saurian self-propelled_vehicle signal solid starches stick structure substance "
    "support surface system tableware thing toiletry top tracked_vehicle ungulate unit "
    "vertebrate vessel ware way whole woodwind arthropod arachnid drug drug_of_abuse "
    "domestic_animal source_of_illumination measuring_instrument".split()
)
"""First words of concepts that nobody asks a photograph for: too wide, or a biologist's."""


COMMON: Final = frozenset(
    "dog cat hound terrier shepherd sheepdog setter spaniel retriever bear fox wolf elephant "
    "crane lizard monster crocodile alligator chameleon deerhound wolfhound mastiff corgi cow "
    "crab lobster grey pointer cart apple hat coat oven helmet horn clock bulldog husky "
    "malamute crested swift blackbird cuckoo parrot".split()
)
"""Second words of names that are nobody's Latin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synset:
    """A concept of WordNet: its words, and the concepts that it is a kind of."""

    words: tuple[str, ...]
    parents: tuple[str, ...]


def main() -> None:
    arguments = _arguments()
    nouns = read_nouns(arguments.wordnet / "data.noun")
    told = counted(arguments.wordnet)
    table = lines(nouns, told, leaves())
    arguments.out.write_text("".join(f"{line}\n" for line in table), encoding="utf-8")


def read_nouns(path: Path) -> dict[str, Synset]:
    """Return the concepts by their place in the file (wndb(5WN))."""
    with path.open(encoding="ascii") as file:
        rows = [line.split(" | ")[0].split() for line in file if not line.startswith(" ")]
    return {row[0]: _synset(row) for row in rows}


def _synset(row: list[str]) -> Synset:
    count = int(row[3], 16)
    at = 4 + 2 * count
    pointers = [row[at + 1 + 4 * n : at + 5 + 4 * n] for n in range(int(row[at]))]
    parents = tuple(place for kind, place, part, _ in pointers if kind[0] == "@" and part == "n")
    return Synset(words=tuple(row[4:at:2]), parents=parents)


def counted(wordnet: Path) -> dict[tuple[str, str], int]:
    """Return how often each (word, concept) stands in the texts that WordNet's makers tagged."""
    places: dict[tuple[str, int], str] = {}
    for row in _rows(wordnet / "index.noun"):
        senses = row[6 + int(row[3]) :]
        places |= {(row[0], number): place for number, place in enumerate(senses, 1)}
    found = {}
    for key, number, count in _rows(wordnet / "cntlist.rev"):
        word, _, rest = key.partition("%")
        place = places.get((word, int(number)), "")
        if place and rest.startswith("1:"):  # a noun
            found[word, place] = int(count)
    return found


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="ascii") as file:
        yield from (line.split() for line in file if not line.startswith(" "))


def leaves() -> list[str]:
    """Return the place in WordNet of each class, in their order."""
    info = ImageNetInfo("imagenet-1k")
    return [info.index_to_label_name(number)[1:] for number in range(CLASSES)]


def lines(
    nouns: dict[str, Synset], told: dict[tuple[str, str], int], classes: list[str]
) -> list[str]:
    """Return the table: `151-268<TAB>dog`, concepts of fewest classes first."""
    covered: dict[str, set[int]] = defaultdict(set)
    for number, place in enumerate(classes):
        if number not in UNSURE:
            for above in _above(nouns, place):
                covered[above].add(number)
    senses = _best_senses(nouns, told, covered)
    rows: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for place, numbers in covered.items():
        words = _words(nouns[place], place, told, is_class=place in classes)
        rows[tuple(sorted(numbers))] += [
            word for word in words if senses[word] == place or place in classes
        ]
    ordered = sorted(rows.items(), key=lambda row: (len(row[0]), row[0]))
    return [f"{_ranges(numbers)}\t{_listed(words)}" for numbers, words in ordered if words]


def _above(nouns: dict[str, Synset], place: str) -> set[str]:
    """Return a concept and all that it is a kind of."""
    found, waiting = set(), [place]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += nouns[at].parents
    return found


def _best_senses(
    nouns: dict[str, Synset], told: dict[tuple[str, str], int], covered: dict[str, set[int]]
) -> dict[str, str]:
    """Return of each word the concept that it mostly means: the likelier, then the wider."""
    found: dict[str, tuple[tuple[int, int], str]] = {}
    for place, numbers in covered.items():
        for word in nouns[place].words:
            rank = (told.get((word.lower(), place), 0), len(numbers))
            if word not in found or rank > found[word][0]:
                found[word] = rank, place
    return {word: place for word, (_, place) in found.items()}


def _words(
    synset: Synset, place: str, told: dict[tuple[str, str], int], *, is_class: bool
) -> list[str]:
    """Return the words for a concept: of a class up to three, of a wider one the commonest."""
    first, *others = synset.words
    if first in WIDE:
        return []
    if is_class:
        return [first, *(word for word in others[: MAX_WORDS - 1] if not _is_latin(word))]
    used = max(synset.words, key=lambda word: told.get((word.lower(), place), 0))
    return [used] if told.get((used.lower(), place), 0) or "_" not in used else []


def _is_latin(word: str) -> bool:
    """Tell the names of biologists: "Gorilla_gorilla", but "German_shepherd" is none."""
    genus, _, species = word.partition("_")
    is_name = genus[:1].isupper() and genus[1:].islower() and species.islower()
    return is_name and species not in COMMON


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers in rising order as "1-3,7"."""
    ordered = list(numbers)
    breaks = [n for n, (a, b) in enumerate(pairwise(ordered), 1) if b != a + 1]
    spans = pairwise([0, *breaks, len(ordered)])
    runs = [(ordered[begin], ordered[end - 1]) for begin, end in spans]
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _listed(words: Iterable[str]) -> str:
    return ",".join(word.replace("_", " ") for word in dict.fromkeys(words))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Words for the classes of photographs.")
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
