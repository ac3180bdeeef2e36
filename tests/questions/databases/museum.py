"""Museums and their art: singular tables, museums in two roles on a loan, keys named differently on both sides."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes

MOVEMENTS = {"Baroque": 3, "Romanticism": 4, "Impressionism": 6, "Cubism": 4, "Surrealism": 4, "Pop Art": 3}
MEDIA = {"oil on canvas": 9, "watercolour": 3, "bronze": 2, "marble": 1, "etching": 2, "acrylic on canvas": 2}


def make(rng: Random) -> Tables:
    museums: Rows = [
        ("HAL", "Halvorsen Gallery", "Oslo", "Norway", 1887, 412300), ("MDN", "Museo del Norte", "Bilbao", "Spain", 1914, 689150),
        ("KUN", "Kunsthaus Isar", "Munich", "Germany", 1903, 574020), ("RIV", "Rivage Museum", "Lyon", "France", 1836, 958400),
        ("ACA", "Accademia Nuova", "Florence", "Italy", 1784, 1843900), ("WHT", "Whitlock Collection", "Boston", "United States", 1921, 301870),
        ("PRA", "Palais Ravel", "Paris", "France", 1867, 2210450), ("TAM", "Tamagawa Art Museum", "Tokyo", "Japan", 1959, 1127600),
        ("NGB", "National Gallery of Baltia", "Riga", "Latvia", 1905, None), ("HRB", "Harbour Modern", "Liverpool", "United Kingdom", 1988, 640780),
        ("FJO", "Fjord House", "Bergen", "Norway", 2007, 88400),
    ]  # fmt: skip
    lands = {
        "French": 7,
        "Spanish": 5,
        "Italian": 6,
        "German": 5,
        "Norwegian": 3,
        "American": 4,
        "Japanese": 3,
    }
    starts = {
        "Baroque": 1600,
        "Romanticism": 1775,
        "Impressionism": 1838,
        "Cubism": 1880,
        "Surrealism": 1893,
        "Pop Art": 1925,
    }
    artists: Rows = []
    for number, name in enumerate(people(rng, 42), start=1):
        first, last = name.split()
        movement = pick(rng, MOVEMENTS)
        born = starts[movement] + rng.randint(0, 38)
        died = None if movement == "Pop Art" and rng.random() < 0.6 else born + rng.randint(31, 92)
        artists.append((number, first, last, pick(rng, lands), born, died, sometimes(rng, 0.08, movement)))
    first_words = ["Blue", "Silent", "Broken", "Evening", "Golden", "Distant", "Sleeping", "Red", "Forgotten", "Winter"]  # fmt: skip
    second_words = [
        "Harbour", "Orchard", "Window", "Bather", "Bridge", "Fisherman", "Garden", "Horse", "Mirror", "Road",
        "Table", "Violin", "Mountain", "Street",
    ]  # fmt: skip
    titles = rng.sample([f"{a} {b}" for a in first_words for b in second_words], 130)
    titles += [f"Study for {title}" for title in rng.sample(titles, 40)]
    codes = [str(row[0]) for row in museums[:10]]
    works: Rows = []
    for number in range(1, 191):
        artist = artists[skewed(rng, range(38))]
        born, died = int(str(artist[4])), int(str(artist[5] or 2010))
        medium = pick(rng, MEDIA)
        if medium == "acrylic on canvas" and born < 1890:
            medium = "oil on canvas"
        made = sometimes(rng, 0.06, min(died, born + rng.randint(19, 60)))
        wide = None if medium in ("bronze", "marble") else round(rng.uniform(18, 260), 1)
        title = (
            "Self-Portrait" if number > 182 else titles[(number * 37) % 170] if number <= 170 else "Untitled"
        )
        owner = sometimes(rng, 0.07, codes[skewed(rng, range(10))])
        value = sometimes(rng, 0.05, round(money(rng, 9000, 19_000_000) / 100) * 100)
        works.append(
            (
                1000 + number,
                title,
                artist[0],
                made,
                medium,
                round(rng.uniform(20, 240), 1),
                wide,
                value,
                owner,
            )
        )
    shows: Rows = []
    names = [
        "Light on Water", "Masters of the North", "The Cubist Moment", "Dreams and Machines", "Paper and Ink",
        "Women at Work", "Faces", "A Century of Colour", "Beyond the Frame", "Bronze Age Modern", "The Open Window",
        "Rooms of One's Own", "Still Lives", "City Nights", "From the Vaults", "Southern Light", "Pop Goes the City",
    ]  # fmt: skip
    for number, name in enumerate(names, start=1):
        opens = day(rng, "2018-02-01", "2024-05-31")
        closes = opens + dt.timedelta(days=rng.randint(45, 230))
        price = 0.0 if number in (5, 15) else round(6 + rng.random() * 19, 2)
        host = codes[skewed(rng, range(9))]
        crowd = sometimes(rng, 0.08, int(9000 + 210000 * rng.random() ** 2))
        shows.append((f"X{number:02}", name, host, opens, closes, price, crowd))
    items: Rows = []
    loans: Rows = []
    for show in shows[:16]:
        for work in rng.sample(works, rng.randint(6, 19)):
            items.append((show[0], work[0], rng.randint(1, 8)))
            if (
                work[8]
                and work[8] != show[2]
                and isinstance(show[3], dt.date)
                and isinstance(show[4], dt.date)
            ):
                out = show[3] - dt.timedelta(days=rng.randint(5, 40))
                back = sometimes(rng, 0.12, show[4] + dt.timedelta(days=rng.randint(3, 60)))
                fee = round(400 + 24000 * rng.random() ** 2, 2)
                loans.append((len(loans) + 1, work[0], work[8], show[2], out, back, fee))
    return {
        "artist": ("artist_id first_name last_name nationality birth_year death_year movement", artists),
        "museum": ("code museum_name city country founded annual_visitors", museums),
        "work": (
            "work_no title painter_id year_made medium height_cm width_cm estimated_value owner_code",
            works,
        ),
        "exhibition": ("exh_id title host_code opening_date closing_date ticket_price visitors", shows),
        "exhibition_item": ("exh_id work_no room", items),
        "loan": ("loan_id work_no lender_code borrower_code shipped_on returned_on fee", loans),
    }
