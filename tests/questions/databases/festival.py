"""A music festival: bands, the people in them, records; abbreviated column names, a bridge with a period."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, sometimes


def make(rng: Random) -> Tables:
    labels: Rows = [
        (1, "Tin Roof Records", "Manchester", "United Kingdom", 1979), (2, "Polaris", "Stockholm", "Sweden", 1994), (3, "Black Pine", "Portland", "United States", 2003),
        (4, "Disques Lumière", "Paris", "France", 1968), (5, "Kasbah Sound", "Casablanca", "Morocco", 2010), (6, "Hafenklang", "Hamburg", "Germany", 1986),
        (7, "Moonlit Tapes", "Leeds", "United Kingdom", 2016), (8, "Big Sur Music", "Los Angeles", "United States", 1959),
    ]  # fmt: skip
    names = [
        "The Velvet Anchors", "Glass Harbour", "Nordlys", "Dust & Honey", "Paper Tigers Club", "Les Étoiles Perdues", "Copper Kettle", "Static Bloom",
        "The Midnight Ferries", "Sahara Drive", "Wolfgang and the Radios", "Cardinal Red", "Slow Comet", "Brass Monkeys Union", "Ivory Sirens", "Hollow Pines",
        "Electric Orchard", "The Quiet Riots", "Lighthouse Keepers", "Zebra Crossing", "Mono No Aware", "Rust Belt Choir", "Saint Cecilia", "Thunder Bay",
        "Salt Flats", "Kites", "Nine Lives Left", "The Tamarinds", "Fever Dolls", "Oslo Traffic",
    ]  # fmt: skip
    genres = {"rock": 8, "indie pop": 7, "folk": 5, "electronic": 5, "jazz": 3, "metal": 2}
    lands = {
        "United Kingdom": 9,
        "United States": 7,
        "Sweden": 4,
        "France": 3,
        "Germany": 3,
        "Norway": 2,
        "Japan": 1,
    }
    bands: Rows = []
    for number, name in enumerate(names, start=1):
        formed = rng.randint(1974, 2019)
        ended = min(2022, formed + rng.randint(6, 30)) if rng.random() < 0.23 and formed < 2010 else None
        bands.append((number, name, pick(rng, genres), pick(rng, lands), formed, ended))
    persons = people(rng, 118)
    musicians: Rows = [
        (700 + i, name, day(rng, "1950-01-01", "2000-12-31"), pick(rng, lands), pick(rng, {"f": 4, "m": 5}))
        for i, name in enumerate(persons)
    ]
    members: Rows = []
    free = list(range(700, 812))
    rng.shuffle(free)
    for band in bands:
        formed, ended = int(str(band[4])), band[5]
        for place, instrument in enumerate(
            ["vocals", "guitar", "bass", "drums", "keyboards", "trumpet"][: rng.randint(3, 6)]
        ):
            person = free.pop() if free and rng.random() < 0.85 else rng.randrange(700, 812)
            since = formed if place < 2 else formed + rng.randint(0, 5)
            left = ended or sometimes(rng, 0.75, min(2023, since + rng.randint(1, 9)))
            members.append((band[0], person, instrument, since, left))
    adjectives = [
        "Lost",
        "Neon",
        "Northern",
        "Paper",
        "Burning",
        "Hidden",
        "Small",
        "Endless",
        "Wild",
        "Second",
    ]
    nouns = [
        "Rivers",
        "Skyline",
        "Summer",
        "Letters",
        "Hours",
        "Gardens",
        "Machines",
        "Weather",
        "Ghosts",
        "Roads",
    ]
    titles = rng.sample([f"{a} {b}" for a in adjectives for b in nouns], 90)
    albums: Rows = []
    songs: Rows = []
    words = [
        "Run",
        "Home",
        "Fire",
        "Tonight",
        "Stay",
        "Blue",
        "Echo",
        "Wait",
        "Sunday",
        "Ocean",
        "Alone",
        "Dancing",
        "Falling",
        "Stars",
        "Rain",
        "Gold",
    ]
    parts = [
        "Away",
        "Again",
        "for You",
        "in the Dark",
        "No More",
        "and Go",
        "Forever",
        "on the Line",
        "After All",
        "with Me",
    ]
    pool = rng.sample([f"{a} {b}" for a in words for b in parts], 160)
    for band in bands[:28]:
        formed, ended = int(str(band[4])), int(str(band[5] or 2024))
        for _ in range(rng.choice([1, 2, 2, 3, 3, 4])):
            number = len(albums) + 1
            out = dt.date(
                rng.randint(formed + 1, max(formed + 1, min(ended, 2023))),
                rng.randint(1, 12),
                rng.randint(1, 28),
            )
            label = sometimes(rng, 0.12, rng.choice([1, 1, 2, 2, 3, 4, 6, 6, 7, 8]))
            sold = sometimes(rng, 0.06, int(money(rng, 900, 1_900_000)))
            albums.append((number, titles[number - 1], band[0], label, out, sold))
            for track in range(1, rng.randint(4, 9)):
                title = (
                    pool[(len(songs) * 7) % 160] if track > 1 or rng.random() < 0.8 else titles[number - 1]
                )
                songs.append(
                    (
                        len(songs) + 1,
                        number,
                        track,
                        title,
                        rng.randint(118, 540),
                        sometimes(rng, 0.2, int(2000 + 9e7 * rng.random() ** 5)),
                    )
                )
    stages: Rows = [("MAIN", "Sunrise Stage", 32000, 1), ("WOOD", "Woodland Stage", 8500, 0), ("TENT", "The Big Top", 6200, 1), ("LAKE", "Lakeside", 4100, 0),
                    ("CLUB", "Night Shed", 1500, 1), ("KIDS", "Little Meadow", 900, 0)]  # fmt: skip
    gigs: Rows = []
    for year, start in (
        (2021, dt.date(2021, 7, 15)),
        (2022, dt.date(2022, 7, 14)),
        (2023, dt.date(2023, 7, 13)),
    ):
        playing = [band for band in bands[:27] if not band[5] or int(str(band[5])) >= year]
        for band in rng.sample(playing, 21):
            stage = rng.choice(stages[:5])
            begins = dt.datetime.combine(
                start + dt.timedelta(days=rng.randint(0, 3)),
                dt.time(rng.randint(12, 23), rng.choice([0, 15, 30, 45])),
            )
            crowd = sometimes(rng, 0.08, int(int(str(stage[2])) * rng.uniform(0.2, 0.98)))
            gigs.append(
                (
                    len(gigs) + 1,
                    band[0],
                    stage[0],
                    begins,
                    rng.choice([40, 45, 60, 75, 90]),
                    round(money(rng, 1500, 180_000), 2),
                    crowd,
                )
            )
    awards: Rows = []
    for year in range(2012, 2024):
        for title in ("Album of the Year", "Best Debut", "Critics' Prize"):
            done = [album for album in albums if isinstance(album[4], dt.date) and album[4].year <= year]
            if rng.random() < 0.85:
                awards.append(
                    (
                        len(awards) + 1,
                        title,
                        year,
                        rng.choice(done)[0],
                        rng.choice(["Meridian Awards", "Golden Ear", "Night of Sound"]),
                    )
                )
    return {
        "labels": ("label_id label_name city country founded", labels),
        "bands": ("band_id band_name genre country formed_yr disbanded_yr", bands),
        "musicians": ("mus_id full_name birth_date country gender", musicians),
        "band_members": ("band_id mus_id instrument from_yr to_yr", members),
        "albums": ("album_id title band_id label_id release_dt copies_sold", albums),
        "songs": ("song_id album_id track_no song_title length_sec streams", songs),
        "stages": ("stage_cd stage_name max_crowd covered", stages),
        "performances": ("perf_id band_id stage_cd starts_at minutes fee_eur crowd_est", gigs),
        "album_awards": ("award_id award_name award_yr album_id ceremony", awards),
    }
