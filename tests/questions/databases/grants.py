"""Research grants: abbreviated tables, camelCase keys, two bridges with attributes, a topic below another."""

from __future__ import annotations

from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    institutes: Rows = [
        ("I01", "Aldermoor Institute of Technology", "university", "Aldermoor", "United Kingdom", 1871, 4200), ("I02", "Polar Research Centre", "research centre", "Tromso", "Norway", 1962, 310),
        ("I03", "Universität Rosenbach", "university", "Rosenbach", "Germany", 1694, 5900), ("I04", "Institut Marchand", "research centre", "Lille", "France", 1934, 780),
        ("I05", "Coastal Biology Station", "research centre", "Faro", "Portugal", 1988, 95), ("I06", "Universidad de Valmar", "university", "Valmar", "Spain", 1542, 3350),
        ("I07", "Kestrel Labs", "company", "Cambridge", "United Kingdom", 2009, 240), ("I08", "National Observatory", "research centre", "Utrecht", "Netherlands", 1851, 175),
        ("I09", "Turku Medical Academy", "university", "Turku", "Finland", 1920, 1480), ("I10", "Quantum Foundry", "company", "Delft", "Netherlands", 2016, 130),
        ("I11", "Archive of Northern Languages", "archive", "Bergen", "Norway", 1903, 42),
    ]  # fmt: skip
    topics: Rows = [
        (1, "Physics", None), (2, "Life Sciences", None), (3, "Earth and Climate", None), (4, "Humanities", None), (5, "Quantum Computing", 1), (6, "Astronomy", 1), (7, "Particle Physics", 1),
        (8, "Genomics", 2), (9, "Neuroscience", 2), (10, "Marine Biology", 2), (11, "Glaciology", 3), (12, "Oceanography", 3), (13, "Linguistics", 4), (14, "Medieval History", 4), (15, "Epidemiology", 2),
        (16, "Numismatics", 4),
    ]  # fmt: skip
    names = people(rng, 95)
    ranks = {"doctoral student": 4, "postdoc": 4, "senior scientist": 3, "professor": 3}
    oldest = {"doctoral student": 1986, "postdoc": 1980, "senior scientist": 1964, "professor": 1952}
    scientists: Rows = []
    for number, name in enumerate(names, start=1):
        first, last = name.split()
        home = f"I{1 + skewed(rng, range(10)):02}" if number % 31 else None
        rank = pick(rng, ranks)
        topic = rng.choice([None, *range(1, 16)]) if number < 90 else None
        fame = int((5 if rank == "doctoral student" else 20 if rank == "postdoc" else 70) * rng.random() ** 2)
        scientists.append((number, first, last, rank, home, oldest[rank] + rng.randint(0, 13), topic, fame))
    agencies = [
        (1, "Nordic Science Council", "Norway", "public"), (2, "European Frontier Fund", "Belgium", "public"), (3, "Larsen Foundation", "Denmark", "private"), (4, "Ocean Trust", "Portugal", "charity"),
        (5, "Ministry of Innovation", "Netherlands", "public"), (6, "Bright Minds Charity", "United Kingdom", "charity"), (7, "Helvetia Endowment", "Switzerland", "private"),
    ]  # fmt: skip
    heads = [
        "Origins of",
        "Mapping",
        "Dynamics of",
        "Towards",
        "The Future of",
        "Limits of",
        "Atlas of",
        "Signals in",
        "Modelling",
        "Patterns in",
    ]
    things = {
        5: ["Fault-Tolerant Qubits", "Cold Ion Arrays"], 6: ["Exoplanet Atmospheres", "Dark Galaxies", "Pulsar Clocks"], 7: ["Heavy Neutrinos", "Muon Decays"],
        8: ["the Barley Genome", "Ancient DNA", "Gene Drives"], 9: ["Memory in Sleep", "Motor Learning", "Deep Pain"], 10: ["Kelp Forests", "Deep Reefs", "Eel Migration"],
        11: ["Arctic Ice Cores", "Melting Fjords"], 12: ["Tidal Mixing", "the Gulf of Faro", "Ocean Heat"], 13: ["Sami Verbs", "Whistled Speech"], 14: ["Hanseatic Trade", "Monastic Libraries"],
        15: ["Winter Influenza", "Tick-Borne Fever"],
    }  # fmt: skip
    phrases = [
        (topic, f"{head} {thing}") for topic, group in things.items() for thing in group for head in heads
    ]
    rng.shuffle(phrases)
    grants: Rows = []
    members: Rows = []
    for number, (topic, phrase) in enumerate(phrases[:64], start=1):
        start = day(rng, "2012-01-01", "2023-12-01").replace(day=1)
        years = rng.choice([2, 3, 3, 4, 5])
        end = start.replace(year=start.year + years)
        lead = scientists[skewed(rng, range(80))]
        host = lead[4] or "I03"
        amount = round(money(rng, 38_000, 4_900_000), -2)
        spent = sometimes(
            rng,
            0.1,
            round(amount * (rng.uniform(0.82, 1.03) if end.year < 2024 else rng.uniform(0.1, 0.8)), 2),
        )
        grants.append(
            (
                f"G-{start.year}-{number:03}",
                phrase,
                1 + skewed(rng, range(6)),
                host,
                topic,
                start,
                end,
                amount,
                spent,
            )
        )
        members.append(
            (
                grants[-1][0],
                lead[0],
                "principal investigator",
                sometimes(rng, 0.1, rng.choice([20, 30, 40, 50])),
            )
        )
        others = [s for s in scientists[:88] if s != lead]
        for other in rng.sample(others, rng.choice([0, 1, 2, 2, 3, 4])):
            members.append(
                (
                    grants[-1][0],
                    other[0],
                    pick(rng, {"co-investigator": 2, "research staff": 3}),
                    rng.choice([10, 20, 50, 100]),
                )
            )
    journals = [
        "Annals of Open Physics",
        "Nordic Journal of Biology",
        "Letters in Climate",
        "Journal of Old Texts",
        "Quantum Reports",
        "Public Health Review",
        "Frontier Science",
    ]
    home_of = {5: 4, 6: 0, 7: 0, 8: 1, 9: 1, 10: 1, 11: 2, 12: 2, 13: 3, 14: 3, 15: 5}
    papers: Rows = []
    authors: Rows = []
    cited: Rows = []
    for number, (topic, phrase) in enumerate(phrases[64:224], start=1):
        outlet = sometimes(rng, 0.05, journals[home_of[topic] if rng.random() < 0.8 else 6])
        when = day(rng, "2013-03-01", "2024-05-31")
        near = [g[0] for g in grants if g[4] == topic and str(g[5]) < str(when)]
        funded = rng.choice(near) if near and rng.random() < 0.75 else None
        papers.append(
            (
                number,
                phrase,
                f"10.5555/{8000 + number * 7}",
                outlet,
                when,
                topic,
                funded,
                int(260 * rng.random() ** 3),
                int(rng.random() < 0.6),
            )
        )
        for place, who in enumerate(rng.sample(range(90), rng.choice([1, 2, 2, 3, 3, 4, 5])), start=1):
            authors.append(
                (number, scientists[skewed(rng, range(90)) if place == 1 else who][0], place, int(place == 1))
            )
    authors = [row for at, row in enumerate(authors) if row[:2] not in [other[:2] for other in authors[:at]]]
    for paper in papers:
        before = [p[0] for p in papers if str(p[4]) < str(paper[4])]
        cited += [
            (paper[0], other) for other in rng.sample(before, min(len(before), rng.choice([0, 1, 2, 3, 4])))
        ]
    return {
        "inst": ("instId instName instType city country foundedYear staffCount", institutes),
        "topics": ("topicId topicName parentTopic", topics),
        "scientists": (
            "sciId first_name last_name academicRank homeInst birthYear mainTopic hIndex",
            scientists,
        ),
        "agencies": ("agencyId agencyName country sector", list(agencies)),
        "grants": (
            "grantNo grantTitle agencyId hostInst topicId startDate endDate amountEur spentEur",
            grants,
        ),
        "grant_members": ("grantNo sciId memberRole percentTime", members),
        "pubs": ("pubId pubTitle doi journal publishedOn topicId fundedBy citations openAccess", papers),
        "pub_authors": ("pubId sciId authorPosition corresponding", authors),
        "pub_refs": ("citingPub citedPub", cited),
    }
