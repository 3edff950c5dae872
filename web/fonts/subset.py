"""Cuts the fonts of the first view out of Source Sans 3 and Source Serif 4.

    apt-get install fonttools python3-brotli     (made with fonttools 4.38)
    /usr/bin/python3 web/fonts/subset.py

The sources are the files that Fontsource publishes: Latin in source/, Latin
Extended beside this script. Their licence (OFL 1.1, LICENSE-*.txt) lets anyone
change and pass on the fonts, but reserves the name "Source" for the unchanged
ones. So what is cut here is called Peerscape Sans and Peerscape Serif, in the
files, their names and the style sheet. The files in use as they came keep the
name Source.

Kept are the letters of English, Finnish, German and Spanish (latin) and what
Polish needs beyond them (pl), ligatures, kerning, the forms that languages ask
for, and tabular figures, which is all that the style sheet uses. A letter added
here is added to unicode-range in web/css/tokens.css, and taken out of the
range of Latin Extended there.
"""

import pathlib

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
FEATURES = ["kern", "liga", "locl", "tnum"]
LATIN = [
    *range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2BB, 0x2BC, 0x2C6, 0x2DA, 0x2DC,
    *range(0x2000, 0x2070), 0x20AC, 0x2122, 0x2191, 0x2193, 0x2212, 0x2215,
]
POLISH = [ord(c) for c in "ĄąĆćĘęŁłŃńŚśŹźŻż"]

CUTS = [
    ("source/source-sans-3-latin-wght-normal.woff2", "peerscape-sans-latin-wght.woff2", "Peerscape Sans", LATIN, FEATURES),
    ("source-sans-3-latin-ext-wght-normal.woff2", "peerscape-sans-pl-wght.woff2", "Peerscape Sans", POLISH, []),
    ("source/source-serif-4-latin-600-normal.woff2", "peerscape-serif-latin-600.woff2", "Peerscape Serif", LATIN, FEATURES),
    ("source-serif-4-latin-ext-600-normal.woff2", "peerscape-serif-pl-600.woff2", "Peerscape Serif", POLISH, []),
]


def rename(font, family, axes):
    """Puts family for every name that a reader could meet; copyright and axes stay."""
    table = font["name"]
    style = {1: family, 3: f"{family} subset", 4: family, 6: family.replace(" ", "")}
    table.names = [n for n in table.names if n.nameID in [0, *style, *axes]]
    for n in table.names:
        if n.nameID in style:
            n.string = style[n.nameID]
    table.setName("SIL Open Font License 1.1, https://openfontlicense.org", 13, 3, 1, 0x409)


def cut(source, family, letters, features):
    font = TTFont(HERE / source, recalcTimestamp=False)
    # The originals lack the narrow no-break space that groups digits.
    for table in font["cmap"].tables:
        if 0xA0 in table.cmap:
            table.cmap[0x202F] = table.cmap[0xA0]
    options = subset.Options()
    options.layout_features = features
    # Named styles are of no use in a page.
    options.drop_tables += ["STAT"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    axes = []
    if "fvar" in font:
        font["fvar"].instances = []
        axes = [a.axisNameID for a in font["fvar"].axes]
    rename(font, family, axes)
    font.flavor = "woff2"
    return font


for source, out, family, letters, features in CUTS:
    cut(source, family, letters, features).save(HERE / out)
    print(f"{(HERE / out).stat().st_size:6} bytes  {out}")
